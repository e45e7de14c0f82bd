from django.urls import path

from .views import mine, public

app_name = "privacy"
urlpatterns = [
    path("privacy/data-map/", public.data_map, name="data_map"),
    path("privacy/partners/", public.processors, name="processors"),
    path("account/privacy/", mine.mine, name="mine"),
]
