from django.urls import path

from orders.views import carts, checkout, history, status

app_name = "orders"
urlpatterns = [
    path("cart/", carts.cart, name="cart"),
    path("cart/add/", carts.add_to_cart, name="add_to_cart"),
    path("cart/lines/<int:variant_id>/", carts.change_line, name="change_line"),
    path("cart/checkout/", checkout.begin, name="begin_checkout"),
    path("checkout/", checkout.checkout, name="checkout"),
    path("orders/status/<str:token>/", status.status, name="status"),
    path("orders/status/<str:token>/returned/", status.returned, name="returned"),
    path("orders/status/<str:token>/pay/", status.pay, name="pay"),
    path("orders/status/<str:token>/cancel/", status.cancel, name="cancel"),
    path("account/orders/", history.history, name="history"),
    path("account/orders/phone/", history.use_phone, name="use_phone"),
    path("account/orders/address/<int:pk>/", history.use_address, name="use_address"),
    path("account/orders/join/<uuid:guest>/", history.join, name="join"),
    path("account/orders/<slug:number>/", history.order, name="order"),
    path("account/orders/<slug:number>/again/", history.reorder, name="reorder"),
]
