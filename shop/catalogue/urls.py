from django.urls import path

from shop.catalogue import views

app_name = "catalogue"
urlpatterns = [
    path("", views.home, name="home"),
    path("products/", views.everything, name="all"),
    path("products/<slug:slug>/", views.product, name="product"),
    path("category/<slug:slug>/", views.category, name="category"),
    path("search/", views.search, name="search"),
    path("search/suggest/", views.suggest, name="suggest"),
    path("pages/<slug:name>/", views.page, name="page"),
]
