from celery import shared_task
from django.utils import timezone

from . import audit, copies, deletion, file_removal, requests, retention


@shared_task
def verify_audit() -> None:
    audit.inspect()


@shared_task
def purge() -> None:
    file_removal.remove_all()
    retention.purge(as_of=timezone.localdate())


@shared_task
def warn_desk() -> None:
    requests.warn_desk()


@shared_task
def run_requests() -> None:
    """One after the other, so that a copy and a deletion of the same person never meet."""
    copies.make_due()
    deletion.run_due()
    requests.give_up_unproven()
