from django.urls import path

from . import views

app_name = "privacy"
urlpatterns = [
    path("privacy/data-map/", views.data_map, name="data_map"),
    path("privacy/partners/", views.processors, name="processors"),
]
