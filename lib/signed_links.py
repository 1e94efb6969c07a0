"""Links that prove what they say: a text of an address, signed, with the moment it ends.

Who has the link may do what it is for, without signing in; nobody can make or change one. It names a row by its
public id, never by what is known of a person.
"""

import uuid
from datetime import UTC, datetime
from typing import Final

from django.core import signing
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_BROKEN: Final = _("This link is not complete, or it was changed. Copy all of it, or use the one of our newest mail.")
_ENDED: Final = _("This link is too old. The one of our newest mail works.")


class LinkRefused(Exception):
    """The link cannot be used; the message says why, to whoever followed it."""

    def __init__(self, message: str | Promise = _BROKEN) -> None:
        super().__init__(message)

    def __str__(self) -> str:
        return str(self.args[0])


def sign_link(public_id: uuid.UUID, *, purpose: str, until: datetime) -> str:
    """The part of an address that stands for the row, for this purpose, until that moment. Letters, digits, `-_:.`."""
    return signing.Signer(salt=purpose).sign(f"{public_id.hex}.{int(until.timestamp()):x}")


def read_link(text: str, *, purpose: str, now: datetime) -> uuid.UUID:
    """The public id of the row a link was made for; raises LinkRefused for any other text, and when it has ended."""
    public_id, _until = read_link_and_end(text, purpose=purpose, now=now)
    return public_id


def read_link_and_end(text: str, *, purpose: str, now: datetime) -> tuple[uuid.UUID, datetime]:
    """The public id, and until when the link lasts; raises LinkRefused as `read_link` does."""
    try:
        named, _dot, seconds = signing.Signer(salt=purpose).unsign(text).partition(".")
        public_id, until = uuid.UUID(hex=named), datetime.fromtimestamp(int(seconds, 16), UTC)
    except (signing.BadSignature, ValueError, OverflowError) as error:
        raise LinkRefused from error
    if until <= now:
        raise LinkRefused(_ENDED)
    return public_id, until
