"""So many and no more, counted by all processes together; without Redis it holds what was asked for."""

import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import caches

from lib import sparing_cache
from lib.limits import is_within


class TestLimits:
    def test_it_is_exact_under_two_hundred_at_once(self) -> None:
        name = str(uuid.uuid4())

        def ask(_: int) -> bool:
            return is_within(name, "somebody", most=10, seconds=60, without_redis=False)

        with ThreadPoolExecutor(20) as pool:
            assert sum(pool.map(ask, range(200))) == 10

    def test_it_begins_anew(self) -> None:
        name = str(uuid.uuid4())
        assert is_within(name, "a", most=1, seconds=60, without_redis=False)
        assert not is_within(name, "a", most=1, seconds=60, without_redis=False)
        assert is_within(name, "b", most=1, seconds=1, without_redis=False)
        time.sleep(1.1)
        assert is_within(name, "b", most=1, seconds=1, without_redis=False)

    @pytest.mark.parametrize("answer", [True, False])
    def test_without_redis(self, answer: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sparing_cache._Redis, "spared_until", float("inf"))
        assert is_within("x", "a", most=1, seconds=60, without_redis=answer) is answer

    def test_a_connection_redis_has_closed_is_made_anew(self) -> None:
        redis: Any = caches["default"]
        name = str(uuid.uuid4())
        assert redis.count_up(name, 60) == 1
        redis._connection.send_command("CLIENT", "ID")
        number = redis._connection.read_response()
        redis._cache.get_client(None).execute_command("CLIENT", "KILL", "ID", number)
        assert [redis.count_up(name, 60), redis.count_up(name, 60)] == [2, 3]
