"""The mark of one showing of a form: when it was shown, signed, so that who sends it back says how long it took."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.core import signing

from capture.models import Form

# The name of the hidden field. Names that begin with an underscore are ours, and no answers.
NAME: Final = "_shown"
# A page that stood open longer is shown again.
LONGEST_OPEN: Final = timedelta(days=7)
_SALT: Final = "capture.web_forms.marks"


@dataclass(frozen=True, slots=True)
class Mark:
    """One showing of a form."""

    showing: str
    shown_at: datetime


def new_mark(form: Form, *, now: datetime) -> str:
    """The text of the hidden field."""
    return signing.dumps([form.public_id.hex, secrets.token_hex(8), int(now.timestamp())], salt=_SALT)


def read_mark(text: str, *, form: Form) -> Mark | None:
    """The mark, or None where the text is none of this form."""
    try:
        about: Any = signing.loads(text, salt=_SALT)
    except signing.BadSignature:
        return None
    public_id, showing, seconds = about
    return Mark(showing, datetime.fromtimestamp(seconds, UTC)) if public_id == form.public_id.hex else None
