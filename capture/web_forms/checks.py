"""Why a submission is kept for review instead of being taken: signs that a program sent it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from capture.machines import verdict
from capture.models import Form, Submission
from capture.sites.origins import origin_of
from capture.web_forms import marks
from capture.web_forms.reading import values_by_key
from leads.models import Machine
from lib.limits import count

MINUTE: Final = 60  # seconds
# In it: from everybody to one form, and from everybody about one address.
MOST_OF_FORM: Final = 600
MOST_OF_EMAIL: Final = 5
# So many times what one internet address may send is not even kept.
NOT_EVEN_KEPT: Final = 20

Raw = Mapping[str, Sequence[str]]


class TooMany(Exception):
    """So much comes from one address that nothing of it is kept; nothing was acknowledged either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What was posted, and what is known of who did."""

    raw: Raw
    came_by: Submission.CameBy
    # The origin the browser says, as scheme://host:port, or empty.
    origin: str
    # The page the form stood on, as the browser says.
    page: str
    # What is counted as one sender (lib.client.client_network).
    network: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Why it is kept for review: a code for programs, a sentence for people."""

    code: str
    reason: str


def suspicion(form: Form, sent: Sent, mark: marks.Mark | None, *, now: datetime) -> Suspicion | None:
    """What in it speaks against it, or None."""
    if any(value.strip() for value in sent.raw.get(form.honeypot, ())):
        return Suspicion("honeypot", _("A field that no person sees was filled in."))
    if not is_allowed_origin(form, sent.origin):
        reason = _("It was sent from %(origin)s, which is not among the websites of the form.")
        return Suspicion("origin", reason % {"origin": sent.origin or _("an unknown page")})
    if verdict(declared=False, user_agent=sent.user_agent) != Machine.HUMAN:
        return Suspicion("program", _("A program that says so sent it."))
    return _of_time(form, sent, mark, now=now)


def _of_time(form: Form, sent: Sent, mark: marks.Mark | None, *, now: datetime) -> Suspicion | None:
    if mark is None:
        if sent.came_by == Submission.CameBy.POST and form.takes_posts:
            return None
        return Suspicion("no_mark", _("It did not come from the form, and the form takes nothing else."))
    seconds = (now - mark.shown_at).total_seconds()
    if seconds < form.least_seconds:
        reason = _("It was filled in within %(seconds)s seconds.")
        return Suspicion("too_fast", reason % {"seconds": max(0, int(seconds))})
    return None


def is_stale(mark: marks.Mark | None, *, now: datetime) -> bool:
    """Whether the page stood open for so long that it is shown once more."""
    return mark is not None and now - mark.shown_at > timedelta(days=marks.LONGEST_OPEN.days)


def is_allowed_origin(form: Form, origin: str) -> bool:
    """Whether the form may stand there: on its own page, and on the websites it names, or on any."""
    return not form.origins or origin == own_origin() or origin in form.origins


def own_origin() -> str:
    return origin_of(settings.BASE_URL)


def too_often(form: Form, sent: Sent) -> Suspicion | None:
    """Counts it under each limit. Raises TooMany, and lib.limits.CannotCount while nobody can."""
    of_client = count("form client", f"{form.pk} {sent.network}", seconds=MINUTE)
    if of_client > form.most_per_minute * NOT_EVEN_KEPT:
        raise TooMany
    of_form = count("form", str(form.pk), seconds=MINUTE)
    email = "".join(values_by_key(form, sent.raw).get("email", [""])[-1].split()).casefold()
    of_email = count("form email", email, seconds=MINUTE) if email else 0
    if of_client > form.most_per_minute or of_form > MOST_OF_FORM or of_email > MOST_OF_EMAIL:
        return Suspicion("too_many", _("More came within a minute than one person sends."))
    return None
