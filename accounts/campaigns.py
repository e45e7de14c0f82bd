"""News about the shop's own goods: written by staff, told to those who agreed and to nobody else.

A campaign walks over the wishes by their keys, a batch a transaction, and writes one message for each person.
Whether it may be sent is decided again for each one at its own moment: consent, cap, quiet hours.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone, translation

from accounts import links
from accounts.events import Recipient
from accounts.models import Campaign, Channel, ChannelPreference, Notification, Suppression, User
from accounts.notifications import notify
from accounts.recipients import recipient_of
from privacy import audit
from privacy.keys import blind_indexes
from privacy.models import ConsentRecord, DataSubject
from privacy.purposes import Purpose
from shop.address import open_markets, page_url, place_of
from shop.catalogue import cards
from shop.catalogue.models import Market, Product

BATCH = 200
INDEX = {Channel.EMAIL: "email", Channel.SMS: "phone"}


class NothingToSay(ValueError):
    """A title and a text in the shop's first language are needed at least."""


@dataclass(frozen=True)
class Reader:
    """One person with the campaign before them."""

    campaign: Campaign
    subject: DataSubject

    @property
    def person(self) -> Recipient | None:
        return recipient_of(self.subject)


@transaction.atomic
def start(campaign: Campaign, *, actor: User, starts_at: datetime | None = None) -> None:
    """From now on, or from that moment, the walk goes on by itself."""
    if not (campaign.title and campaign.text):
        raise NothingToSay
    campaign.starts_at = starts_at
    campaign.save(update_fields=["starts_at"])
    campaign.advance(Campaign.Status.SENDING, actor=actor)
    audit.record("campaign.started", actor=actor, obj=campaign)


@transaction.atomic
def cancel(campaign: Campaign, *, actor: User) -> None:
    """What waits is not sent. What is sent cannot be called back."""
    campaign.advance(Campaign.Status.CANCELLED, actor=actor)
    messages_of(campaign).filter(status=Notification.Status.WAITING).update(
        status=Notification.Status.SKIPPED, reason="cancelled"
    )
    audit.record("campaign.cancelled", actor=actor, obj=campaign)


def send_test(campaign: Campaign, *, to: User) -> None:
    """By mail to oneself, whatever one has agreed to: it is work, not advertising."""
    notify(to.subject, "campaign_test", about=campaign, key=timezone.now().isoformat())


def send_due() -> None:
    now = timezone.now()
    due = Campaign.objects.filter(Q(starts_at=None) | Q(starts_at__lte=now), status=Campaign.Status.SENDING)
    for campaign_id in list(due.values_list("pk", flat=True)):
        while go_on(campaign_id):
            pass


@transaction.atomic
def go_on(campaign_id: int) -> bool:
    """Tell the next batch; whether there was one. Two workers do not walk the same campaign."""
    sending = Campaign.objects.filter(pk=campaign_id, status=Campaign.Status.SENDING)
    campaign = sending.select_for_update(skip_locked=True).first()
    if campaign is None:
        return False
    batch = list(wishes(campaign).filter(pk__gt=campaign.walked_to)[:BATCH])
    for wish, _address in _reachable(campaign, batch):
        notify(wish.subject, f"campaign_{campaign.topic}", about=campaign, key=wish.subject.pk.hex)
    if batch:
        campaign.walked_to = batch[-1].pk
        campaign.save(update_fields=["walked_to"])
    else:
        _finish(campaign)
    return bool(batch)


def _finish(campaign: Campaign) -> None:
    campaign.sent_at = timezone.now()
    campaign.save(update_fields=["sent_at"])
    campaign.advance(Campaign.Status.SENT)
    audit.record("campaign.sent", obj=campaign)


