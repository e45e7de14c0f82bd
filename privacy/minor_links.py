"""Two pages that open by a signed link: of whoever may be a child, and of the guardian who has proved it.

They end with the case; nothing is stored, and nobody is named in the address.
"""

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from .models import DataSubject, Guardian, MinorCase

AGE, GUARDIAN = Signer(salt="privacy.age", sep="."), Signer(salt="privacy.guardian", sep=".")


def age_token(case: MinorCase) -> str:
    return AGE.sign(str(case.pk))


def age_path(subject: DataSubject) -> str:
    """For whoever is asked or told something; empty for everybody else."""
    cases = MinorCase.objects.open().exclude(status=MinorCase.Status.SUSPECTED)
    case = cases.filter(subject=subject).first()
    return reverse("privacy:age", args=[age_token(case)]) if case else ""


def case_of(token: str) -> MinorCase | None:
    cases = MinorCase.objects.exclude(status=MinorCase.Status.ERASED).select_related("subject")
    return cases.filter(pk=_unsigned(AGE, token)).first()


def guardian_token(guardian: Guardian) -> str:
    return GUARDIAN.sign(str(guardian.pk))


def guardian_of(token: str) -> Guardian | None:
    proved = Guardian.objects.filter(verified_at__isnull=False)
    return (
        proved.select_related("case__subject", "subject__key").filter(pk=_unsigned(GUARDIAN, token)).first()
    )


def _unsigned(signer: Signer, token: str) -> int:
    """Nobody has the number nought."""
    try:
        return int(signer.unsign(token))
    except BadSignature:
        return 0
