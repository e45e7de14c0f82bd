"""Sign-ins: what is unusual about one, and what becomes of it."""

from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Count, Q
from django.utils import timezone

from accounts import visits
from accounts.models import KnownDevice, SignIn, User
from accounts.notifications import notify
from accounts.visits import Visit
from privacy import audit
from privacy.models import DataSubject

Outcome = SignIn.Outcome

MEMORY = timedelta(days=90)  # as long as sign-ins are kept
TRAVEL = timedelta(hours=3)  # nobody signs in here and, so soon after, in another country
BURST, BURST_WINDOW = 5, timedelta(minutes=15)
# Several people behind one address mistype now and then; ten accounts in ten minutes are a list being tried.
STUFFING, STUFFING_WINDOW = 10, timedelta(minutes=10)


class Reason(models.TextChoices):
    """What was unusual about a sign-in."""

    DEVICE = "device"
    NETWORK = "network"
    COUNTRY = "country"
    TRAVEL = "travel"
    BURST = "burst"


ALARMING = {Reason.COUNTRY, Reason.TRAVEL, Reason.BURST}
EVERYTHING_NEW = {Reason.DEVICE, Reason.NETWORK}


def unusual(user: User, visit: Visit) -> list[Reason]:
    """In which ways this visit differs from those before. The first one of all has nothing to differ from."""
    before = SignIn.objects.since(MEMORY).filter(
        subject=user.subject, outcome=Outcome.SUCCEEDED, disowned_at=None
    )
    if user.last_login is None and not before.exists():
        return []
    findings = {
        Reason.DEVICE: find_device(user.subject, visit.device_token) is None,
        Reason.NETWORK: not before.filter(network_ref=visit.network_ref).exists(),
        Reason.COUNTRY: _is_new_country(before, visit),
        Reason.TRAVEL: _travelled_too_fast(before, visit),
        Reason.BURST: _failures_of(user.subject) >= BURST,
    }
    return [reason for reason, is_found in findings.items() if is_found]


def is_risky(reasons: list[Reason]) -> bool:
    """Whether a code from the mailbox is asked for as well."""
    return bool(ALARMING & set(reasons)) or set(reasons) >= EVERYTHING_NEW


@transaction.atomic
def succeed(user: User, visit: Visit, *, reasons: list[Reason], session_key: str) -> SignIn:
    """Keep a sign-in that is complete, and tell its owner if it was unusual."""
    now = timezone.now()
    sign_in = SignIn.objects.create(
        subject=user.subject,
        device=_keep_device(user.subject, visit),
        outcome=Outcome.SUCCEEDED,
        reasons=",".join(reasons),
        country=visit.country,
        network_ref=visit.network_ref,
        session_key=session_key,
        at=now,
        seen_at=now,
    )
    if reasons:
        notify(user.subject, "unusual_sign_in", about=sign_in)
        audit.record("sign_in.unusual", subject=user, obj=sign_in, reason="+".join(reasons))
    return sign_in


def challenge(user: User, visit: Visit, *, reasons: list[Reason]) -> SignIn:
    """The password was right, but all else looks wrong: a code was asked for."""
    return SignIn.objects.create(
        subject=user.subject,
        outcome=Outcome.CHALLENGED,
        reasons=",".join(reasons),
        country=visit.country,
        network_ref=visit.network_ref,
    )


@transaction.atomic
def fail(email: str, visit: Visit) -> SignIn:
    """Keep a refused try. Which address was typed is not kept, only whose account it named, if anybody's."""
    subject = DataSubject.objects.filter(user__email=email.casefold()).first()
    sign_in = SignIn.objects.create(
        subject=subject, outcome=Outcome.FAILED, country=visit.country, network_ref=visit.network_ref
    )
    if accounts_tried_from(visit) == STUFFING:
        audit.record("sign_in.stuffing", obj=sign_in, count=STUFFING, reference=visit.network_ref[:16])
    return sign_in


def is_stuffing(visit: Visit) -> bool:
    """Whether a list of accounts is being tried from this network."""
    return accounts_tried_from(visit) >= STUFFING


def accounts_tried_from(visit: Visit) -> int:
    """How many accounts were tried in vain; an address that is nobody's counts as one each time."""
    failures = SignIn.objects.since(STUFFING_WINDOW).filter(
        outcome=Outcome.FAILED, network_ref=visit.network_ref
    )
    counts = failures.aggregate(
        known=Count("subject", distinct=True), unknown=Count("pk", filter=Q(subject=None))
    )
    return int(counts["known"] + counts["unknown"])


def find_device(subject: DataSubject, token: str) -> KnownDevice | None:
    if not token:
        return None
    hashes = visits.device_hashes(token, subject)
    return KnownDevice.objects.filter(subject=subject, token_hash__in=hashes).first()


def _keep_device(subject: DataSubject, visit: Visit) -> KnownDevice:
    device = find_device(subject, visit.device_token)
    values: dict[str, Any] = {"label": visit.device_label, "last_seen_at": timezone.now()}
    if device is None:
        token_hash = visits.device_hashes(visit.device_token, subject)[0]
        return KnownDevice.objects.create(subject=subject, token_hash=token_hash, **values)
    device.subject = subject  # its key is open already
    device.label, device.last_seen_at = values["label"], values["last_seen_at"]
    device.save(update_fields=["label", "last_seen_at"])
    return device


def _is_new_country(before: "models.QuerySet[SignIn]", visit: Visit) -> bool:
    known = before.exclude(country="")
    return bool(visit.country) and known.exists() and not known.filter(country=visit.country).exists()


def _travelled_too_fast(before: "models.QuerySet[SignIn]", visit: Visit) -> bool:
    recent = before.filter(at__gte=timezone.now() - TRAVEL).exclude(country="")
    return bool(visit.country) and recent.exclude(country=visit.country).exists()


def _failures_of(subject: DataSubject) -> int:
    failed = SignIn.objects.since(BURST_WINDOW).filter(outcome=Outcome.FAILED, subject=subject)
    return failed.count()
