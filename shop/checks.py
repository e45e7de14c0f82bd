"""Production refuses to start half-configured: each check names what is missing and how to give it."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

DEMO_KEYS = "demo:"


@register()
def production_settings(**kwargs: Any) -> list[CheckMessage]:
    """Error for each thing that only the demo may do without. Nothing is asked while DEBUG is on."""
    if settings.DEBUG:
        return []
    problems = [
        (not settings.SECRET_KEY or settings.SECRET_KEY.startswith("insecure"), "E001", "SECRET_KEY is not set", "Fifty random characters."),
        (any(not keys or keys[0].startswith(DEMO_KEYS) for keys in key_rings()), "E002", "PRIVACY_KEYS, PRIVACY_INDEX_KEYS or AUDIT_KEYS is missing or the demo's", "name:base64 of 32 random bytes."),
        (settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"), "E003", "the database is SQLite", "DATABASE_URL=postgres://…"),
        (not settings.REDIS_URL, "E004", "there is no Redis for cache, limits and tasks", "REDIS_URL=rediss://…"),
        (not settings.SITE_URL.startswith("https://"), "E005", "SITE_URL is not an https:// address", "SITE_URL=https://shop.example"),
        (not settings.ALLOWED_HOSTS, "E006", "ALLOWED_HOSTS is empty", "ALLOWED_HOSTS=shop.example"),
        (has_placeholder_contact(), "E007", "the shop's name, e-mail, phone or address is missing or a placeholder", "SHOP_NAME, SHOP_EMAIL, SHOP_PHONE, SHOP_ADDRESS"),
        (bool(settings.PAYMENT_SANDBOX_URL), "E008", "payments go to the sandbox", "Unset PAYMENT_SANDBOX_URL."),
        (not settings.STRIPE_API_KEY or not settings.STRIPE_WEBHOOK_SECRET, "E009", "the payment gateway's keys are missing", "STRIPE_API_KEY and STRIPE_WEBHOOK_SECRET"),
        (settings.EMAIL_BACKEND.endswith((".console.EmailBackend", ".filebased.EmailBackend")), "E010", "no mail leaves the shop", "EMAIL_URL=smtp+tls://…"),
    ]  # fmt: skip
    return [Error(message, hint=hint, id=f"shop.{id}") for wrong, id, message, hint in problems if wrong]


def key_rings() -> list[list[str]]:
    return [settings.PRIVACY_KEYS, settings.PRIVACY_INDEX_KEYS, settings.AUDIT_KEYS]


def has_placeholder_contact() -> bool:
    contact = (settings.SHOP_NAME, settings.SHOP_EMAIL, settings.SHOP_PHONE, settings.SHOP_ADDRESS)
    return any(not value or "[" in value or ".example" in value for value in contact)
