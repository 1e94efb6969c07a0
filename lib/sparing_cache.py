"""The cache: Redis, which may be empty or away at any time. Signing in goes on without it."""

import logging
import os
from time import monotonic
from typing import Any, Final

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

# So long Redis is not asked after it did not answer: a page waits for it once, not at each question.
SPARED_FOR: Final = 5.0  # seconds
# The keys of the package that signs people in. It does not know what to do without a cache; our own code does.
SIGN_IN: Final = "allauth"


# One command, in which nothing comes between counting and saying when the count ends.
_COUNT_UP: Final = (
    "local n = redis.call('INCR', KEYS[1]) if n == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end return n"
)


class _Redis:
    """Until when this process does not ask it, by a clock nobody can set."""

    spared_until = 0.0


class CountingCache(RedisCache):
    """Django's, and a count that no two processes take for each other's."""

    _connection: Any = None

    def count_up(self, key: str, seconds: int) -> int:
        """One more, and how many that makes since the count began; it ends so long after the first."""
        command = ("EVAL", _COUNT_UP, 1, self.make_key(key), seconds)
        try:
            return self._answered(*command)
        except NoConnection:
            # Redis closed what lay idle, or was started anew. At worst it counts this one twice.
            return self._answered(*command)

    def _answered(self, *command: object) -> int:
        """Asks over a connection that this thread keeps: to borrow one of the pool takes longer than to count."""
        if self._connection is None or self._connection.pid != os.getpid():
            self._connection = self._cache.get_client(None, write=True).connection_pool.make_connection()
        try:
            self._connection.send_command(*command)
            return int(self._connection.read_response())
        except BaseException:
            self._connection.disconnect()  # or the next count would get this one's answer
            raise


class SparingCache(CountingCache):
    """Django's. While Redis does not answer, each process counts attempts to sign in by itself.

    Whoever asks for anything else gets a RedisError, and at once after the first one.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._memory = LocMemCache("sign-in", {**params, "OPTIONS": {}})

    def get(self, key: Any, *args: Any, **kwargs: Any) -> Any:
        return self._ask("get", key, *args, **kwargs)

    def set(self, key: Any, *args: Any, **kwargs: Any) -> None:
        self._ask("set", key, *args, **kwargs)

    def add(self, key: Any, *args: Any, **kwargs: Any) -> bool:
        return bool(self._ask("add", key, *args, **kwargs))

    def delete(self, key: Any, *args: Any, **kwargs: Any) -> bool:
        return bool(self._ask("delete", key, *args, **kwargs))

    def count_up(self, key: str, seconds: int) -> int:
        return int(self._ask("count_up", key, seconds))

    def _ask(self, name: str, key: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            if monotonic() < _Redis.spared_until:
                raise NoConnection("Redis did not answer a moment ago.")
            return getattr(super(), name)(key, *args, **kwargs)
        except RedisError:
            if monotonic() >= _Redis.spared_until:
                _Redis.spared_until = monotonic() + SPARED_FOR
                logger.warning("Redis does not answer; it is asked again in %d seconds.", SPARED_FOR)
            if not str(key).startswith(SIGN_IN):
                raise
            return getattr(self._memory, name)(key, *args, **kwargs)
