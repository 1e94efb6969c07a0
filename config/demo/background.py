"""Loading and removing the demonstration, asked for on a page and done by a worker.

The row is the obligation. A worker holds it locked for as long as it works, so two at once do nothing twice, and one
that dies leaves it to the next sweep: loading is one transaction, removing goes on behind the last part.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.invitations import administrators
from accounts.models import User
from config.demo import loading, removing
from config.demo.counted import Results
from config.demo.story_leads import candidates
from config.demo.team import DOMAIN
from config.models import Demonstration
from lib.hints import send_hint

TASK: Final = "config.tasks.go_on_with_demonstration"
# Several workers that begin at once count as one each, though only one goes on.
ATTEMPTS: Final = 8
SEED: Final = 1
Clock = Callable[[], datetime]


class Refused(Exception):
    """Nothing is loaded or removed; the message says why and what to do."""


def current() -> Demonstration | None:
    """The one that is here, is being loaded or is being removed; else the last one there was."""
    return Demonstration.objects.order_by(F("ended_at").desc(nulls_first=True), "-pk").first()


def ask_to_load(*, leads: int, months: int, actor: User, now: datetime) -> Demonstration:
    """From now on it is owed. Raises Refused."""
    if reason := loading.not_wanted(force=False):
        raise Refused(reason)
    try:
        with transaction.atomic():
            row = Demonstration.objects.create(leads=leads, months=months, asked_by=actor, asked_at=now)
            transaction.on_commit(lambda: send_hint(TASK), robust=True)
    except IntegrityError as error:
        raise Refused(_("A demonstration is here already, or is being loaded or removed.")) from error
    return row


def why_not_remove(actor: User) -> str:
    """Why it is not removed, and what to do first; empty: it can be."""
    if actor.email.endswith(DOMAIN) or not administrators().exclude(email__endswith=DOMAIN).exists():
        return _(
            "You are one of the people of the demonstration, who go with it. Invite somebody of your own as an "
            "administrator; they can remove it."
        )
    if count := removing.handoffs_of_others():
        sentence = ngettext(
            "%(count)d lead of your own is with a rep of the demonstration. Give it to somebody else first.",
            "%(count)d leads of your own are with reps of the demonstration. Give them to somebody else first.",
            count,
        )
        return sentence % {"count": count}
    return ""


@transaction.atomic
def ask_to_remove(*, actor: User, now: datetime) -> Demonstration:
    """From now on its removal is owed. Raises Refused.

    One that an earlier release loaded has no row: what it made besides leads and people is not known, and stays.
    """
    if reason := why_not_remove(actor):
        raise Refused(reason)
    # A worker that is at it holds the row; it is not waited for.
    row = Demonstration.objects.select_for_update(of=("self",), skip_locked=True).filter(ended_at=None).first()
    if row is None and loading.is_told():
        row = Demonstration(leads=removing.total(), months=0, asked_at=now, loaded_at=now)
    if row is None or not row.is_here:
        raise Refused(_("There is no demonstration to remove, or it is being loaded or removed right now."))
    row.removal_asked_by, row.removal_asked_at, row.total, row.message = actor, now, removing.total(), ""
    row.save()
    transaction.on_commit(lambda: send_hint(TASK), robust=True)
    return row


def go_on(*, clock: Clock, until: datetime) -> bool:
    """Does what is owed until it is done, or that moment; returns whether something is left."""
    if not _begin(now=clock()):
        return False
    while (is_left := _next_part(clock=clock)) and clock() < until:
        pass
    return is_left


def _begin(*, now: datetime) -> bool:
    """Counts the start, unless somebody is at it; what kills its worker is not tried for ever."""
    with transaction.atomic():
        row = _owed()
        if row is None:
            return False
        if row.attempts < ATTEMPTS:
            row.attempts += 1
            row.save(update_fields=["attempts"])
            return True
        row.message = _("It was started %(times)s times and stopped each time.") % {"times": ATTEMPTS}
        row.attempts, row.removal_asked_at = 0, None
        row.ended_at = row.ended_at if row.loaded_at else now
        row.save(update_fields=["message", "attempts", "removal_asked_at", "ended_at"])
        return False


def _owed() -> Demonstration | None:
    """The row whose loading or removing is owed, locked; None where there is none, or somebody is at it."""
    rows = Demonstration.objects.select_for_update(of=("self",), skip_locked=True).filter(ended_at=None)
    row = rows.first()
    return row if row and (row.is_loading or row.is_removing) else None


@transaction.atomic
def _next_part(*, clock: Clock) -> bool:
    """The whole loading, or one part of the removing. Returns whether something is left."""
    row = _owed()
    if row is None:
        return False
    if row.is_loading:
        now = clock()
        # Where others reach this page, nobody shall sign in with a password that is published.
        loading.load(row, seed=SEED, end=now, now=now, may_sign_in=not settings.PUBLIC)
        return False
    lead_ids = removing.next_leads(after=row.leads_to)
    results = removing.remove_leads(lead_ids) if lead_ids else removing.remove_the_rest(row.made)
    row.results = dict(Results(row.results) + results)
    row.leads_to = lead_ids[-1] if lead_ids else row.leads_to
    row.ended_at = None if lead_ids else clock()
    row.attempts = 0
    row.save(update_fields=["results", "leads_to", "ended_at", "attempts"])
    return bool(lead_ids)


def looked_at(row: Demonstration) -> int:
    """Of its total how many leads are done."""
    left = candidates(after=row.leads_to).count()
    return max(0, row.total - left)
