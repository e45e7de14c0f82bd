"""Pages that need no account: signed links and the newsletter."""

from django.urls import path

from accounts.views import choices, newsletter

app_name = "choices"
urlpatterns = [
    path("preferences/<str:token>/", choices.preferences_by_link, name="preferences"),
    path("unsubscribe/<str:token>/", choices.unsubscribe, name="unsubscribe"),
    path("newsletter/", newsletter.ask, name="newsletter"),
    path("newsletter/confirm/<str:token>/", newsletter.confirm, name="newsletter_confirm"),
]
