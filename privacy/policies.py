"""Publish the shop's policies, and say which of them holds.

A version takes effect by itself: which one holds is computed from the date, and no task has to run.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any

import nh3
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import Max
from django.urls import get_script_prefix
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from . import audit, data_map
from .models import PolicyText, PolicyVersion
from .models.policies import NOTICE
from .purposes import Purpose

TAGS = {"h2", "h3", "p", "ul", "ol", "li", "strong", "em", "a", "span"}
ATTRIBUTES = {"a": {"href"}, "h2": {"data-purpose", "id"}, **{tag: {"data-purpose"} for tag in ("p", "li")}}
PUBLISHED, SECONDS = "privacy:policies", 60
MARK = re.compile(r'data-purpose="([a-z_ ]+)"')


class NotPublishable(ValueError):
    """A draft lacks something; the message says what."""


@transaction.atomic
def draft(kind: str, *, texts: dict[str, tuple[str, str]], **values: Any) -> PolicyVersion:
    """A new version with its text and summary by language."""
    last = PolicyVersion.objects.filter(kind=kind).aggregate(last=Max("number"))["last"] or 0
    version = PolicyVersion.objects.create(kind=kind, number=last + 1, **values)
    for language, (text, summary) in texts.items():
        PolicyText.objects.create(version=version, language=language, text=text, summary=summary)
    return version


@transaction.atomic
def publish(version: PolicyVersion, *, actor: Any = None, at: datetime | None = None) -> None:
    """For good, and from its date on without any further act; `at` is for a shop with a past to load.

    Raises `NotPublishable` where a text or a purpose is missing or the date comes too soon.
    """
    version = PolicyVersion.objects.select_for_update().get(pk=version.pk)
    now = at or timezone.now()
    if reasons := list(obstacles(version, now)):
        raise NotPublishable(" ".join(reasons))
    for text in version.texts.all():
        text.text_hash = sha256(text.text.encode()).hexdigest()
        text.save(update_fields=["text_hash"])
    version.effective_at = version.effective_at or earliest(version, now)
    version.published_at = now
    version.register_hash = register_hash()
    version.save(update_fields=["effective_at", "published_at", "register_hash"])
    transaction.on_commit(partial(cache.delete, PUBLISHED))
    audit.record(
        "policy.published", actor=actor, obj=version, kind=version.kind, policy_version=version.number
    )


def obstacles(version: PolicyVersion, now: datetime) -> Iterator[str]:
    """Why a draft cannot be published as it is."""
    if version.published_at:
        yield "It is published already."
    texts = list(version.texts.all())
    if settings.LANGUAGE_CODE not in {text.language for text in texts}:
        yield f"It has no text in {settings.LANGUAGE_CODE}."
    if version.affects and not version.is_material:
        yield "Who agreed before is asked again, so the change is material."
    if version.effective_at and version.effective_at < earliest(version, now):
        yield f"A change like this takes effect on {earliest(version, now):%Y-%m-%d} at the earliest."
    for text in texts:
        if missing := unnamed_purposes(text):
            yield f"The text in {text.language} does not name: {', '.join(missing)}."


def earliest(version: PolicyVersion, now: datetime) -> datetime:
    return now + NOTICE if version.is_material else now


def unnamed_purposes(text: PolicyText) -> list[str]:
    """What data is used for, by the declarations, and the privacy policy does not speak of."""
    if text.version.kind != PolicyVersion.Kind.PRIVACY:
        return []
    named = {word for words in MARK.findall(text.text) for word in words.split()}
    return [purpose.value for purpose in purposes_in_use() if purpose not in named]


def purposes_in_use() -> list[Purpose]:
    return [entry.purpose for entry in data_map.by_purpose()]


def register_hash() -> str:
    """A fingerprint of what the declarations say: kinds of data, purposes, legal bases."""
    said = sorted(
        (row.model, row.field, row.category, row.origin, row.purpose, row.legal_basis)
        for row in data_map.rows()
    )
    return sha256(repr(said).encode()).hexdigest()


def in_force() -> dict[str, PolicyVersion]:
    """The version of each kind that holds now. What is published never changes, so it is remembered."""
    now = timezone.now()
    return {version.kind: version for version in _published() if (version.effective_at or now) <= now}


def _published() -> list[PolicyVersion]:
    return cache.get_or_set(PUBLISHED, _read_published, SECONDS) or []


def _read_published() -> list[PolicyVersion]:
    return list(PolicyVersion.objects.published().order_by("effective_at", "number"))


def in_the_news() -> list[PolicyVersion]:
    """Changes worth a word on the shop's pages: from publication until a month after they take effect."""
    now = timezone.now()
    recent = PolicyVersion.objects.published().filter(published_at__lte=now, effective_at__gt=now - NOTICE)
    return list(recent.filter(number__gt=1).order_by("effective_at"))


def html_of(text: PolicyText) -> SafeString:
    """To show: cleaned, and with the shop's own addresses in the reader's language and country."""
    clean = nh3.clean(text.text, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"https", "mailto"})
    clean = clean.replace('href="/', f'href="{get_script_prefix()}')
    return mark_safe(clean)  # noqa: S308
