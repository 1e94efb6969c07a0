"""So many times in a while and no more, however many processes count; who asks decides what holds without Redis."""

from typing import Protocol, cast

from django.core.cache import cache
from redis.exceptions import RedisError


class _Counting(Protocol):
    def count_up(self, key: str, seconds: int) -> int: ...


def is_within(name: str, who: str, *, most: int, seconds: int, without_redis: bool) -> bool:
    """Whether this is one of the first `most` of `who` since the count of `name` began, `seconds` ago at most.

    `without_redis` is the answer while nobody can count: True for what must not be lost, False for what must not be
    guessed.
    """
    try:
        return cast("_Counting", cache).count_up(f"limit:{name}:{who}", seconds) <= most
    except RedisError:
        return without_redis
