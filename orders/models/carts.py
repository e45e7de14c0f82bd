import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from privacy.models import DataSubject
from shop.catalogue.models import Market, Variant

LIFETIME = timedelta(days=30)
CHECKOUT_IDLE = timedelta(minutes=60)
MOST_PIECES = 99


def hash_token(token: str) -> str:
    """Tokens are random and long, so a plain hash is enough to make a stolen database useless."""
    return hashlib.sha256(token.encode()).hexdigest()


class CartQuerySet(models.QuerySet["Cart"]):
    def of(self, token: str) -> Self:
        """The cart a token stands for, unless it has expired. A saved one is opened by signing in alone."""
        if not token:
            return self.none()
        return self.alive().filter(token_hash=hash_token(token), subject__isnull=True)

    def saved_by(self, subject: DataSubject) -> Self:
        return self.alive().filter(subject=subject)

    def alive(self) -> Self:
        return self.filter(expires_at__gt=timezone.now())

    def expired(self) -> Self:
        return self.filter(expires_at__lte=timezone.now())

    def create_with_token(self, market: Market, subject: DataSubject | None = None) -> tuple["Cart", str]:
        """With a subject it is saved for whoever signs in as that person (`orders.saved_carts`)."""
        cart, token = cart_with_token(market)
        cart.subject = subject
        cart.save(force_insert=True)
        return cart, token


def cart_with_token(market: Market) -> tuple["Cart", str]:
    """Not yet in the database: it is written together with the first line (`orders.carts.add`)."""
    token = secrets.token_urlsafe(16)
    return Cart(market=market, token_hash=hash_token(token)), token


def in_thirty_days() -> datetime:
    return timezone.now() + LIFETIME


class Cart(models.Model):
    """What somebody thinks of buying. It knows nobody: a token opens it, of which a hash is kept.

    The cart of somebody who is signed in is saved for them: then the person opens it, and no token does.
    """

    class Scope(models.TextChoices):
        CART = "cart", _("Cart")
        CHECKOUT = "checkout", _("Checkout")

    token_hash = models.CharField(max_length=64, unique=True)
    scope = models.CharField(max_length=10, choices=Scope, default=Scope.CART)
    subject = models.OneToOneField(
        DataSubject, on_delete=models.CASCADE, null=True, blank=True, related_name="cart"
    )
    market = models.ForeignKey(Market, on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField(default=in_thirty_days, db_index=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CartQuerySet.as_manager()

    class Meta:
        verbose_name = _("cart")
        verbose_name_plural = _("carts")

    def __str__(self) -> str:
        return f"cart {self.pk}"

    def rotate_token(self) -> str:
        """A new token for the checkout; whoever saw the old address has nothing any more."""
        token = secrets.token_urlsafe(16)
        self.token_hash, self.scope = hash_token(token), self.Scope.CHECKOUT
        self.touch()
        return token

    def back_to_shopping(self) -> None:
        self.scope = self.Scope.CART
        self.touch()

    @property
    def idle_time(self) -> timedelta:
        """A checkout that lies idle closes soon, unless only its owner can open it."""
        is_open_to_finders = self.scope == self.Scope.CHECKOUT and self.subject_id is None
        return CHECKOUT_IDLE if is_open_to_finders else LIFETIME

    def touch(self) -> None:
        """Put off its end: a checkout that lies idle closes within the hour."""
        self.expires_at = timezone.now() + self.idle_time
        self.save(update_fields=["token_hash", "scope", "expires_at"])

    def keep_open(self) -> None:
        """Somebody is here. Written once a minute at most, so that most pages of a checkout write nothing."""
        if self.expires_at < timezone.now() + self.idle_time - timedelta(minutes=1):
            self.touch()


class CartLine(models.Model):
    """A variant and how many; the price seen is kept so that the page can say when it changed."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="+")
    quantity = models.PositiveIntegerField(default=1)
    seen_amount = models.BigIntegerField(help_text="minor units of the cart's market when last shown")
    added_at = models.DateTimeField(auto_now_add=True)

    amount: int | None  # of one piece in the market now, where `orders.models.opening` has read it

    class Meta:
        ordering = ["added_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["cart", "variant"], name="cart_line_unique_variant"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="cart_line_quantity_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.cart_id}: {self.quantity} × {self.variant_id}"
