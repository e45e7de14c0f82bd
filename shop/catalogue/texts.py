"""Which language a text is really in, so that a page can say so; names of countries and languages."""

from functools import lru_cache

from babel import Locale
from django.conf import settings
from django.db.models import Model
from django.utils.translation import get_language


def language_of(row: Model, field: str) -> str:
    """The language of a translated field as the page shows it; empty where that is the page's own."""
    language = get_language() or settings.LANGUAGE_CODE
    if getattr(row, f"{field}_{language}", None):
        return ""
    others = (code for code in settings.MODELTRANSLATION_FALLBACK_LANGUAGES if code != language)
    return next((code for code in others if getattr(row, f"{field}_{code}", None)), "")


@lru_cache(maxsize=2048)
def country_name(country: str, language: str) -> str:
    return str(Locale.parse(language, sep="-").territories.get(country, country))


@lru_cache(maxsize=64)
def language_name(language: str) -> str:
    """What its speakers call it."""
    locale = Locale.parse(language, sep="-")
    return str(locale.get_display_name(locale) or language).capitalize()
