"""Which texts of the campaigns are translated; modeltranslation reads this file at start-up."""

from modeltranslation.translator import TranslationOptions, register

from accounts.models import Campaign


@register(Campaign)
class CampaignTranslation(TranslationOptions):
    fields = ("title", "text")
