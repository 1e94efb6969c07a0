"""A hint is sent once for all that waits, never in the way of what it hints at, and its loss costs a sweep."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from celery import current_app
from celery.signals import before_task_publish, task_prerun
from django.conf import settings
from django.core.cache import cache
from kombu.exceptions import OperationalError
from pytest_django import DjangoCaptureOnCommitCallbacks
from redis import Redis
from redis.exceptions import ConnectionError as NoConnection

from lib.hints import hints_held_back, send_hint
from tests.caching import clear_own_cache

MAIL = "outbox.tasks.send_deliveries"
DRAIN = "scoring.tasks.drain_score_requests"


@pytest.fixture
def sent() -> Iterator[list[str]]:
    """The tasks that workers were asked for."""
    clear_own_cache()
    asked: list[str] = []

    def note(sender: str, **_: object) -> None:
        asked.append(sender)

    before_task_publish.connect(note)
    yield asked
    before_task_publish.disconnect(note)
    clear_own_cache()


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


class TestRedisThatIsAway:
    def test_nobody_waits_or_fails_for_it(self, sent: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object, **__: object) -> bool:
            raise NoConnection

        monkeypatch.setattr(cache, "add", fail)
        monkeypatch.setattr(cache, "delete", fail)
        for _number in range(3):
            send_hint(DRAIN)
        begin(DRAIN)
        assert sent == []

    def test_a_message_that_is_not_taken_is_told_in_the_log(
        self, sent: list[str], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def fail(*_: object, **__: object) -> None:
            raise OperationalError

        monkeypatch.setattr(current_app, "send_task", fail)
        send_hint(DRAIN)
        assert [record.levelname for record in caplog.records] == ["WARNING"]


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
