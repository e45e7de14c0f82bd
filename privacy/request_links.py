"""The page of a request: found by its reference and a code, which are a link when written together.

Nothing is stored: the code is a signature of ours. It shows how a request stands, never the data itself; for
that the person is proved anew, and gets a pass for half an hour.
"""

import hmac
from base64 import b32encode

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import salted_hmac

from .models import PrivacyRequest, Restriction
from .models.requests import REFERENCE_LENGTH

SALT = "privacy.request"
PASS_SALT = "privacy.pass"  # noqa: S105  (a salt, no secret)
CODE_LENGTH = 10  # 50 bits
LIMIT_SALT = "privacy.limit"
PASS_LIVES = 30 * 60


def code_of(request: PrivacyRequest) -> str:
    return _code(request.reference, settings.SECRET_KEY)


def token_of(request: PrivacyRequest) -> str:
    return f"{request.reference}-{code_of(request)}"


def request_of(token: str) -> PrivacyRequest | None:
    """The request whose reference and code these are."""
    reference, _dash, code = token.upper().strip().partition("-")
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    good = any(hmac.compare_digest(code.encode(), _code(reference, key).encode()) for key in keys)
    if len(reference) != REFERENCE_LENGTH or not good:
        return None
    return PrivacyRequest.objects.select_related("subject").filter(reference=reference).first()


def path_of(request: PrivacyRequest) -> str:
    return reverse("privacy:request", args=[token_of(request)])


def pass_for(request: PrivacyRequest) -> str:
    """For whoever has just proved to be the person."""
    return signing.dumps(request.reference, salt=PASS_SALT)


def request_by_pass(value: str) -> PrivacyRequest | None:
    try:
        reference = signing.loads(value, salt=PASS_SALT, max_age=PASS_LIVES)
    except signing.BadSignature:
        return None
    return PrivacyRequest.objects.select_related("subject__key").filter(reference=reference).first()


def limit_token(limit: Restriction) -> str:
    """With whose it is: after a restore a number may be given anew."""
    return signing.dumps([limit.pk, limit.subject_id.hex], salt=LIMIT_SALT)


def limit_of(token: str) -> Restriction | None:
    """The limit a mail speaks of, as long as it is in force."""
    try:
        pk, subject = signing.loads(token, salt=LIMIT_SALT)
    except (signing.BadSignature, TypeError, ValueError):  # not ours, or not of this form
        return None
    return Restriction.objects.active().select_related("subject").filter(pk=pk, subject=subject).first()


def _code(reference: str, key: str) -> str:
    digest = salted_hmac(SALT, reference, secret=key, algorithm="sha256").digest()
    return b32encode(digest).decode()[:CODE_LENGTH]
