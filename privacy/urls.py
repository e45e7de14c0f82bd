from django.urls import path, register_converter

from .views import choices, copies, mine, policies, public, requests, rights

register_converter(policies.KindConverter, "policy")

app_name = "privacy"
urlpatterns = [
    path("privacy/data-map/", public.data_map, name="data_map"),
    path("privacy/partners/", public.processors, name="processors"),
    path("privacy/retention/", public.retention, name="retention"),
    path("privacy/transparency/", public.transparency, name="transparency"),
    path("privacy/choices/", choices.choices, name="choices"),
    path("<policy:kind>/", policies.policy, name="policy"),
    path("<policy:kind>/history/", policies.history, name="policy_history"),
    path("<policy:kind>/feed/", policies.feed, name="policy_feed"),
    path("<policy:kind>/<int:number>/", policies.version, name="policy_version"),
    path("<policy:kind>/<int:number>/changes/", policies.changes, name="policy_changes"),
    path("privacy/rights/", rights.hub, name="rights"),
    path("privacy/rights/ask/", rights.ask, name="rights_ask"),
    path("privacy/rights/prove/", rights.prove, name="rights_prove"),
    path("privacy/rights/look-up/", rights.look_up, name="rights_look_up"),
    path("privacy/rights/open/<str:key>/", rights.open_, name="rights_open"),
    path("privacy/rights/open/<str:key>/copy/", rights.copy, name="rights_copy"),
    path("privacy/requests/<str:token>/", requests.status, name="request"),
    path("account/privacy/", mine.mine, name="mine"),
    path("account/privacy/copy/", copies.my_copy, name="my_copy"),
    path("account/privacy/copy/download/", copies.download, name="download_copy"),
]
