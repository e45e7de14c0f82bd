"""Evidence: what came as a photo or a video is drawn anew, sealed, and shown to those in the conversation."""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

import puremagic
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from support import photos, videos
from support.models import Attachment, Message
from support.photos import Refused

MOST_FILES = 5
MAX_PHOTO = 15 * 1024 * 1024
MAX_VIDEO = videos.MAX_BYTES
HEAD = 4096  # enough to know a file by
NO_ROW_FOR = timedelta(days=1)


class TooLarge(Refused):
    pass


class NotEvidence(Refused):
    """Neither a photo nor a video."""


class Clean(NamedTuple):
    """What is kept of an upload."""

    kind: str
    content: bytes
    content_type: str
    width: int
    height: int


def accepted_types() -> list[str]:
    """For the `accept` of an input. Without HEIC among them, an iPhone sends its photos as JPEG."""
    return [*sorted(photos.TYPES), *(videos.CONTAINERS if videos.are_accepted() else ())]


def clean(upload: File) -> Clean:
    """A new file with what this one shows. What it is called and says of itself counts for nothing."""
    upload.seek(0)
    content = upload.read(MAX_VIDEO + 1)
    types = _types_of(content[:HEAD])
    if types & photos.TYPES:
        return _clean_photo(content)
    if container := next((videos.CONTAINERS[name] for name in videos.CONTAINERS if name in types), None):
        return _clean_video(content, container)
    raise _not_evidence(content, types)


def _clean_photo(content: bytes) -> Clean:
    _check_size(content, MAX_PHOTO)
    return Clean(Attachment.Kind.IMAGE, *photos.redraw(content))


def _clean_video(content: bytes, container: videos.Container) -> Clean:
    _check_size(content, MAX_VIDEO)
    return Clean(Attachment.Kind.VIDEO, *videos.copy_streams(content, container))


def _check_size(content: bytes, most: int) -> None:
    if len(content) > most:
        raise TooLarge(_("This file is larger than %(size)s MB.") % {"size": most // 1024**2})


def _types_of(head: bytes) -> set[str]:
    """By the first bytes. A HEIC photo looks like a video too, so it is named alone."""
    try:
        types = {match.mime_type for match in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        return set()
    return {"image/heif"} if types & {"image/heif", "image/heic"} else types


def _not_evidence(content: bytes, types: set[str]) -> NotEvidence:
    if not content:
        return NotEvidence(_("This file is empty."))
    if "image/heif" in types:
        return NotEvidence(_("We cannot open HEIC photos. Please send this one as JPEG."))
    return NotEvidence(f"{photos.not_a_picture()} {videos.not_a_video()}")


@transaction.atomic
def add(message: Message, files: Iterable[Clean]) -> list[Attachment]:
    """Seal and keep. If the transaction fails later, `sweep` finds the files that belong to nothing."""
    return [_keep(message, file) for file in files]


def _keep(message: Message, file: Clean) -> Attachment:
    attachment = Attachment(
        message=message,
        subject=message.subject,
        kind=file.kind,
        content_type=file.content_type,
        size=len(file.content),
        width=file.width,
        height=file.height,
    )
    attachment.file.save("", ContentFile(file.content), save=False)
    attachment.save()
    return attachment


def sweep() -> int:
    """Remove what has no row after a day: files of transactions that failed, or of rows deleted past them."""
    field = Attachment._meta.get_field("file")
    storage, folder = field.storage, str(field.upload_to)
    if not storage.exists(folder):
        return 0
    names = {f"{folder}{name}" for name in storage.listdir(folder)[1]}
    orphans = names - set(Attachment.objects.values_list("file", flat=True))
    old = [name for name in orphans if storage.get_modified_time(name) < timezone.now() - NO_ROW_FOR]
    for name in old:
        storage.delete(name)
    return len(old)
