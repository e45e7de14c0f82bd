"""Accounts nobody has used for two years end: warned twice by mail, then erased like on their owner's wish.

Whoever signs in meanwhile stays. An account with something open, such as an order or money that is owed, is
not warned and not erased, but shown to staff.
"""

import logging
from datetime import datetime, timedelta
from typing import cast

from dateutil.relativedelta import relativedelta
from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Channel, Notification, User
from accounts.notifications import notify
from privacy import audit, deletion, erasure
from privacy.models import PrivacyRequest
from privacy.registry import WhileUsed, declaration

logger = logging.getLogger(__name__)

WARN_BEFORE = (timedelta(days=30), timedelta(days=7))


def look_after() -> None:
    """One that crashes holds up no other."""
    User.objects.filter(last_login__gt=F("idle_kept_at")).update(idle_kept_at=None)
    for user_id in _idle(timezone.now() + WARN_BEFORE[0]).values_list("pk", flat=True):
        try:
            _go_on(user_id)
        except Exception:
            logger.exception("user %s", user_id)


def _idle(at: datetime) -> "models.QuerySet[User]":
    """Whose time will be over by then."""
    data = declaration(User)
    period = cast(WhileUsed, data.retention if data else None)
    users = User.objects.filter(is_active=True, is_staff=False)
    used = users.annotate(used_at=Coalesce("last_login", "date_joined"))
    return used.filter(used_at__lte=at - relativedelta(months=period.months))


@transaction.atomic
def _go_on(user_id: int) -> None:
    """The next step that is due. However late the clock is, nobody goes without both warnings."""
    locked = _idle(timezone.now() + WARN_BEFORE[0]).select_for_update(of=("self",), skip_locked=True)
    user = locked.select_related("subject__key").filter(pk=user_id).first()
    if user is None:
        return
    warned = _warnings(user)
    if _has_something_open(user):
        _keep(user)
    elif not warned:
        _warn(user, days=WARN_BEFORE[0])
    elif len(warned) == 1 and _ago(warned[0]) >= WARN_BEFORE[0] - WARN_BEFORE[1]:
        _warn(user, days=WARN_BEFORE[1])
    elif len(warned) > 1 and _ago(warned[1]) >= WARN_BEFORE[1]:
        deletion.ask(user.subject, source=PrivacyRequest.Source.IDLE, at_once=True)


def _warnings(user: User) -> list[datetime]:
    """Since the account was last used."""
    told = Notification.objects.filter(subject=user.subject, event="account_idle", channel=Channel.EMAIL)
    used_at = user.last_login or user.date_joined
    return list(told.filter(created_at__gt=used_at).order_by("pk").values_list("created_at", flat=True))


def _ago(moment: datetime) -> timedelta:
    """In whole days: the clock strikes once a day, and not to the second."""
    return timezone.localdate() - moment.date()


def _warn(user: User, *, days: timedelta) -> None:
    ends_on = timezone.localdate() + days
    key = f"{ends_on:%Y%m%d}.{days.days}"
    notify(user.subject, "account_idle", about=user, key=key, data={"ends_on": ends_on.isoformat()})


def _has_something_open(user: User) -> bool:
    plan = erasure.plan(user.subject)
    return bool(plan.obstacles or plan.waiting)


def _keep(user: User) -> None:
    if user.idle_kept_at is None:
        user.idle_kept_at = timezone.now()
        user.save(update_fields=["idle_kept_at"])
        audit.record("account.kept_idle", subject=user, obj=user)