def wishes(campaign: Campaign) -> QuerySet[ChannelPreference]:
    """Who wishes to hear this topic by this channel, and has agreed to it, in the order of the walk."""
    latest = ConsentRecord.objects.filter(
        subject=OuterRef("subject"), purpose=Purpose.MARKETING, channel=campaign.channel
    ).order_by("-pk")
    wished = ChannelPreference.objects.filter(
        topic=campaign.topic,
        channel=campaign.channel,
        is_wanted=True,
        subject__status=DataSubject.Status.ACTIVE,
    )
    agreed = wished.annotate(
        decision=Subquery(latest.values("decision")[:1]),
        lapses=Subquery(latest.values("expires_at")[:1]),
        is_asked_anew=Subquery(latest.values("is_asked_anew")[:1]),
    ).filter(decision=ConsentRecord.Decision.GIVEN, lapses__gt=timezone.now(), is_asked_anew=False)
    return agreed.select_related("subject__key", "subject__user", "subject__subscription").order_by("pk")


def count(campaign: Campaign) -> int:
    """How many people would get it now: agreed, reachable, not suppressed."""
    gone = set(Suppression.objects.filter(channel=campaign.channel).values_list("address_index", flat=True))
    people = _reachable(campaign, wishes(campaign).iterator(chunk_size=BATCH))
    return sum(1 for _wish, address in people if gone.isdisjoint(_indexes(campaign, address)))


def _reachable(
    campaign: Campaign, wished: Iterable[ChannelPreference]
) -> Iterator[tuple[ChannelPreference, str]]:
    """With the address. A reader of the newsletter who has an account by now gets one mail, not two."""
    readers = User.objects.filter(is_active=True, subject__in=wishes(campaign).values("subject"))
    with_account = set(readers.values_list("email", flat=True))
    for wish in wished:
        address = _address(campaign, wish.subject)
        is_told_already = wish.subject.kind == DataSubject.Kind.GUEST and address in with_account
        if address and not is_told_already:
            yield wish, address


def _address(campaign: Campaign, subject: DataSubject) -> str:
    person = recipient_of(subject)
    if person is None:
        return ""
    inbox = "inbox" if person.has_inbox else ""
    return {Channel.EMAIL: person.email, Channel.SMS: person.phone}.get(Channel(campaign.channel), inbox)


def _indexes(campaign: Campaign, address: str) -> list[str]:
    kind = INDEX.get(Channel(campaign.channel))
    return blind_indexes(kind, address) if kind else []


def messages_of(campaign: Campaign) -> QuerySet[Notification]:
    kind = ContentType.objects.get_for_model(Campaign)
    return Notification.objects.filter(content_type=kind, object_id=str(campaign.pk))


def words_for(reader: Reader) -> dict[str, Any]:
    """What the templates need, in the reader's language and with the prices of their market."""
    person = reader.person
    assert person is not None
    return words(reader.campaign, person.language, person.country) | {
        "preferences_url": links.preferences_url(reader.subject, person.language, person.country)
    }


def words(campaign: Campaign, language: str, country: str) -> dict[str, Any]:
    spoken, sold_in = place_of(language, country)
    market = open_markets()[sold_in]
    with translation.override(spoken):
        return {
            "title": campaign.title,
            "text": campaign.text,
            "products": [_product(card, market, spoken) for card in _cards(campaign, market)],
            "prices_include_tax": market.prices_include_tax,
            "shop_url": page_url("catalogue:home", language=spoken, country=market.country),
        }


def _cards(campaign: Campaign, market: Market) -> list[cards.Card]:
    chosen = Product.objects.sold_in(market).filter(pk__in=campaign.products.values("pk"))
    chosen = chosen.order_by("-rank", "-pk")
    drawn = {card.product.pk: card for card in cards.read(chosen.values("pk"), market)}
    return [drawn[pk] for pk in chosen.values_list("pk", flat=True) if pk in drawn]


def _product(card: cards.Card, market: Market, language: str) -> dict[str, Any]:
    """A plain link to our own page: nothing in it tells who followed it."""
    address = page_url("catalogue:product", card.product.slug, language=language, country=market.country)
    return {
        "name": card.product.name,
        "price": card.money,
        "has_range": card.has_range,
        "url": address,
    }
