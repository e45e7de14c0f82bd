"""Send what is due. A row is locked while it is sent, so two workers send one message."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from accounts.models import Notification


@shared_task
def send_notification(notification_id: int) -> None:
    send(notification_id)


@transaction.atomic
def send(notification_id: int) -> None:
    due = Notification.objects.due().filter(pk=notification_id)
    notification = due.select_for_update(skip_locked=True, of=("self",)).first()
    if notification is None:
        return
    notification.status = Notification.Status.SENT
    notification.sent_at = timezone.now()
    notification.save(update_fields=["status", "sent_at"])
