"""The pages of somebody who is signed in, all under `account/`."""

from django.urls import path

from accounts.views import addresses, choices, closing, home, inbox, profile, settings

app_name = "accounts"
urlpatterns = [
    path("", home.home, name="home"),
    path("profile/", profile.profile, name="profile"),
    path("profile/<slug:field>/remove/", profile.take_back, name="take_back"),
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
    path("close/", closing.close, name="close"),
    path("reopen/<str:token>/", closing.reopen, name="reopen"),
]
