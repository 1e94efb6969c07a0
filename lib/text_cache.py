"""Text that takes long to make, kept in the cache, which may be empty or away at any time: then it is made again."""

import logging
from collections.abc import Callable

from django.core.cache import cache
from redis import RedisError

logger = logging.getLogger(__name__)


def cached(key: str, make: Callable[[], str], *, seconds: int) -> str:
    """The text of this key; made, and kept for so long, where the cache does not have it."""
    try:
        text = cache.get(key)
    except RedisError:
        logger.warning("The cache does not answer; what it keeps is made anew.")
        return make()
    return refresh(key, make, seconds=seconds) if text is None else str(text)


def refresh(key: str, make: Callable[[], str], *, seconds: int) -> str:
    """The same, made in any case, so that whoever asks next finds this one."""
    made = make()
    try:
        cache.set(key, made, seconds)
    except RedisError:
        logger.warning("The cache does not answer; nothing was kept.")
    return made
