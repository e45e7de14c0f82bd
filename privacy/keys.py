"""Keys: one per data subject, wrapped by a key ring from the environment, and the envelope they seal.

A stolen database holds wrapped keys and sealed values and opens neither. Deleting a subject's key makes every
value sealed with it unreadable, in old backups too.

Settings (comma-separated `name:base64 of 32 bytes`; the first key is used for new data, all of them open
old): PRIVACY_KEYS wraps the subjects' keys, PRIVACY_INDEX_KEYS makes blind indexes, AUDIT_KEYS signs the
audit trail.
"""

import base64
import hmac
import os
import unicodedata
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple, Self, cast
from uuid import UUID

import phonenumbers
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_LENGTH = 32
NONCE_LENGTH = 12
VERSION = b"\x01"
HEADER_LENGTH = len(VERSION) + 16 + NONCE_LENGTH


class DecryptionFailed(Exception):
    """A sealed value was altered, moved to another place, or belongs to another key."""


class Wrapped(NamedTuple):
    key_name: str
    data: bytes


class Sealed:
    """A value as it lies in the database: version, owner, nonce, ciphertext. It has no readable form."""

    __slots__ = ("data",)

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __repr__(self) -> str:
        return "<sealed>"

    @property
    def subject_id(self) -> UUID:
        return UUID(bytes=self.data[1:17])

    @classmethod
    def seal(cls, clear: bytes, *, key: bytes, subject_id: UUID, place: str) -> Self:
        nonce = os.urandom(NONCE_LENGTH)
        header = VERSION + subject_id.bytes
        return cls(header + nonce + AESGCM(key).encrypt(nonce, clear, header + place.encode()))

    def open(self, *, key: bytes, place: str) -> bytes:
        header, nonce = self.data[:17], self.data[17:HEADER_LENGTH]
        try:
            return AESGCM(key).decrypt(nonce, self.data[HEADER_LENGTH:], header + place.encode())
        except (InvalidTag, ValueError):
            raise DecryptionFailed(f"{place}: the ciphertext was altered or moved") from None

    def check_owner(self, subject_id: UUID | None, place: str) -> None:
        if len(self.data) < HEADER_LENGTH or self.data[:1] != VERSION:
            raise DecryptionFailed(f"{place}: not a sealed value of a known version")
        if self.subject_id != subject_id:
            raise DecryptionFailed(f"{place}: sealed for another data subject")


@lru_cache
def parse_ring(entries: tuple[str, ...]) -> dict[str, bytes]:
    ring = {}
    for entry in entries:
        name, _, encoded = entry.partition(":")
        try:
            ring[name] = base64.b64decode(encoded, validate=True)
        except ValueError:
            raise ImproperlyConfigured(f"The key {name!r} is not base64.") from None
        if not name or len(ring[name]) != KEY_LENGTH:
            raise ImproperlyConfigured(f"The key {name!r} must be `name:base64 of {KEY_LENGTH} bytes`.")
    return ring


def key_ring(setting: str) -> dict[str, bytes]:
    """The keys of one setting by name; the first one is the current one."""
    ring = parse_ring(tuple(getattr(settings, setting)))
    if not ring:
        raise ImproperlyConfigured(f"{setting} holds no key.")
    return ring


def current_key(setting: str) -> tuple[str, bytes]:
    return next(iter(key_ring(setting).items()))


def new_key() -> bytes:
    return os.urandom(KEY_LENGTH)


def wrap(key: bytes, subject_id: UUID) -> Wrapped:
    name, wrapping_key = current_key("PRIVACY_KEYS")
    nonce = os.urandom(NONCE_LENGTH)
    return Wrapped(name, nonce + AESGCM(wrapping_key).encrypt(nonce, key, subject_id.bytes))


def unwrap(wrapped: Wrapped, subject_id: UUID) -> bytes:
    wrapping_key = key_ring("PRIVACY_KEYS").get(wrapped.key_name)
    if wrapping_key is None:
        raise ImproperlyConfigured(f"PRIVACY_KEYS lacks the key {wrapped.key_name!r}, which is still in use.")
    nonce, data = wrapped.data[:NONCE_LENGTH], wrapped.data[NONCE_LENGTH:]
    try:
        return AESGCM(wrapping_key).decrypt(nonce, data, subject_id.bytes)
    except (InvalidTag, ValueError):
        raise DecryptionFailed("The subject's key was altered, or wrapped for another subject.") from None


def secret_of(row: Any) -> bytes:
    """The open key of a `WrappedKey`, unwrapped once a row. Works on a migration's historical models too."""
    if "_secret" not in row.__dict__:
        row._secret = unwrap(Wrapped(row.key_name, bytes(row.wrapped)), row.pk)
    return cast(bytes, row._secret)


def blind_index(kind: str, value: str) -> str:
    """A keyed fingerprint to store beside an encrypted value that must be found again.

    Only for values that cannot be guessed by trying them all: e-mail addresses, phone numbers, random codes.
    """
    return _fingerprint(current_key("PRIVACY_INDEX_KEYS")[1], kind, value)


def blind_indexes(kind: str, value: str) -> list[str]:
    """The fingerprints under every index key, for look-ups with `__in` while keys are being changed."""
    return [_fingerprint(key, kind, value) for key in key_ring("PRIVACY_INDEX_KEYS").values()]


def _fingerprint(key: bytes, kind: str, value: str) -> str:
    return hmac.new(key, f"{kind}\0{NORMALISE[kind](value)}".encode(), sha256).hexdigest()


def normalise_email(value: str) -> str:
    local, _, domain = unicodedata.normalize("NFKC", value).strip().casefold().rpartition("@")
    with suppress(UnicodeError):  # not a host name: the address is compared as it is written
        domain = domain.encode("idna").decode()
    return f"{local}@{domain}"


def normalise_phone(value: str) -> str:
    """E.164; the number must be international, because nothing here knows the country."""
    number = phonenumbers.parse(unicodedata.normalize("NFKC", value))
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def normalise_number(value: str) -> str:
    """Of an order and the like: random, long enough that nobody tries them all."""
    return value.strip().upper()


NORMALISE = {"email": normalise_email, "phone": normalise_phone, "number": normalise_number}
