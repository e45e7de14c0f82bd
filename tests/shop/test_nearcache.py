"""The cache in Redis, and what each process keeps at hand of it."""

import os

import pytest
import time_machine

from shop.nearcache import NEAR, SECONDS, NearRedisCache

pytestmark = pytest.mark.redis


@pytest.fixture
def shared() -> NearRedisCache:
    return NearRedisCache(os.environ["REDIS_URL"], {"KEY_PREFIX": "nearcache"})


def changed_elsewhere(cache: NearRedisCache, key: str, value: str) -> None:
    """As another process does it: Redis knows, this process does not."""
    cache._cache.set(cache.make_and_validate_key(key), value, 60)


@pytest.mark.parametrize("key", [f"{NEAR[0]}-test", "something-else"])
def test_a_value_comes_back_until_it_is_deleted(shared, key):
    shared.set(key, [1, 2])

    before = shared.get(key)
    shared.delete(key)

    assert (before, shared.get(key, "gone")) == ([1, 2], "gone")


def test_what_another_process_changed_is_known_after_some_seconds(shared):
    key = f"{NEAR[1]}test"
    with time_machine.travel("2026-01-01") as clock:
        shared.set(key, "old")
        shared.get(key)
        changed_elsewhere(shared, key, "new")

        at_once = shared.get(key)
        clock.shift(SECONDS + 1)
        later = shared.get(key)

    assert (at_once, later) == ("old", "new")
    shared.delete(key)


def test_a_forgotten_cache_forgets_what_was_near(shared):
    key = f"{NEAR[0]}-test"
    shared.set(key, "kept")
    shared.get(key)

    shared.clear()

    assert shared.get(key) is None
