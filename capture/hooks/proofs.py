"""How a sender shows that it knows the secret of an address. Everything is compared in constant time."""

import base64
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest

from capture.hooks.paths import read_path, text_of, value_at
from capture.models import Hook, Proof

# A signed message that is older is one that somebody kept and sends again.
OLDEST: Final = 300  # seconds
_ZOOM_ASKS: Final = "endpoint.url_validation"
_LONGEST_CHALLENGE: Final = 200


@dataclass(frozen=True, slots=True)
class _Sent:
    """What came: the request, its body as it was signed, and what that holds."""

    request: HttpRequest
    body: bytes
    value: Any
    now: datetime

    def header(self, hook: Hook) -> str:
        return self.request.headers.get(hook.proof_name, "").strip()


def is_proved(hook: Hook, request: HttpRequest, body: bytes, value: Any, *, now: datetime) -> bool:
    """Whether the sender of this body, which holds this value, has shown what the address asks for."""
    return _CHECKS[Proof(hook.proof)](hook, _Sent(request, body, value, now))


def without_secret(hook: Hook, value: Any) -> Any:
    """The message, which `is_proved`, without the token that it brought, which is not kept."""
    if hook.proof != Proof.FIELD:
        return value
    *inner, last = read_path(hook.proof_name)
    value_at(value, inner)[last] = ""
    return value


def answer_to_challenge(hook: Hook, asked: Mapping[str, str]) -> str | None:
    """What is answered to a tool that asks by GET whether the address is ours; None where it is not to be told."""
    challenge = asked.get("hub.challenge", "")
    is_plain = challenge.isascii() and challenge.isalnum() and len(challenge) <= _LONGEST_CHALLENGE
    if not hook.verify_token or asked.get("hub.mode") != "subscribe" or not is_plain:
        return None
    return challenge if _same(asked.get("hub.verify_token", ""), hook.verify_token) else None


def answer_to_zoom(hook: Hook, value: Any) -> dict[str, str] | None:
    """What Zoom wants to hear before it sends anything; None for a message that does not ask that."""
    if hook.proof != Proof.ZOOM or not isinstance(value, dict) or value.get("event") != _ZOOM_ASKS:
        return None
    token = text_of(value_at(value, ("payload", "plainToken")))[:_LONGEST_CHALLENGE]
    return {"plainToken": token, "encryptedToken": _signature(hook.secret, _bytes(token)).hex()}


def _same(text: str, secret: str) -> bool:
    return hmac.compare_digest(_bytes(text), _bytes(secret))


def _signature(secret: str, signed: bytes) -> bytes:
    return hmac.new(_bytes(secret), signed, "sha256").digest()


def _has_token(hook: Hook, sent: _Sent) -> bool:
    return _same(sent.header(hook).removeprefix("Bearer ").strip(), hook.secret)


def _holds_token(hook: Hook, sent: _Sent) -> bool:
    return _same(text_of(value_at(sent.value, read_path(hook.proof_name))), hook.secret)


def _is_signed(hook: Hook, sent: _Sent) -> bool:
    """HMAC-SHA256 of the body, in hexadecimal or base64, with `sha256=` before it or not."""
    text = sent.header(hook).removeprefix("sha256=")
    signature = _signature(hook.secret, sent.body)
    in_base64 = hmac.compare_digest(_bytes(text), base64.b64encode(signature))
    return _same(text.lower(), signature.hex()) or in_base64


def _is_timed(hook: Hook, sent: _Sent) -> bool:
    """`t=1700000000,v1=` and the HMAC-SHA256 of moment, point and body in hexadecimal."""
    parts = dict(part.strip().partition("=")[::2] for part in sent.header(hook).split(","))
    moment = parts.get("t", "")
    signature = _signature(hook.secret, _bytes(f"{moment}.") + sent.body)
    return _is_fresh(moment, sent.now) & _same(parts.get("v1", "").lower(), signature.hex())


def _is_of_zoom(hook: Hook, sent: _Sent) -> bool:
    moment = sent.request.headers.get("X-Zm-Request-Timestamp", "")
    signature = _signature(hook.secret, _bytes(f"v0:{moment}:") + sent.body)
    text = sent.request.headers.get("X-Zm-Signature", "").strip().lower()
    return _is_fresh(moment, sent.now) & _same(text, f"v0={signature.hex()}")


_CHECKS: Final[Mapping[Proof, Callable[[Hook, _Sent], bool]]] = {
    Proof.NONE: lambda _hook, _sent: True,
    Proof.HEADER: _has_token,
    Proof.FIELD: _holds_token,
    Proof.SIGNATURE: _is_signed,
    Proof.TIMED: _is_timed,
    Proof.ZOOM: _is_of_zoom,
}


def _is_fresh(moment: str, now: datetime) -> bool:
    """Whether the moment, in seconds or milliseconds since 1970, is about now."""
    if not (moment.isascii() and moment.isdecimal() and len(moment) <= 13):
        return False
    seconds = int(moment) / (1000 if len(moment) > 11 else 1)
    return abs(now.timestamp() - seconds) <= OLDEST


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
