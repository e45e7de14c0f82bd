"""Which texts of the support desk are translated; modeltranslation reads this file at start-up."""

from modeltranslation.translator import TranslationOptions, register

from support.models import Macro


@register(Macro)
class MacroTranslation(TranslationOptions):
    fields = ("body",)
