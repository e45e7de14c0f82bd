from celery import shared_task
from django.utils import timezone

from . import (
    access,
    audit,
    backup,
    copies,
    deletion,
    drill,
    file_removal,
    guardians,
    partner_notices,
    requests,
    restriction,
    retention,
)


@shared_task
def verify_audit() -> None:
    audit.inspect()


@shared_task
def make_backup() -> None:
    backup.make()
    backup.prune()


@shared_task
def rehearse_restore() -> None:
    drill.rehearse()


@shared_task
def purge() -> None:
    file_removal.remove_all()
    retention.purge(as_of=timezone.localdate())


@shared_task
def warn_desk() -> None:
    requests.warn_desk()


@shared_task
def note_unreviewed_looks() -> None:
    access.note_unreviewed()


@shared_task
def lift_restrictions() -> None:
    restriction.lift_due()


@shared_task
def look_after_minors() -> None:
    guardians.look_after()


@shared_task
def run_requests() -> None:
    """One after the other, so that a copy and a deletion of the same person never meet."""
    copies.make_due()
    deletion.run_due()
    partner_notices.send_due()
    requests.give_up_unproven()
    requests.lapse_unused()
