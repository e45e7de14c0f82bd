"""What a search for a person found, to be kept and shown: signed, and without a word of theirs."""

import hmac
import json
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone

from . import deletion, proof
from .keys import current_key, key_ring
from .models import PrivacyRequest
from .proof import Hit, Needle


class NotGenuine(ValueError):
    """The report is not one of ours, or was changed afterwards."""


def make(
    wanted: list[Needle], *, request: PrivacyRequest | None = None, deep: bool = False
) -> dict[str, Any]:
    """Search, and say where something was found; of what was looked for, its kind alone."""
    hits = proof.scan(wanted, deep=deep)
    found = deletion.unexpected(hits)
    report: dict[str, Any] = {
        "made_at": timezone.now().isoformat(timespec="seconds"),
        "request": request.reference if request else "",
        "deep": deep,
        "stores": list(proof.STORES if deep else proof.STORES[:-1]),
        "sought": sum(needle.is_telling for needle in wanted),
        "passed": not found,
        "found": _places(found),
        # The shop's own words hold the same by chance; or it is too short to be looked for.
        "inconclusive": [*_places(hit for hit in hits if hit not in found), *_too_short(wanted)],
        "kept_by_law": _kept(request) if request else [],
    }
    return sign(report)


def sign(report: dict[str, Any]) -> dict[str, Any]:
    name, key = current_key("AUDIT_KEYS")
    named = report | {"key_name": name}
    return named | {"signature": _signature(named, key)}


def check(text: str) -> dict[str, Any]:
    """The report, if it stands as it was made. Raises `NotGenuine`."""
    try:
        report: dict[str, Any] = json.loads(text)
        signature, key = report.pop("signature"), key_ring("AUDIT_KEYS")[report["key_name"]]
    except (ValueError, KeyError, AttributeError):
        raise NotGenuine from None
    if not hmac.compare_digest(signature, _signature(report, key)):
        raise NotGenuine
    return report


def write(report: dict[str, Any], file: Path) -> None:
    """As JSON, which is what is signed, and beside it as a page to read."""
    file.write_text(json.dumps(report, indent=2, ensure_ascii=False), encoding="utf-8")
    page = render_to_string("privacy/export/proof.html", {"report": report})
    file.with_suffix(".html").write_text(page, encoding="utf-8")


def _signature(report: dict[str, Any], key: bytes) -> str:
    content = json.dumps(report, sort_keys=True, ensure_ascii=False).encode()
    return hmac.new(key, content, sha256).hexdigest()


def _places(hits: Iterable[Hit]) -> list[dict[str, str]]:
    return [{"store": hit.store, "place": hit.place, "kind": hit.kind} for hit in hits]


def _too_short(wanted: list[Needle]) -> list[dict[str, str]]:
    return [{"store": "", "place": "", "kind": kind} for kind in proof.inconclusive(wanted)]


def _kept(request: PrivacyRequest) -> list[dict[str, Any]]:
    """What a law keeps, which, and until when."""
    return [
        {
            "rows": str(step.name),
            "count": step.count,
            "fields": [str(field) for field in step.stays],
            "law": str(step.why),
            "until": step.until.isoformat(),
        }
        for step in deletion.outcome(request).staying
        if step.until
    ]
