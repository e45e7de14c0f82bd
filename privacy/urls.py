from django.urls import path, register_converter

from .views import choices, copies, mine, minors, opened, policies, public, requests, rights

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
    path("privacy/rights/open/<str:key>/", opened.open_, name="rights_open"),
    path("privacy/rights/open/<str:key>/copy/", opened.copy, name="rights_copy"),
    path("privacy/rights/open/<str:key>/lift/<int:pk>/", opened.lift, name="rights_lift"),
    path("privacy/limits/<str:token>/", rights.keep_limit, name="keep_limit"),
    path("privacy/requests/<str:token>/", requests.status, name="request"),
    path("privacy/children/", minors.children, name="children"),
    path("privacy/age/<str:token>/", minors.age, name="age"),
    path("privacy/age/<str:token>/answer/", minors.answer, name="age_answer"),
    path("privacy/age/<str:token>/guardian/", minors.name_guardian, name="age_guardian"),
    path("privacy/guardian/", minors.guardian, name="guardian"),
    path("privacy/guardian/prove/", minors.prove, name="guardian_prove"),
    path("privacy/guardian/open/<str:token>/", minors.guardian_page, name="guardian_page"),
    path("privacy/guardian/open/<str:token>/copy/", minors.guardian_copy, name="guardian_copy"),
    path("account/privacy/", mine.mine, name="mine"),
    path("account/privacy/ask/", rights.mine, name="ask_mine"),
    path("account/privacy/copy/", copies.my_copy, name="my_copy"),
    path("account/privacy/copy/download/", copies.download, name="download_copy"),
]
