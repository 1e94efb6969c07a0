"""Points a person gives or takes by hand: with a reason, until a day, one decision at a time for each lead.

They are added to what the rules say. No rule explains them, so pages show them apart.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import ADMINISTRATOR, MARKETING
from leads.events import Agent, Entry, EventKind, record
from leads.lifecycle import locked
from lib.numbers import number
from scoring.engine.requests import request_scores
from scoring.event_kinds import GIVEN_BY_HAND, TAKEN_BACK, PointsByHand
from scoring.models import Override, Why

# Who may change a score by hand, and by how much either way.
MOST_POINTS: Final = {MARKETING: 50, ADMINISTRATOR: 10_000}
LONGEST: Final = timedelta(days=180)
SHORTEST_REASON: Final = 10
LONGEST_REASON: Final = 500


class OverrideRefused(Exception):
    """It cannot be given like this; `field` is where, the message says what to do."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class NotYourPoints(OverrideRefused):
    """Somebody else has to do this."""


class NothingToTakeBack(OverrideRefused):
    """No points by hand hold any more."""


def most_points(user: User) -> int:
    """By how many points this person may change a score, either way; 0 when not at all."""
    return max((points for role, points in MOST_POINTS.items() if user.has_role(role)), default=0)


def current(lead_id: int, *, now: datetime) -> Override | None:
    """The points by hand that hold now, or None."""
    override = Override.objects.filter(lead_id=lead_id, ended_at=None, expires_at__gt=now)
    return override.select_related("created_by").first()


@transaction.atomic
def give(
    *, lead_id: int, points: int, reason: str, expires_at: datetime, actor: User, now: datetime
) -> tuple[Override, bool]:
    """These points until then, in place of any others. Returns them, and whether anything changed.

    Raises OverrideRefused when they are too many for this person, have no reason, or last too long. Saying the
    same once more changes nothing.
    """
    reason = " ".join(reason.split())
    _check(points, reason, expires_at, actor=actor, now=now)
    list(locked([lead_id]))
    before = Override.objects.filter(lead_id=lead_id, ended_at=None).first()
    if before is not None:
        if before.expires_at > now and (before.points, before.reason, before.expires_at) == (
            points,
            reason,
            expires_at,
        ):
            return before, False
        _end(before, actor=actor, now=now)
    override = Override.objects.create(
        lead_id=lead_id, points=points, reason=reason, created_by=actor, created_at=now, expires_at=expires_at
    )
    _tell(override, GIVEN_BY_HAND, actor=actor, now=now)
    return override, True


@transaction.atomic
def take_back(*, lead_id: int, actor: User, now: datetime) -> Override:
    """Ends the points that hold; raises NothingToTakeBack when none do, NotYourPoints when they are too many."""
    list(locked([lead_id]))
    before = Override.objects.filter(lead_id=lead_id, ended_at=None, expires_at__gt=now).first()
    if before is None:
        raise NothingToTakeBack("points", _("The points by hand have ended already, so there is nothing to take back."))
    _end(before, actor=actor, now=now)
    return before


def end_beside(*, survivor_id: int, merged_id: int, now: datetime) -> None:
    """Of two leads that become one, the points of the one that goes end where the other has its own. Both are held."""
    holding = Override.objects.filter(ended_at=None)
    if holding.filter(lead_id=survivor_id).exists():
        holding.filter(lead_id=merged_id).update(ended_at=now)


def _check(points: int, reason: str, expires_at: datetime, *, actor: User, now: datetime) -> None:
    _check_points(points, actor=actor)
    if points == 0:
        raise OverrideRefused("points", _("0 points change nothing. Give or take at least one point."))
    if len(reason) < SHORTEST_REASON:
        raise OverrideRefused("reason", _("Say in a few words why the rules are wrong about this lead."))
    if len(reason) > LONGEST_REASON:
        raise OverrideRefused("reason", _("Say it in at most %(limit)s characters.") % {"limit": LONGEST_REASON})
    if expires_at <= now:
        raise OverrideRefused("expires_at", _("This moment has passed. Choose a later day."))
    if expires_at > now + LONGEST:
        raise OverrideRefused(
            "expires_at",
            _("Points by hand last %(days)s days at most. Choose an earlier day; what is true for longer is a rule.")
            % {"days": LONGEST.days},
        )


def _check_points(points: int, *, actor: User) -> None:
    most = most_points(actor)
    if most == 0:
        raise NotYourPoints("points", _("Scores are changed by hand by marketing and administrators."))
    if abs(points) > most:
        sentence = _("You may change a score by %(most)s points at most, either way.")
        raise NotYourPoints("points", sentence % {"most": number(most)})


def _end(before: Override, *, actor: User, now: datetime) -> None:
    """Somebody takes back what holds; what has expired ended by itself when it did."""
    if before.expires_at <= now:
        before.ended_at = before.expires_at
    else:
        _check_points(before.points, actor=actor)
        before.ended_at, before.ended_by = now, actor
        _tell(before, TAKEN_BACK, actor=actor, now=now)
    before.save(update_fields=["ended_at", "ended_by"])


def _tell(changed: Override, kind: EventKind, *, actor: User, now: datetime) -> None:
    """The record of it, and a score owed."""
    data: PointsByHand = {"points": changed.points, "until": changed.expires_at.isoformat()}
    entry = Entry(
        lead_id=changed.lead_id,
        kind=kind,
        at=now,
        text=changed.reason,
        data=data,
    )
    record([entry], agent=Agent(user=actor), now=now)
    request_scores({changed.lead_id: Why.BY_HAND}, now=now)
