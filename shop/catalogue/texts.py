"""Which language a translated text is really in, so that a page can say so when it had to fall back."""

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
