"""A small OpenID provider over HTTP: discovery, codes, tokens signed by nobody else, and who somebody is."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt

CLIENT_ID = "baton"
SECRET = "the client's secret, which the provider gave it"


class Provider:
    """Says `claims` of whoever comes; `refuses` makes it answer a code with an error. `asked` is what came."""

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {}
        self.refuses = False
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.url = ""
        self.nonce = ""

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def tokens(self) -> dict[str, Any]:
        said = {**self.claims, "iss": self.url, "aud": CLIENT_ID, "exp": 4_000_000_000, "iat": 1_000_000_000}
        return {"access_token": "access", "token_type": "Bearer", "id_token": jwt.encode(said, SECRET)}


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(address.query).items()}
            provider.asked.append((address.path, asked))
            if address.path == "/authorize":
                self.send_response(302)
                self.send_header(
                    "Location", f"{asked['redirect_uri']}?{urlencode({'code': 'c', 'state': asked['state']})}"
                )
                self.end_headers()
            elif address.path == "/userinfo" and self.headers["Authorization"] != "Bearer access":
                self.say({"error": "invalid_token"}, 401)
            else:
                self.say(provider.claims if address.path == "/userinfo" else provider.discovery())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            asked = {name: values[0] for name, values in parse_qs(body).items()}
            provider.asked.append((self.path, asked))
            if provider.refuses or asked.get("client_secret") != SECRET or not asked.get("code_verifier"):
                self.say({"error": "invalid_grant"}, 400)
            else:
                self.say(provider.tokens())

        def say(self, body: dict[str, Any], status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_words: object) -> None:
            """Silent."""

    return Handler


@contextmanager
def running() -> Iterator[Provider]:
    """The provider, listening on a port of its own."""
    provider = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider))
    provider.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
