"""How far the demonstration is.

It is one transaction, so until it ends nobody sees its rows: how far it is goes through the cache. A cache that is
away or was emptied costs the strip on the pages, nothing else.
"""

import logging
from collections.abc import Callable
from typing import Final, TypeVar

from django.core.cache import cache
from django.http import HttpRequest
from redis import RedisError

from accounts.models import User
from config.demo.team import DOMAIN

logger = logging.getLogger(__name__)
T = TypeVar("T")

LOADED: Final = 100
KEY: Final = "demonstration"
LASTS: Final = 60  # seconds; a story that was stopped is not shown for longer


def tell(percent: int) -> None:
    """So much of the story is told; LOADED once everybody can see it."""
    _try_to(lambda: cache.set(KEY, percent, LASTS))


def forget() -> None:
    """No story is being told any more."""
    _try_to(lambda: cache.delete(KEY))


def percent() -> int | None:
    """How much is told, LOADED for a minute after the end; None when nothing is being loaded."""
    share = _try_to(lambda: cache.get(KEY))
    return share if isinstance(share, int) else None


def demonstration(request: HttpRequest) -> dict[str, object]:
    """Gives every page of the people of the demonstration how far it is; nobody else costs a question."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.email.endswith(DOMAIN):
        return {}
    told = percent()
    return {} if told in (None, LOADED) else {"demo_percent": told}


def _try_to(ask: Callable[[], T]) -> T | None:
    try:
        return ask()
    except RedisError:
        logger.warning("The cache does not answer, so nobody sees how far the demonstration is.")
        return None
