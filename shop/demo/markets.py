"""Where Kiln & Leaf sells and how it sends: six markets, their delivery, and the partners who help."""

from datetime import date
from typing import NamedTuple


class DemoMarket(NamedTuple):
    country: str
    currency: str
    languages: str
    prices_include_tax: bool
    standard: int  # prices of delivery and the free limit, in minor units
    express: int
    free_from: int
    days: tuple[int, int, int, int]  # standard at least, at most; express at least, at most


MARKETS = [
    DemoMarket("DE", "EUR", "de en fr", True, 490, 990, 6900, (2, 3, 1, 1)),
    DemoMarket("FR", "EUR", "fr en de", True, 890, 1690, 9900, (3, 5, 2, 2)),
    DemoMarket("GB", "GBP", "en", True, 990, 1990, 11000, (4, 7, 2, 3)),
    DemoMarket("US", "USD", "en", False, 1900, 3900, 18000, (7, 12, 3, 5)),
    DemoMarket("CH", "CHF", "de fr en", True, 1200, 2400, 14000, (4, 6, 2, 3)),
    DemoMarket("JP", "JPY", "en", False, 2400, 4800, 26000, (8, 14, 4, 6)),
]

METHOD_NAMES = {
    "standard": {"en": "Standard delivery", "de": "Standardversand", "fr": "Livraison standard"},
    "express": {"en": "Express delivery", "de": "Expressversand", "fr": "Livraison express"},
}

AGREEMENT_SIGNED_ON = date(2026, 1, 15)
PARTNERS = [
    {
        "code": "payment",
        "name": "Payment sandbox",
        "kind": "payment",
        "purpose": "payment",
        "country": "IE",
        "privacy_email": "privacy@payment.example",
    },
    {
        "code": "carrier",
        "name": "Parcel carrier",
        "kind": "logistics",
        "purpose": "fulfilment",
        "country": "DE",
        "privacy_email": "privacy@carrier.example",
    },
    {
        "code": "mail",
        "name": "Mail relay",
        "privacy_email": "privacy@mail-relay.example",
        "kind": "messages",
        "purpose": "service_message",
        "country": "DE",
    },
    {
        "code": "sms",
        "name": "Text message relay",
        "privacy_email": "privacy@sms-relay.example",
        "kind": "messages",
        "purpose": "service_message",
        "country": "DE",
    },
]

FACILITIES = [
    {
        "name": "Demo hall (invented)",
        "stores": ["database", "files"],
        "country": "DE",
        "certificate_number": "DEMO-1",
    },
    {
        "name": "Demo vault (invented)",
        "stores": ["backups", "keys"],
        "country": "FR",
        "certificate_number": "DEMO-2",
    },
]
