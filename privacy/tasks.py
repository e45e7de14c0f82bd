from celery import shared_task
from django.utils import timezone

from . import audit, retention


@shared_task
def verify_audit() -> None:
    audit.verify()


@shared_task
def purge() -> None:
    retention.purge(as_of=timezone.localdate())
