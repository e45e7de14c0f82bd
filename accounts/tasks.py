from celery import shared_task
from django.core.management import call_command

from accounts import sending


@shared_task
def purge_sessions() -> None:
    call_command("clearsessions")


@shared_task
def send_due() -> None:
    sending.send_due()


@shared_task
def purge_notifications() -> None:
    sending.purge()
