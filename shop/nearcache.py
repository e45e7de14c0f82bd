"""Redis, with what every page asks for kept at hand in each process: no way to go and nothing to unpickle."""

from time import time
from typing import Any, ClassVar

from django.core.cache.backends.redis import RedisCache, RedisCacheClient

# Asked for again and again, seldom changed, and few enough for each process to hold them all.
NEAR = (
    "markets",
    "catalogue:tree:",
    "catalogue:frame:",
    "catalogue:news:",
    "orders:delivery:",
    "orders:usual:",
    "privacy:policies",
)
SECONDS = 10  # until a process hears of what another one changed


class KeptClient(RedisCacheClient):
    """Django makes a client for each command, which takes longer than the command."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._kept: dict[bool, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        if write not in self._kept:
            self._kept[write] = super().get_client(key, write=write)
        return self._kept[write]


class NearRedisCache(RedisCache):
    _near: ClassVar[dict[str, tuple[float, Any]]] = {}

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = KeptClient

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        """What is near is shared by all threads, so nobody may change it."""
        if not key.startswith(NEAR):
            return super().get(key, default, version)
        until, value = self._near.get(key, (0.0, None))
        if time() > until:
            value = super().get(key, default, version)
            if value is not default:
                self._near[key] = (time() + SECONDS, value)
        return value

    def delete(self, key: str, version: int | None = None) -> bool:
        self._near.pop(key, None)
        return bool(super().delete(key, version))

    def clear(self) -> None:
        self._near.clear()
        super().clear()
