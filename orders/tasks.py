"""What runs in the background. A task takes one id at most; rows say what is due, so none is lost."""

from celery import shared_task

from accounts import sending
from orders import carts, expiry, inbox, payments
from orders.models import Payment, Refund, WebhookEvent


@shared_task
def process_webhook(event_id: int) -> None:
    with sending.at_once():
        inbox.process(WebhookEvent.objects.get(pk=event_id))


@shared_task
def process_webhooks() -> None:
    inbox.process_waiting()
    for payment in payments.to_ask_about():
        check_payment.delay(payment.pk)


@shared_task
def check_payment(payment_id: int) -> None:
    payments.check(Payment.objects.get(pk=payment_id))


@shared_task
def send_refunds() -> None:
    for refund_id in Refund.objects.due().values_list("pk", flat=True):
        send_refund.delay(refund_id)


@shared_task
def send_refund(refund_id: int) -> None:
    payments.send_refund(Refund.objects.select_related("payment__order").get(pk=refund_id))


@shared_task
def expire_unpaid_orders() -> None:
    expiry.expire_unpaid()


@shared_task
def purge_carts() -> None:
    carts.purge()
