"""A hint is sent once for all that waits, never in the way of what it hints at, and its loss costs a sweep."""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from time import monotonic, sleep
from types import SimpleNamespace

import pytest
from celery import current_app
from celery.signals import before_task_publish, task_prerun, worker_process_shutdown
from django.conf import settings
from django.core.cache import cache
from kombu.exceptions import OperationalError
from pytest_django import DjangoCaptureOnCommitCallbacks
from redis import Redis
from redis.exceptions import ConnectionError as NoConnection

from lib.hints import APART, hints_held_back, late, send_hint
from tests.caching import clear_own_cache

MAIL = "outbox.tasks.send_deliveries"
DRAIN = "scoring.tasks.drain_score_requests"


@pytest.fixture
def sent() -> Iterator[list[str]]:
    """The tasks that workers were asked for."""
    clear_own_cache()
    late.forget()
    asked: list[str] = []

    def note(sender: str, **_: object) -> None:
        asked.append(sender)

    before_task_publish.connect(note)
    yield asked
    before_task_publish.disconnect(note)
    late.forget()
    clear_own_cache()


def begin(task: str) -> None:
    """A worker takes the message and begins."""
    task_prerun.send(sender=None, task=SimpleNamespace(name=task))


def eventually(holds: Callable[[], bool], *, seconds: float) -> None:
    until = monotonic() + seconds
    while not holds():
        assert monotonic() < until, "it did not come to be in time"
        sleep(0.01)


class TestOneForAll:
    def test_while_a_message_waits_no_other_says_the_same(self, sent: list[str]) -> None:
        for _number in range(100):
            late.forget()  # each from another process
            send_hint(DRAIN)
        send_hint(MAIL)
        assert sent == [DRAIN, MAIL]

    def test_what_comes_after_the_task_began_asks_again(self, sent: list[str]) -> None:
        for task in (DRAIN, MAIL):
            late.forget()  # another process
            send_hint(DRAIN)
            begin(task)
        late.forget()
        send_hint(DRAIN)
        assert sent == [DRAIN, DRAIN]

    def test_a_message_that_is_lost_keeps_others_away_no_longer_than_a_sweep(self, sent: list[str]) -> None:
        send_hint(DRAIN)
        with Redis.from_url(settings.REDIS_URL) as server:
            assert 0 < server.ttl(cache.make_key(f"hint:{DRAIN}")) <= 5


class TestStream:
    def test_the_first_is_asked_for_at_once_and_the_rest_together(self, sent: list[str]) -> None:
        send_hint(DRAIN)
        assert sent == [DRAIN]
        for _number in range(50):
            begin(DRAIN)  # however fast a worker is
            send_hint(DRAIN)
        assert sent == [DRAIN]
        eventually(lambda: sent == [DRAIN, DRAIN], seconds=APART * 5)
        sleep(APART * 2)
        assert sent == [DRAIN, DRAIN]

    def test_the_last_of_a_stream_is_never_lost(self, sent: list[str]) -> None:
        until = monotonic() + APART * 4
        while monotonic() < until:
            begin(DRAIN)
            send_hint(DRAIN)
            sleep(0.005)
        begin(DRAIN)
        taken = len(sent)
        send_hint(DRAIN)
        eventually(lambda: len(sent) > taken, seconds=APART * 5)
        assert len(sent) <= 8

    def test_each_task_waits_for_itself_alone(self, sent: list[str]) -> None:
        for _number in range(3):
            send_hint(DRAIN)
        send_hint(MAIL)
        assert sent == [DRAIN, MAIL]

    @pytest.mark.parametrize("is_worker", [False, True])
    def test_a_process_that_ends_sends_them_first(self, sent: list[str], *, is_worker: bool) -> None:
        send_hint(DRAIN)
        begin(DRAIN)
        send_hint(DRAIN)
        if is_worker:
            worker_process_shutdown.send(sender=None)
        else:
            late.send()
        assert sent == [DRAIN, DRAIN]

    def test_a_process_that_was_forked_sends_them_as_well(self, sent: list[str]) -> None:
        for _number in range(2):
            send_hint(DRAIN)  # the thread runs
        begin(DRAIN)
        late.forget()
        child = os.fork()
        if child == 0:
            with suppress(BaseException):
                send_hint(DRAIN)
                begin(DRAIN)
                send_hint(DRAIN)
                sleep(APART * 3)
            os._exit(0)
        os.waitpid(child, 0)
        with Redis.from_url(settings.REDIS_URL) as server:
            assert server.exists(cache.make_key(f"hint:{DRAIN}"))


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
