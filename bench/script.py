"""How long the script of a website keeps the main thread at its start, in a browser slowed down as a phone is.

Chromium by itself, its processor four times slower (CDP `Emulation.setCPUThrottlingRate`), a page that holds nothing
but the script; of its trace everything that runs code of the script within a second, from reading it to the last task.
Each load is a first visit with consent in a new browser context, or one that comes back with what was kept.
"""

import bench.ready  # noqa: F401 (before any model)

import json  # isort: skip
import shutil
import statistics
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from bench.table import Row, add
from capture.tracking.script import with_settings

SLOWER: Final = 4
PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LOADS: Final = 8
SETTINGS: Final = {"consent": "granted", "gpc": True, "dnt": True, "counts": True, "hosts": []}
PAGE: Final = b"<!doctype html><title>A page</title><p>Text</p><script src=/w/s/b.js data-key=k defer></script>"
CATEGORIES: Final = ["devtools.timeline"]


class Website(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        is_script = self.path.endswith("b.js")
        body = with_settings(SETTINGS).encode() if is_script else PAGE
        self._answer(200, "text/javascript" if is_script else "text/html", body)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(204, "text/plain", b"")

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


def main() -> None:
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        print("There is no Chromium on this machine.")
        return
    server = ThreadingHTTPServer(("127.0.0.1", 0), Website)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for slower in (1, SLOWER):
            add(*measured(browser, address, slower=slower))
        browser.close()


def measured(browser: Browser, address: str, *, slower: int) -> Iterator[Row]:
    first, again = [], []
    for _ in range(LOADS):
        context = browser.new_context()
        first.append(load(browser, context, address, slower=slower))
        again.append(load(browser, context, address, slower=slower))
        context.close()
    for name, loads in (("a first visit", first), ("a visit again", again)):
        longest, whole = ([part(one) for one in loads] for part in (max, sum))
        middle, best = statistics.median(longest), min(longest)
        note = f"longest task, half within; the best {best:.1f} ms; all tasks {statistics.median(whole):.1f} ms"
        yield Row(name=f"start of the script, {name}, {slower} x slower", seconds=middle / 1000, note=note)


def load(browser: Browser, context: BrowserContext, address: str, *, slower: int) -> list[float]:
    """Milliseconds of processor time of each piece of work in which the script ran, whatever else the machine does."""
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
    browser.start_tracing(page=page, categories=CATEGORIES)
    page.goto(address)
    page.wait_for_timeout(1_000)
    events = json.loads(browser.stop_tracing())["traceEvents"]
    page.close()
    return tasks([event for event in events if event.get("ph") == "X" and "tdur" in event])


def tasks(events: list[dict[str, Any]]) -> list[float]:
    """Of the pieces in which code of the script was read or run, the outermost ones."""
    pieces = sorted(
        ((event["ts"], event["ts"] + event["dur"], event["tdur"]) for event in events if _url(event).endswith("b.js")),
        key=lambda piece: (piece[0], -piece[1]),
    )
    took, until = [], 0
    for begins, ends, busy in pieces:
        if begins >= until:
            took.append(busy / 1000)
            until = ends
    return took or [0.0]


def _url(event: dict[str, Any]) -> str:
    data = event.get("args", {}).get("data") or {}
    return str(data.get("url") or event.get("args", {}).get("fileName") or "")


if __name__ == "__main__":
    main()
