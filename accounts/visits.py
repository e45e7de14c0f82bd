"""What the shop notices of a browser that signs in: a cookie of ours, the range of its network, a country.

The address itself is neither stored nor written to a log, and nothing is measured on the device.
"""

import hmac
from dataclasses import dataclass, replace
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from secrets import token_urlsafe

import iptocc
import ua_parser
from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from privacy.keys import current_key, key_ring
from privacy.models import DataSubject

INDEX_KEYS = "PRIVACY_INDEX_KEYS"
DEVICE_COOKIE_AGE = 180 * 24 * 3600
TOKEN_LENGTHS = range(22, 65)
# Wide enough for a household or an office, so that a new lease of the same line is no news.
PREFIX_LENGTHS = {4: 24, 6: 48}
LONGEST_LABEL = 80


@dataclass(frozen=True)
class Visit:
    """`device_token` is empty where the browser holds no cookie of ours."""

    network_ref: str
    country: str = ""
    device_token: str = ""
    device_label: str = ""


def visit_of(request: HttpRequest) -> Visit:
    address = get_adapter(request).get_client_ip(request)
    return Visit(
        network_ref=network_ref(address),
        country=country_of(address),
        device_token=_device_token(request),
        device_label=device_label(request.headers.get("User-Agent", "")),
    )


def network_ref(address: str) -> str:
    """A keyed fingerprint of the range an address lies in."""
    plain = _plain(address)
    network = ip_network(f"{plain}/{PREFIX_LENGTHS[plain.version]}", strict=False)
    return _fingerprint(current_key(INDEX_KEYS)[1], f"network\0{network}")


def country_of(address: str) -> str:
    """Where the registries say the network belongs; looked up offline. Empty for private networks."""
    return iptocc.country_code(str(_plain(address))) or ""


def device_label(user_agent: str) -> str:
    """Family of browser and system, such as "Firefox, Windows", for the person to recognise; no versions."""
    if not user_agent:
        return ""
    parsed = ua_parser.parse(user_agent[:400])
    families = [part.family for part in (parsed.user_agent, parsed.os) if part]
    return ", ".join(families)[:LONGEST_LABEL]


def device_hashes(token: str, subject: DataSubject) -> list[str]:
    """Bound to the person, so that a shared browser links nobody to anybody. The first one is stored."""
    clear = f"device\0{subject.pk}\0{token}"
    return [_fingerprint(key, clear) for key in key_ring(INDEX_KEYS).values()]


def with_device(visit: Visit) -> Visit:
    """A browser that holds no cookie of ours yet is given a random number to be known by."""
    return visit if visit.device_token else replace(visit, device_token=token_urlsafe(32))


def remember_device(response: HttpResponse, token: str) -> None:
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        token,
        max_age=DEVICE_COOKIE_AGE,
        secure=settings.SECURE,
        httponly=True,
        samesite="Lax",
    )


def _plain(address: str) -> IPv4Address | IPv6Address:
    """Servers that listen on IPv6 write IPv4 addresses as ::ffff:192.0.2.1."""
    parsed = ip_address(address)
    return getattr(parsed, "ipv4_mapped", None) or parsed


def _device_token(request: HttpRequest) -> str:
    token = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    return token if len(token) in TOKEN_LENGTHS else ""


def _fingerprint(key: bytes, clear: str) -> str:
    return hmac.new(key, clear.encode(), sha256).hexdigest()
