"""Files of any size, encrypted piece by piece, so that neither memory nor disk ever holds them in clear.

A file has a key of its own, made from a random salt and the first key of BACKUP_KEYS. Each piece is sealed
(AES-256-GCM) together with its number and with whether it is the last one: a byte that was changed, pieces
that were swapped and an end that was cut off are all an error.
"""

import hmac
import os
from collections.abc import Iterator
from hashlib import sha256
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.exceptions import ImproperlyConfigured

from .keys import current_key, key_ring

MAGIC = b"VITRINE1"
SALT_LENGTH = 16
PIECE = 1024 * 1024
TAG_LENGTH = 16


class BackupBroken(Exception):
    """The file was changed, is cut off, or is no backup."""


class SealingFile:
    """Takes bytes; to be closed, for what was not closed has no end and cannot be read."""

    def __init__(self, target: BinaryIO) -> None:
        name, ring_key = current_key("BACKUP_KEYS")
        header = MAGIC + bytes([len(name)]) + name.encode() + os.urandom(SALT_LENGTH)
        target.write(header)
        self.target, self.cipher = target, _cipher(ring_key, header)
        self.waiting, self.number = bytearray(), 0

    def write(self, content: bytes) -> int:
        self.waiting += content
        while len(self.waiting) > PIECE:
            self._seal(bytes(self.waiting[:PIECE]), is_last=False)
            del self.waiting[:PIECE]
        return len(content)

    def close(self) -> None:
        self._seal(bytes(self.waiting), is_last=True)

    def _seal(self, piece: bytes, *, is_last: bool) -> None:
        self.target.write(self.cipher.encrypt(_nonce(self.number, is_last), piece, None))
        self.number += 1


class OpeningFile:
    """Gives the bytes back; raises `BackupBroken` before it gives one that was not written."""

    def __init__(self, source: BinaryIO) -> None:
        self.pieces = _open(source)
        self.waiting = bytearray()

    def read(self, length: int = -1) -> bytes:
        while length < 0 or len(self.waiting) < length:
            piece = next(self.pieces, None)
            if piece is None:
                length = len(self.waiting)
                break
            self.waiting += piece
        content = bytes(self.waiting[:length])
        del self.waiting[:length]
        return content


def verify(source: BinaryIO) -> None:
    """Read it to its end."""
    for _piece in _open(source):
        pass


def _open(source: BinaryIO) -> Iterator[bytes]:
    header = source.read(len(MAGIC) + 1)
    if header[:-1] != MAGIC:
        raise BackupBroken("this is no backup of ours")
    name = source.read(header[-1])
    header += name + source.read(SALT_LENGTH)
    ring_key = key_ring("BACKUP_KEYS").get(name.decode("utf-8", "replace"))
    if ring_key is None:
        raise ImproperlyConfigured(f"BACKUP_KEYS lacks the key {name!r} this file was sealed with.")
    cipher, number = _cipher(ring_key, header), 0
    piece, following = source.read(PIECE + TAG_LENGTH), b""
    while piece:
        following = source.read(PIECE + TAG_LENGTH)
        try:
            yield cipher.decrypt(_nonce(number, not following), piece, None)
        except InvalidTag:
            raise BackupBroken(f"piece {number} was changed, or the end is cut off") from None
        piece, number = following, number + 1
    if not number:
        raise BackupBroken("the end is cut off")


def _cipher(ring_key: bytes, header: bytes) -> AESGCM:
    return AESGCM(hmac.new(ring_key, header, sha256).digest())


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])
