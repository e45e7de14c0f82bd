from datetime import datetime, timedelta

from babel.core import Locale
from babel.dates import format_date, format_time
from django import template
from django.utils import timezone
from django.utils.translation import get_language

from support import service_level

register = template.Library()

# Day before month, as in most of the places we write to.
LOCALES = {"en": "en-GB"}
THIS_YEAR = timedelta(days=200)  # so near that the year need not be said


@register.filter
def moment(at: datetime) -> str:
    """A moment by the clock of the people who answer: Tuesday, 24 November, 14:00."""
    language = get_language() or "en"
    locale = Locale.parse(LOCALES.get(language, language), sep="-")
    local = at.astimezone(service_level.current().hours.zone)
    pattern = locale.date_formats["full"].pattern
    if abs(timezone.now() - at) < THIS_YEAR:
        pattern = pattern.removesuffix(" y")
    return f"{format_date(local, pattern, locale)}, {format_time(local, 'short', locale=locale)}"


@register.simple_tag
def clock() -> str:
    """The place whose clock `moment` goes by."""
    return service_level.current().hours.place
