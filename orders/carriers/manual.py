"""A carrier without an interface: staff writes the label and types the tracking number in."""

from collections.abc import Mapping
from typing import Any


class ManualCarrier:
    code = "manual"

    def announce(self, parcel: Mapping[str, Any], *, tracking_number: str) -> str:
        return tracking_number

    def tracking_url(self, tracking_number: str) -> str:
        return ""
