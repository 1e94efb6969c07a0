"""An address takes what its tool sends, once it is proved who sends it, and nothing else; it tells nobody anything."""

import base64
import gzip
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime
from time import time
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from pytest_django import Settings

from accounts.models import User
from capture.hooks.editing import add_hook, change, remove
from capture.models import Hook, InboxItem

pytestmark = pytest.mark.django_db
SECRET = "shared between the two of us"
SENT = {"email": "ada@example.com"}


@pytest.fixture
def hook(marketer: User, now: datetime) -> Hook:
    return add_hook(name="Survey", actor=marketer, now=now)


def post(
    hook: Hook, body: object, *, content_type: str = "application/json", headers: dict[str, str] | None = None
) -> Any:
    data = body if isinstance(body, bytes | str) else json.dumps(body)
    return Client(enforce_csrf_checks=True).generic("POST", f"/h/{hook.key}", data, content_type, headers=headers)


def kept() -> list[Any]:
    return [json.loads(row.raw) for row in InboxItem.objects.order_by("pk")]


class TestBodies:
    def test_json_and_forms_are_kept_and_acknowledged(self, hook: Hook) -> None:
        assert post(hook, SENT).json() == {}
        assert post(hook, [SENT], content_type="text/plain").status_code == 200
        form = "email=ada%40example.com&topic=a&topic=b"
        assert post(hook, form, content_type="application/x-www-form-urlencoded").status_code == 200
        assert kept() == [[SENT], [[SENT]], [{"email": "ada@example.com", "topic": ["a", "b"]}]]

    def test_of_a_form_in_parts_texts_are_kept_and_files_named(self, hook: Hook) -> None:
        parts = {"email": "ada@example.com", "topic": ["a", "b"], "cv": SimpleUploadedFile("Ada.pdf", b"\xff%PDF")}
        body = encode_multipart(BOUNDARY, parts)
        assert post(hook, body, content_type=MULTIPART_CONTENT).json() == {}
        assert post(hook, gzip.compress(body), content_type=MULTIPART_CONTENT, headers={"Content-Encoding": "gzip"})
        sent = {"email": "ada@example.com", "topic": ["a", "b"], "cv": {"file_name": "Ada.pdf", "bytes": 5}}
        assert kept() == [[sent], [sent]]

    @pytest.mark.parametrize(
        ("body", "content_type", "status"),
        [
            (b"{", "application/json", 400),
            (b'{"a": NaN}', "application/json", 400),
            (b"[" * 100_000, "application/json", 400),
            (b'{"a": ' * 30 + b"1" + b"}" * 30, "application/json", 400),
            (b'{"a": 1, "a": 2}', "application/json", 400),
            (b"\xff\xfe", "application/json", 400),
            (b"7", "application/json", 400),
            (b"{}", "application/json", 400),
            (b"", "application/x-www-form-urlencoded", 400),
            (b"email=\xff", "application/x-www-form-urlencoded", 400),
            (b"a=1&" * 600, "application/x-www-form-urlencoded", 400),
            (b"email=a", "multipart/form-data", 400),
            (b"email=a", "multipart/form-data; boundary=x", 400),
            (encode_multipart(BOUNDARY, {"email": "?"}).replace(b"?", b"\xff"), MULTIPART_CONTENT, 400),
            (encode_multipart(BOUNDARY, {"topic": ["a"] * 600}), MULTIPART_CONTENT, 400),
            (encode_multipart(BOUNDARY, {"topic": "a" * 600_000}), MULTIPART_CONTENT, 413),
            (b'{"a": "' + b"x" * 2_000_000 + b'"}', "application/json", 413),
        ],
        ids=range(17),
    )
    def test_what_is_no_message_is_refused(self, hook: Hook, body: bytes, content_type: str, status: int) -> None:
        assert post(hook, body, content_type=content_type).status_code == status
        assert not InboxItem.objects.exists()

    def test_an_address_that_is_not_there_tells_nothing(self, hook: Hook, client: Client) -> None:
        nowhere = client.post("/h/" + "x" * 43, "{", "application/json")
        assert nowhere.status_code == 404
        quiet = client.get(f"/h/{hook.key}")
        assert (quiet.status_code, quiet.content) == (nowhere.status_code, nowhere.content)
        remove(hook)
        assert post(hook, SENT).content == nowhere.content

    def test_one_sender_is_limited(self, hook: Hook, settings: Settings) -> None:
        settings.HOOK_REQUESTS_A_MINUTE = 2
        assert [post(hook, SENT).status_code for _ in range(3)] == [200, 200, 429]


