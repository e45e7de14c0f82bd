from celery import shared_task
from django.core.management import call_command

from accounts import campaigns, inactivity, newsletter, policy_news, sending


@shared_task
def purge_sessions() -> None:
    call_command("clearsessions")


@shared_task
def look_after_idle_accounts() -> None:
    inactivity.look_after()


@shared_task
def send_due() -> None:
    sending.send_due()


@shared_task
def send_campaigns() -> None:
    campaigns.send_due()


@shared_task
def purge_newsletter() -> None:
    newsletter.purge()


@shared_task
def tell_of_policies() -> None:
    policy_news.tell_everybody()
