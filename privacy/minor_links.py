"""Two pages that open by a signed link: of whoever may be a child, and of the guardian who has proved it.

They end with the case; nothing is stored, and nobody is named in the address. With the number of a row stands
whose it is, because after a restore a number may be given anew.
"""

from typing import Any

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from .models import DataSubject, Guardian, MinorCase

AGE, GUARDIAN = Signer(salt="privacy.age", sep="."), Signer(salt="privacy.guardian", sep=".")


def age_token(case: MinorCase) -> str:
    return _signed(AGE, case)


def age_path(subject: DataSubject) -> str:
    """For whoever is asked or told something; empty for everybody else."""
    cases = MinorCase.objects.open().exclude(status=MinorCase.Status.SUSPECTED)
    case = cases.filter(subject=subject).first()
    return reverse("privacy:age", args=[age_token(case)]) if case else ""


def case_of(token: str) -> MinorCase | None:
    cases = MinorCase.objects.exclude(status=MinorCase.Status.ERASED).select_related("subject")
    return cases.filter(**_unsigned(AGE, token)).first()


def guardian_token(guardian: Guardian) -> str:
    return _signed(GUARDIAN, guardian)


def guardian_of(token: str) -> Guardian | None:
    proved = Guardian.objects.filter(verified_at__isnull=False, **_unsigned(GUARDIAN, token))
    return proved.select_related("case__subject", "subject__key").first()


def _signed(signer: Signer, row: MinorCase | Guardian) -> str:
    return signer.sign_object([row.pk, row.subject_id.hex])


def _unsigned(signer: Signer, token: str) -> dict[str, Any]:
    """Nobody has the number nought."""
    try:
        pk, subject = signer.unsign_object(token)
    except (BadSignature, ValueError):  # not ours, or not of this form
        return {"pk": 0}
    return {"pk": pk, "subject": subject}
