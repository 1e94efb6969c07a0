"""A hint is sent once for all that waits, never in the way of what it hints at, and its loss costs a sweep."""

import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from celery.signals import before_task_publish, task_prerun
from django.conf import settings
from django.core.cache import cache
from pytest_django import DjangoCaptureOnCommitCallbacks
from redis import Redis
from redis.exceptions import ConnectionError as NoConnection

from lib import hints
from lib.hints import hints_held_back, send_hint

MAIL = "outbox.tasks.send_deliveries"
DRAIN = "scoring.tasks.drain_score_requests"


@pytest.fixture
def sent() -> Iterator[list[str]]:
    """The tasks that workers were asked for."""
    cache.clear()
    asked: list[str] = []

    def note(sender: str, **_: object) -> None:
        asked.append(sender)

    before_task_publish.connect(note)
    yield asked
    before_task_publish.disconnect(note)
    cache.clear()


def begin(task: str) -> None:
    """A worker takes the message and begins."""
    task_prerun.send(sender=None, task=SimpleNamespace(name=task))


class TestOneForAll:
    def test_while_a_message_waits_no_other_says_the_same(self, sent: list[str]) -> None:
        for _number in range(100):
            send_hint(DRAIN)
        send_hint(MAIL)
        assert sent == [DRAIN, MAIL]

    def test_what_comes_after_the_task_began_asks_again(self, sent: list[str]) -> None:
        send_hint(DRAIN)
        begin(DRAIN)
        send_hint(DRAIN)
        begin(MAIL)
        send_hint(DRAIN)
        assert sent == [DRAIN, DRAIN]

    def test_a_message_that_is_lost_keeps_others_away_no_longer_than_a_sweep(self, sent: list[str]) -> None:
        send_hint(DRAIN)
        with Redis.from_url(settings.REDIS_URL) as server:
            assert 0 < server.ttl(cache.make_key(f"hint:{DRAIN}")) <= 5


class TestBrokerThatIsAway:
    def test_it_is_tried_once_and_then_spared_for_a_while(
        self, sent: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        tries: list[str] = []

        def fail(key: str, *_: object) -> bool:
            tries.append(key)
            raise NoConnection

        monkeypatch.setattr(hints._Broker, "spared_until", 0.0)
        monkeypatch.setattr(cache, "add", fail)
        for _number in range(100):
            send_hint(DRAIN)
        assert len(tries) == 1
        assert [record.levelname for record in caplog.records] == ["WARNING"]
        monkeypatch.setattr(hints._Broker, "spared_until", time.monotonic() - 0.001)
        send_hint(MAIL)
        assert len(tries) == 2

    def test_a_task_begins_all_the_same(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(key: str) -> bool:
            raise NoConnection

        monkeypatch.setattr(cache, "delete", fail)
        begin(DRAIN)


class TestHeldBack:
    def test_they_are_sent_once_each_after_the_end(
        self, sent: list[str], db: None, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
    ) -> None:
        with django_capture_on_commit_callbacks(execute=True), hints_held_back():
            for _number in range(3):
                send_hint(MAIL)
            send_hint(DRAIN)
            assert sent == []
        assert sent == [MAIL, DRAIN]
