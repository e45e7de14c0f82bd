"""The copy of their data somebody asked for: made by a worker, sealed, fetched a few times, then gone."""

import io
import logging
from datetime import timedelta
from typing import Any

from celery import shared_task
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation

from shop.states import InvalidTransition

from . import audit, export, requests, telling
from .models import DataCopy, DataSubject, PrivacyRequest

logger = logging.getLogger(__name__)

ONCE_IN = timedelta(hours=24)
KINDS = (PrivacyRequest.Kind.ACCESS, PrivacyRequest.Kind.PORTABILITY)
Status = PrivacyRequest.Status


class NotThere(LookupError):
    """It was never made, its days are over, or it was fetched often enough."""


@transaction.atomic
def ask(
    subject: DataSubject,
    *,
    source: PrivacyRequest.Source,
    kind: PrivacyRequest.Kind = PrivacyRequest.Kind.ACCESS,
    actor: Any = None,
) -> PrivacyRequest:
    """Whoever asks is known to be the person. Within a day of the last copy it is the last one."""
    DataSubject.objects.select_for_update().get(pk=subject.pk)
    if (latest := latest_of(subject)) and timezone.now() - latest.created_at < ONCE_IN:
        return latest.request
    request = requests.current(subject, kind, source=source)
    requests.verify(request, actor=actor)
    if request.status == Status.VERIFIED:
        request.start_at = timezone.now()
        request.save(update_fields=["start_at"])
        requests.advance(request, Status.SCHEDULED, actor=actor)
    make_copy.delay_on_commit(request.pk)
    return request


def is_making(subject: DataSubject) -> bool:
    at_work = (Status.SCHEDULED, *PrivacyRequest.AT_WORK)
    return PrivacyRequest.objects.filter(subject=subject, kind__in=KINDS, status__in=at_work).exists()


def latest_of(subject: DataSubject) -> DataCopy | None:
    copies = DataCopy.objects.filter(subject=subject).select_related("request")
    return copies.order_by("-created_at").first()


@shared_task
def make_copy(request_id: int) -> None:
    make(request_id)


def make_due() -> None:
    due = PrivacyRequest.objects.due().filter(kind__in=KINDS)
    for request_id in due.values_list("pk", flat=True):
        try:
            make(request_id)
        except Exception:
            logger.exception("privacy request %s", request_id)


def make(request_id: int) -> None:
    request = _begin(request_id)
    if request is None:
        return
    subject, contact = request.subject, telling.contact_of(request.subject)
    file = io.BytesIO()
    for older in DataCopy.objects.filter(subject=subject):  # a copy holds no copies
        discard(older)
    with translation.override(contact.language if contact else None):
        export.write(subject, file)
    try:
        _finish(request, file.getvalue())
    except InvalidTransition:
        logger.info("privacy request %s was called off while its copy was made", request_id)


@transaction.atomic
def _finish(request: PrivacyRequest, content: bytes) -> None:
    """Nothing is stored of a copy that a deletion called off meanwhile."""
    requests.settle(request, Status.COMPLETED)
    copy = DataCopy(request=request, subject=request.subject)
    copy.file.save("copy.zip", ContentFile(content), save=False)
    copy.save()
    telling.tell(request.subject, "copy_ready", about=request)


@transaction.atomic
def _begin(request_id: int) -> PrivacyRequest | None:
    """Never while a deletion is at work on the same person."""
    due = PrivacyRequest.objects.due().filter(pk=request_id, kind__in=KINDS)
    request = due.select_for_update(of=("self",), skip_locked=True).select_related("subject").first()
    if request is None or _is_being_deleted(request.subject):
        return None
    if request.status == Status.SCHEDULED:
        requests.advance(request, Status.RUNNING)
    request.start_at = timezone.now()  # the lease of this worker
    request.save(update_fields=["start_at"])
    return request


def _is_being_deleted(subject: DataSubject) -> bool:
    DataSubject.objects.select_for_update().get(pk=subject.pk)
    deletions = PrivacyRequest.objects.filter(subject=subject, kind=PrivacyRequest.Kind.ERASURE)
    return deletions.filter(status__in=PrivacyRequest.AT_WORK).exists()


def fetch(copy: DataCopy, *, actor: Any = None) -> bytes:
    """The ZIP file. The last time it is fetched its file goes."""
    if not copy.is_there:
        raise NotThere
    content: bytes = copy.file.open().read()
    with transaction.atomic():
        allowed = DataCopy.objects.filter(pk=copy.pk, downloads__lt=DataCopy.MOST_DOWNLOADS)
        if not allowed.update(downloads=F("downloads") + 1):
            raise NotThere
        audit.record("subject.copy_fetched", actor=actor or copy.subject, subject=copy.subject, obj=copy)
    return content


@transaction.atomic
def discard(copy: DataCopy) -> None:
    storage, name = copy.file.storage, str(copy.file.name)
    copy.delete()
    transaction.on_commit(lambda: storage.delete(name))
