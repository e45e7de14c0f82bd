from celery import shared_task

from . import audit


@shared_task
def verify_audit() -> None:
    audit.verify()
