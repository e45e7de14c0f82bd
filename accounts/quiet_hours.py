"""Text messages and advertising wake nobody: they go out between eight in the morning and nine at night.

The hours are those of the person's country. Where it has several time zones it must be day in all of them.
"""

from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from babel.core import get_global
from django.conf import settings

MORNING, EVENING = 8, 21


def next_allowed(country: str, moment: datetime) -> datetime:
    """The moment itself by day, otherwise the next morning."""
    zones = _zones_of(country) or _zones_of(settings.SHOP_COUNTRY)
    if _is_day(zones, moment):
        return moment
    mornings = sorted(_morning_after(moment, zone) for zone in zones)
    return next((morning for morning in mornings if _is_day(zones, morning)), mornings[-1])


def _is_day(zones: list[ZoneInfo], moment: datetime) -> bool:
    return all(MORNING <= moment.astimezone(zone).hour < EVENING for zone in zones)


def _morning_after(moment: datetime, zone: ZoneInfo) -> datetime:
    local = moment.astimezone(zone)
    morning = local.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    return morning if morning > local else morning + timedelta(days=1)


@cache
def _zones_of(country: str) -> list[ZoneInfo]:
    """By Unicode's table of the zones of each country."""
    return [ZoneInfo(name) for name in get_global("territory_zones").get(country, ())]
