"""gunicorn as `gunicorn.conf.py` sets it up: what a local program says of the scheme is not believed."""

import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

from config.embedded.server import free_port
from config.embedded.state import BASE_DIR
from tests.config.processes import eventually


def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterator[bytes]:
    """Tells the scheme that Django would see."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    yield environ["wsgi.url_scheme"].encode()


def scheme(port: int) -> str:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/", headers={"X-Forwarded-Proto": "https"})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 (our own server)
            told: str = answer.read().decode()
    except urllib.error.URLError:
        return ""
    return told


def test_only_djangos_setting_believes_what_a_proxy_says_of_the_scheme() -> None:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "tests.config.test_proxy", "--bind", f"127.0.0.1:{port}"]
    with subprocess.Popen([*command, "--no-control-socket"], cwd=BASE_DIR, stderr=subprocess.DEVNULL) as web:
        try:
            eventually(lambda: scheme(port) != "")
            assert scheme(port) == "http"
        finally:
            web.terminate()
