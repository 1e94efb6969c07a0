"""The first administrator: made on a page, with a code that only who can read the terminal has.

There is a code only while nobody can administrate; it works once, for a day, and not after so many wrong ones.
"""

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts.invitations import administrators
from accounts.models import SetupCode, User

LASTS: Final = timedelta(days=1)
MOST_ATTEMPTS: Final = 20
# Without letters and digits that look alike.
LETTERS: Final = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
HALF: Final = 5


class CodeRefused(Exception):
    """The code lets nobody in; the message says what to do."""


def is_wanted() -> bool:
    """Whether nobody can administrate."""
    return not administrators().exists()


@transaction.atomic
def new_code(*, now: datetime) -> str | None:
    """A code such as ABCDE-23456, in place of the one before; None where there is an administrator."""
    if not is_wanted():
        return None
    halves = ["".join(secrets.choice(LETTERS) for _place in range(HALF)) for _half in range(2)]
    code = "-".join(halves)
    fresh = {"digest": _digest(code), "expires_at": now + LASTS, "attempts": 0}
    SetupCode.objects.update_or_create(pk=1, defaults=fresh)
    return code


def become_administrator(*, code: str, email: str, name: str, password: str, now: datetime) -> User:
    """The first administrator. Raises CodeRefused; a wrong code is counted."""
    if not _is_counted(now=now):
        raise CodeRefused(_("There is no code, or it is too old or was tried too often. Make another one."))
    with transaction.atomic():
        stored = SetupCode.objects.select_for_update().filter(pk=1).first()
        if stored is None or not is_wanted():
            raise CodeRefused(_("There is an administrator already. Ask them to invite you."))
        if not constant_time_compare(stored.digest, _digest(code)):
            raise CodeRefused(_("This is not the code. Copy it as it was printed last."))
        if User.objects.filter(email=email.strip().lower()).exists():
            raise CodeRefused(_("Somebody else has this address. Choose another one."))
        stored.delete()
        return User.objects.create_superuser(email, password, name=name)


def _is_counted(*, now: datetime) -> bool:
    """Whether one more attempt was free; it is used up, whatever becomes of it."""
    code = SetupCode.objects.filter(pk=1, expires_at__gt=now, attempts__lt=MOST_ATTEMPTS)
    return bool(code.update(attempts=F("attempts") + 1))


def _digest(code: str) -> str:
    letters = "".join(code.upper().split()).replace("-", "")
    return salted_hmac("accounts.setup", letters, algorithm="sha256").hexdigest()
