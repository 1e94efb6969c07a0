"""The cache of one test process: several share a Valkey, and Django's clear() would empty it for all of them."""

from django.conf import settings
from django.core.cache import cache
from redis import Redis


def clear_own_cache() -> None:
    """Takes out what this process has put in, by its own prefix."""
    with Redis.from_url(settings.REDIS_URL) as server:
        for key in server.scan_iter(match=cache.make_key("*"), count=1000):
            server.delete(key)
