"""Posts from machines that we trust: signed with a shared secret, like a payment webhook.

The header says `t=<unix time>,v1=<HMAC-SHA256 of "<t>." and the body, in hex>`.
"""

import hmac
import time
from hashlib import sha256

FRESH_FOR = 300  # seconds between signing and arriving


def is_signed(secret: str, header: str, raw: bytes) -> bool:
    parts = dict(part.partition("=")[::2] for part in header.split(","))
    moment = parts.get("t", "")
    if not (moment.isascii() and moment.isdecimal() and len(moment) < 12):
        return False
    is_fresh = abs(time.time() - int(moment)) <= FRESH_FOR
    return is_fresh and hmac.compare_digest(parts.get("v1", "").encode(), sign(secret, moment, raw).encode())


def sign(secret: str, moment: str, raw: bytes) -> str:
    return hmac.new(secret.encode(), f"{moment}.".encode() + raw, sha256).hexdigest()
