"""The pages of somebody who is signed in, all under `account/`."""

from django.urls import path

from accounts.views import (
    addresses,
    choices,
    closing,
    devices,
    home,
    inbox,
    phone,
    profile,
    settings,
    signing_in,
)

app_name = "accounts"
urlpatterns = [
    path("", home.home, name="home"),
    path("profile/", profile.profile, name="profile"),
    path("profile/<slug:field>/remove/", profile.take_back, name="take_back"),
    path("phone/", phone.verify, name="verify_phone"),
    path("phone/code/", phone.send_code, name="send_phone_code"),
    path("addresses/", addresses.addresses, name="addresses"),
    path("addresses/new/", addresses.add, name="add_address"),
    path("addresses/<int:pk>/", addresses.edit, name="edit_address"),
    path("addresses/<int:pk>/delete/", addresses.delete, name="delete_address"),
    path("addresses/<int:pk>/first/", addresses.use_first, name="use_first"),
    path("settings/", settings.settings, name="settings"),
    path("messages/", choices.preferences, name="preferences"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/<uuid:uuid>/", inbox.message, name="inbox_message"),
    path("inbox/<uuid:uuid>/delete/", inbox.delete, name="delete_inbox_message"),
    path("devices/", devices.devices, name="devices"),
    path("devices/sign-out/", devices.sign_out_others, name="sign_out_others"),
    path("devices/<int:pk>/sign-out/", devices.sign_out, name="sign_out"),
    path("passkey/", signing_in.passkey, name="passkey"),
    path("not-me/<str:token>/", signing_in.not_me, name="not_me"),
    path("old-address/<str:token>/", signing_in.old_address, name="old_address"),
    path("close/", closing.close, name="close"),
    path("reopen/<str:token>/", closing.reopen, name="reopen"),
]
