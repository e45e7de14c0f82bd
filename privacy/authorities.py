"""Which authority hears complaints about the use of data, by country. Looked up in `authorities.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Authority:
    name: str
    url: str
    countries: tuple[str, ...]


@cache
def authorities() -> tuple[Authority, ...]:
    content = tomllib.loads(Path(__file__).with_name("authorities.toml").read_text(encoding="utf-8"))
    return tuple(
        Authority(entry["name"], entry["url"], tuple(entry["countries"])) for entry in content.values()
    )


def of(country: str) -> Authority | None:
    """None where we know of none: then it is whichever protects data where the person lives."""
    return next((one for one in authorities() if country in one.countries), None)
