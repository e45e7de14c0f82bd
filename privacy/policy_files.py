"""Policies as files: `<kind>.<language>.html` in a folder, the summary of change in a comment on top."""

from collections import defaultdict
from datetime import datetime
from pathlib import Path

from . import policies
from .models import PolicyVersion

Texts = dict[str, tuple[str, str]]


def publish_folder(
    folder: Path, *, is_material: bool = False, at: datetime | None = None
) -> list[PolicyVersion]:
    """Publish what differs from the last version; the same files again change nothing."""
    published = []
    for kind, texts in sorted(_read(folder).items()):
        if _last_words(kind) != {language: text for language, (text, _summary) in texts.items()}:
            version = policies.draft(kind, texts=texts, is_material=is_material)
            policies.publish(version, at=at)
            published.append(version)
    return published


def _read(folder: Path) -> dict[str, Texts]:
    found: dict[str, Texts] = defaultdict(dict)
    for path in sorted(folder.glob("*.*.html")):
        kind, language, _suffix = path.name.split(".")
        summary, _end, text = path.read_text().removeprefix("<!--").partition("-->")
        found[PolicyVersion.Kind(kind).value][language] = (text.strip(), summary.strip())
    return found


def _last_words(kind: str) -> dict[str, str]:
    last = PolicyVersion.objects.published().filter(kind=kind).order_by("-number").first()
    return {text.language: text.text for text in last.texts.all()} if last else {}
