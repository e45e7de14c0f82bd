"""A colleague who may have abused what they could read is kept out until it has been looked into."""

from accounts import sessions
from accounts.models import SignIn, User
from accounts.roles import role_of
from privacy import access, audit, violations
from privacy.models import AuditEvent, DataSubject


def suspend(colleague: DataSubject) -> None:
    for user in User.objects.filter(subject=colleague, is_active=True).select_related("subject"):
        user.is_active = False
        user.save(update_fields=["is_active"])
        sessions.end(SignIn.objects.filter(subject=colleague))
        audit.record("account.suspended", subject=user, obj=user)


def resume(colleague: DataSubject) -> None:
    """Only whom a case kept out: an account that was closed for another reason stays so."""
    suspended = AuditEvent.objects.filter(action="account.suspended", subject_ref=str(colleague.audit_ref))
    for user in User.objects.filter(subject=colleague, is_active=False).select_related("subject"):
        if suspended.exists():
            user.is_active = True
            user.save(update_fields=["is_active"])
            audit.record("account.resumed", subject=user, obj=user)


access.register_role(role_of)
violations.register(suspend=suspend, resume=resume)
