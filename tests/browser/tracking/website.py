"""Somebody's website: three pages, a form, a download; another origin than Baton's, with a strict policy of its own."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final
from urllib.parse import urlsplit

NAVIGATION: Final = """
<nav><a href="/">Home</a> <a href="/pricing">Prices</a> <a href="/contact">Contact</a>
<a href="/guide.pdf?from=menu">Guide</a> <a href="{elsewhere}/partner?secret=1">Partner</a></nav>
"""
FORMS: Final = """
<form id="contact" action="/thanks"><input name="email"><input name="name"><button>Send</button></form>
<form id="login"><input name="user"><input type="password" name="password" autocomplete="off"></form>
"""
PAGES: Final = {
    "/": ("Home", '<p class="long">Welcome.</p><p>The end.</p>'),
    "/pricing": ("Prices", '<button data-baton="Demo Requested">Ask for a demo</button>'),
    "/contact": ("Contact", FORMS),
    "/thanks": ("Thanks", "<p>We will call.</p>"),
    # An application of one page.
    "/app/": ("App", '<button id="orders">Orders</button><script src="/app.js"></script>'),
}
APP: Final = """
document.getElementById("orders").addEventListener("click", () => {
  history.pushState({}, "", "/app/orders?filter=open");
  document.title = "Orders";
});
"""


@dataclass
class Website:
    """`origin` is its address; `script` is the line its pages got from Baton; `policy` is what they send."""

    origin: str
    script: str = ""
    policy: str = ""
    asked: list[str] = field(default_factory=list)

    @property
    def elsewhere(self) -> str:
        """Another website, as browsers see it."""
        return self.origin.replace("localhost", "127.0.0.1")

    def answer(self, path: str) -> tuple[int, str, bytes]:
        """Status, type and body."""
        self.asked.append(path)
        bare = urlsplit(path).path
        if bare == "/guide.pdf":
            return 200, "application/pdf", b"%PDF-1.4\n%%EOF\n"
        if bare == "/app.js":
            return 200, "text/javascript", APP.encode()
        if bare == "/style.css":
            return 200, "text/css", b".long { height: 3000px }"
        if bare not in PAGES and not bare.startswith("/app/"):
            return 404, "text/html", b"<!doctype html><title>Not here</title>"
        navigation = NAVIGATION.format(elsewhere=self.elsewhere)
        title, body = PAGES.get(bare, PAGES["/app/"])
        head = f'<title>{title}</title><link rel="stylesheet" href="/style.css">{self.script}'
        page = f'<!doctype html><html lang="en"><head>{head}</head><body>{navigation}{body}</body></html>'
        return 200, "text/html; charset=utf-8", page.encode()


@contextmanager
def website() -> Iterator[Website]:
    """The website, until the block ends. What it says of `script` and `policy` may be set meanwhile."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, content_type, body = site.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            if content_type.startswith("text/html"):
                self.send_header("Content-Security-Policy", site.policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_said: object) -> None:
            """The tests say what they want to know."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        site = Website(origin=f"http://localhost:{server.server_address[1]}")
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield site
        finally:
            server.shutdown()


def policy(baton: str) -> str:
    """What docs/tracking.md tells a website to allow, and nothing else of Baton's."""
    return (
        f"default-src 'none'; script-src 'self' {baton}; connect-src {baton}; style-src 'self'; "
        "form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    )
