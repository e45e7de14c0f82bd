"""The one gate out. Personal data leaves the shop through `disclose()` and no other way.

An app that talks to a partner declares at import time what that partner may be told:

    processors.register("carrier", Processor.Kind.LOGISTICS, allowed={"name": _("Name"), "phone": _("Phone")})

and hands over with

    disclosure = processors.disclose(
        "carrier",
        order.subject,
        purpose=Purpose.FULFILMENT,
        reference=order.number,
        fields={"name": order.name},
    )
    ...send disclosure.payload...
    disclosure.finish(accepted=True)

The ledger row is written before anything is sent, with the names of the fields and a fingerprint of what was
sent, never the content.
"""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.functional import Promise

from shop.rows import single

from . import gate
from .keys import current_key
from .models import DataSubject, Disclosure, Processor
from .purposes import Purpose

Text = str | Promise


class FieldNotAllowed(ValueError):
    """A partner was to be told something that is not on its list."""


class ProcessorNotCleared(Exception):
    """This partner may be told nothing now, or nothing about this person."""


@dataclass(frozen=True)
class Declared:
    kind: str
    allowed: Mapping[str, Text]  # the field, and what people call it


_declared: dict[str, Declared] = {}


def register(code: str, kind: Processor.Kind, *, allowed: Mapping[str, Text]) -> None:
    _declared[code] = Declared(kind, allowed)


def allowed_fields(code: str) -> Mapping[str, Text]:
    return _declared[code].allowed if code in _declared else {}


def kind_of(code: str) -> str:
    """Empty where nobody declared such a partner."""
    return _declared[code].kind if code in _declared else ""


def partners() -> list[tuple[Processor, list[Text]]]:
    """Those who may be given data today, and what."""
    return [
        (processor, list(allowed_fields(processor.code).values()))
        for processor in Processor.objects.all()
        if processor.is_cleared
    ]


def disclose(
    code: str,
    subject: DataSubject,
    *,
    purpose: Purpose,
    reference: str,
    fields: Mapping[str, Any],
    channel: str = "",
) -> Disclosure:
    """Check that `fields` may be handed over, write it down, and return them as `.payload` to send.

    `channel` is asked about where a purpose is agreed to channel by channel.
    """
    unknown = set(fields) - set(allowed_fields(code))
    if unknown:
        raise FieldNotAllowed(f"{code} may not be told: {', '.join(sorted(unknown))}")
    processor = _cleared(code, subject, purpose, channel)
    disclosure = Disclosure.objects.create(
        processor=processor,
        subject=subject,
        purpose=purpose,
        reference=reference,
        field_names=sorted(fields),
        region=processor.region,
        payload_hmac=fingerprint(fields),
    )
    disclosure.payload = dict(fields)
    return disclosure


def _cleared(code: str, subject: DataSubject, purpose: Purpose, channel: str) -> Processor:
    processor = single(Processor.objects.filter(code=code))
    if processor is None or not processor.is_cleared:
        raise ProcessorNotCleared(f"{code}: no valid agreement, or not screened within a year")
    if processor.kind != _declared[code].kind:
        raise ProcessorNotCleared(
            f"{code}: registered as {processor.kind}, declared as {_declared[code].kind}"
        )
    if not gate.permits(subject, purpose, channel):
        raise ProcessorNotCleared(f"{code}: the person's data may not be used for {purpose} now")
    return processor


def fingerprint(fields: Mapping[str, Any]) -> str:
    content = json.dumps(fields, sort_keys=True, cls=DjangoJSONEncoder)
    return hmac.new(current_key("AUDIT_KEYS")[1], content.encode(), sha256).hexdigest()