def sign(text: str, *, before: str = "") -> bytes:
    return hmac.new(SECRET.encode(), (before + text).encode(), hashlib.sha256).digest()


BODY = json.dumps(SENT)
CALENDLY = "Calendly-Webhook-Signature"
HUB = "X-Hub-Signature-256"


def moment(*, ago: int = 0) -> str:
    return str(int(time()) - ago)


def timed(at: str, *, before: str) -> dict[str, str]:
    return {CALENDLY: f"t={at},v1={sign(BODY, before=before).hex()}"}


def of_zoom(at: str, body: str = BODY) -> dict[str, str]:
    signature = sign(body, before=f"v0:{at}:").hex()
    return {"X-Zm-Request-Timestamp": at, "X-Zm-Signature": f"v0={signature}"}


# Kind of proof, name of its header, the headers that are sent, whether they are enough.
PROOFS: list[tuple[str, str, Callable[[], dict[str, str]], bool]] = [
    ("header", "X-Token", lambda: {"X-Token": SECRET}, True),
    ("header", "Authorization", lambda: {"Authorization": f"Bearer {SECRET}"}, True),
    ("header", "X-Token", lambda: {"X-Token": "ä"}, False),
    ("header", "X-Token", dict, False),
    ("signature", "X-T", lambda: {"X-T": f"sha256={base64.b64encode(sign(BODY)).decode()}"}, True),
    ("signature", HUB, lambda: {HUB: f"sha256={sign(BODY).hex()}"}, True),
    ("signature", HUB, lambda: {HUB: f"sha256={sign(BODY + ' ').hex()}"}, False),
    ("signature", HUB, dict, False),
    ("timed", CALENDLY, lambda: timed(at := moment(), before=f"{at}."), True),
    ("timed", CALENDLY, lambda: timed(at := moment(ago=3600), before=f"{at}."), False),
    ("timed", CALENDLY, lambda: timed(moment(), before=""), False),
    ("zoom", "", lambda: of_zoom(moment()), True),
    ("zoom", "", lambda: of_zoom(moment(ago=3600)), False),
    ("zoom", "", lambda: of_zoom(moment()) | {"X-Zm-Request-Timestamp": "9" * 400}, False),
]


class TestProofs:
    @pytest.mark.parametrize(("proof", "name", "headers", "is_enough"), PROOFS, ids=range(len(PROOFS)))
    def test_only_who_knows_the_secret_may_send(
        self, hook: Hook, proof: str, name: str, headers: Callable[[], dict[str, str]], is_enough: bool
    ) -> None:
        change(hook, proof=proof, proof_name=name, secret=SECRET)
        answer = post(hook, BODY, headers=headers())
        assert answer.status_code == (200 if is_enough else 401)
        assert InboxItem.objects.count() == is_enough

    def test_a_token_in_the_message_is_not_kept(self, hook: Hook) -> None:
        change(hook, proof="field", proof_name="google_key", secret=SECRET)
        assert post(hook, SENT | {"google_key": "another"}).status_code == 401
        assert post(hook, SENT | {"google_key": SECRET}).status_code == 200
        assert kept() == [[SENT | {"google_key": ""}]]


class TestChallenges:
    def test_a_challenge_is_answered_to_who_has_the_verify_token_alone(self, hook: Hook, client: Client) -> None:
        change(hook, verify_token="mine")
        asked = {"hub.mode": "subscribe", "hub.verify_token": "mine", "hub.challenge": "1158201444"}
        answer = client.get(f"/h/{hook.key}", asked)
        assert (answer.content, answer.headers["Content-Type"]) == (b"1158201444", "text/plain; charset=utf-8")
        for wrong in ({"hub.verify_token": "other"}, {"hub.challenge": "<script>"}, {"hub.mode": ""}):
            assert client.get(f"/h/{hook.key}", asked | wrong).status_code == 403

    def test_zoom_is_answered_and_the_question_is_no_message(self, hook: Hook) -> None:
        change(hook, proof="zoom", secret=SECRET)
        body = json.dumps({"event": "endpoint.url_validation", "payload": {"plainToken": "abc"}})
        answer = post(hook, body, headers=of_zoom(moment(), body))
        assert answer.json() == {"plainToken": "abc", "encryptedToken": sign("abc").hex()}
        assert not InboxItem.objects.exists()
