"""Who takes parcels. A carrier is told name and address, and a phone number only where it needs one."""

from collections.abc import Mapping
from typing import Any, Protocol

from django.utils.module_loading import import_string


class UnknownCarrier(LookupError):
    """No adapter goes by this code."""


class Carrier(Protocol):
    code: str

    def announce(self, parcel: Mapping[str, Any], *, tracking_number: str) -> str:
        """Hand a parcel over; the answer is its tracking number."""
        ...

    def tracking_url(self, tracking_number: str) -> str:
        """Where the shopper can follow it, or nothing."""
        ...


CARRIERS = {"manual": "orders.carriers.manual.ManualCarrier"}


def get_carrier(code: str) -> Carrier:
    if code not in CARRIERS:
        raise UnknownCarrier(code)
    carrier: Carrier = import_string(CARRIERS[code])()
    return carrier
