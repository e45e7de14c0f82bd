"""What runs in the background."""

from celery import shared_task

from support import attachments, tickets


@shared_task
def close_settled() -> None:
    tickets.close_settled()


@shared_task
def sweep_attachments() -> None:
    attachments.sweep()
