from datetime import datetime

from babel.core import Locale
from babel.dates import format_skeleton, format_time
from django import template
from django.utils.translation import get_language

from support import service_level

register = template.Library()

# Day before month, as in most of the places we write to.
LOCALES = {"en": "en-GB"}


@register.filter
def moment(at: datetime) -> str:
    """A moment by the clock of the people who answer: Tuesday 24 November, 14:00."""
    language = get_language() or "en"
    locale = Locale.parse(LOCALES.get(language, language), sep="-")
    local = at.astimezone(service_level.current().hours.zone)
    day = format_skeleton("yMMMMEEEEd" if _is_far(local) else "MMMMEEEEd", local, locale=locale)
    return f"{day}, {format_time(local, 'short', locale=locale)}"


@register.simple_tag
def clock() -> str:
    """The place whose clock `moment` goes by."""
    return service_level.current().hours.place


def _is_far(at: datetime) -> bool:
    return abs((datetime.now(at.tzinfo) - at).days) > 200
