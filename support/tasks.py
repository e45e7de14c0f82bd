"""What runs in the background."""

from celery import shared_task

from support import tickets


@shared_task
def close_settled() -> None:
    tickets.close_settled()
