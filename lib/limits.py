"""So many times in a while and no more, however many processes count; who asks decides what holds without Redis."""

from functools import lru_cache
from typing import Protocol, cast

from django.core.cache import cache
from django.utils.crypto import salted_hmac
from redis.exceptions import RedisError


class _Counting(Protocol):
    def count_up(self, key: str, seconds: int) -> int: ...


class CannotCount(Exception):
    """Redis, which counts, does not answer."""


def count(name: str, who: str, *, seconds: int) -> int:
    """How many times that makes for `who` since the count of `name` began, `seconds` ago at most; raises CannotCount.

    The key is a keyed hash: nobody's address is stored.
    """
    try:
        return cast("_Counting", cache).count_up(_key(name, who), seconds)
    except RedisError as error:
        raise CannotCount from error


def is_within(name: str, who: str, *, most: int, seconds: int, without_redis: bool) -> bool:
    """Whether this is one of the first `most` of `who` since the count of `name` began, `seconds` ago at most.

    `without_redis` is the answer while nobody can count: True for what must not be lost, False for what must not be
    guessed.
    """
    try:
        return count(name, who, seconds=seconds) <= most
    except CannotCount:
        return without_redis


@lru_cache(maxsize=4096)  # who sends once sends again
def _key(name: str, who: str) -> str:
    digest = salted_hmac("lib.limits", f"{name}\x00{who}").hexdigest()
    return f"limit:{digest}"
