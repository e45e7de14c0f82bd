"""How a campaign will look in each language, with the prices of a market that speaks it."""

from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from accounts import campaigns, links, rendering
from accounts.events import Recipient
from accounts.models import Campaign, Channel, User
from shop.address import open_markets


@dataclass(frozen=True)
class Preview:
    language: str
    title: str
    text: str = ""
    html: str = ""


def languages() -> dict[str, str]:
    return {code: str(name) for code, name in settings.LANGUAGES}


def all_languages(campaign: Campaign, *, by: User) -> list[Preview]:
    return [preview(campaign, language, by=by) for language in languages()]


def preview(campaign: Campaign, language: str, *, by: User) -> Preview:
    speaking = [market for market in open_markets().values() if language in market.language_codes]
    country = speaking[0].country if speaking else ""
    context = rendering.shop_context(Recipient(language=language, country=country, name=by.name))
    context |= campaigns.words(campaign, language, country)
    context |= {
        "preferences_url": links.preferences_url(by.subject, language, country),
        "unsubscribe_url": links.unsubscribe_url(
            by.subject, campaign.topic, campaign.channel, language, country
        ),
    }
    event = f"campaign_{campaign.topic}"
    with translation.override(language):
        title = context["title"]
        if campaign.channel == Channel.SMS:
            return Preview(language, title, text=rendering.render_plain(f"sms/{event}.txt", context))
        if campaign.channel == Channel.INBOX:
            return Preview(language, title, html=render_to_string(f"inbox/{event}.html", context))
        text = rendering.render_plain(f"emails/{event}.txt", context)
        return Preview(language, title, text, render_to_string(f"emails/{event}.html", context))
