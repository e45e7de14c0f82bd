"""What signing in means for the cart."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from orders import saved_carts
from orders.models import Cart
from orders.saved_carts import Merged


@receiver(user_logged_in, dispatch_uid="orders.keep_cart")
def keep_cart(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """By cookie or in the address: the cart the browser carries becomes the person's."""
    carried = Cart.objects.of(getattr(request, "cart_token", "")).first()
    merged = saved_carts.keep(carried, user.subject) if carried else Merged()
    if merged.kinds:
        messages.info(request, _in_words(merged))


def _in_words(merged: Merged) -> str:
    came = ngettext(
        "%d kind from your last visit is in your cart again.",
        "%d kinds from your last visit are in your cart again.",
        merged.kinds,
    )
    short = _("There are fewer of something than you wanted; the cart says of what.")
    return f"{came % merged.kinds} {short}" if merged.is_short else came % merged.kinds
