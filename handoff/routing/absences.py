"""When reps are out: who is, until when, and saying so."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import MANAGING, SALES_MANAGER
from handoff.lifecycle.refusals import Incomplete, NotPossible
from handoff.models import Absence, Rep
from handoff.routing.availability import running
from lib.moments import moment_words
from lib.text import storable
from lib.zones import zone_of

LONGEST_NOTE: Final = 200
# So far an absence may lie from now. A year that was mistyped, such as 0026, is no day a reader's clock can show.
WITHIN: Final = timedelta(days=3 * 365)


def out_until(rep: Rep, *, now: datetime) -> datetime | None:
    """Until when the rep is out; None: in."""
    return running(now=now).filter(rep=rep).values_list("ends_at", flat=True).first()


def visible_to(user: User) -> QuerySet[Absence]:
    """A rep sees their own; who answers for the numbers sees everybody's."""
    return Absence.objects.all() if user.has_role(*MANAGING) else Absence.objects.filter(rep=user.pk)


def may_enter(user: User, rep: Rep) -> bool:
    """A sales manager for anybody, a rep for themselves."""
    return user.has_role(SALES_MANAGER) or rep.pk == user.pk


@transaction.atomic
def be_out(*, rep: Rep, starts_at: datetime, ends_at: datetime, note: str = "", now: datetime) -> tuple[Absence, bool]:
    """The rep is out in between. Returns the absence, and whether it was joined with others that it overlaps.

    Whoever is back from one of two absences that overlap would still be out by the other, so there is one of them.
    Raises Incomplete when it ends before it begins, is over already, is years away, or lies within another.
    """
    note = storable(note).strip()
    for field, moment in (("starts_at", starts_at), ("ends_at", ends_at)):
        if abs(moment - now) > WITHIN:
            raise Incomplete(field, _("This is more than three years from now. Is the year right?"))
    if ends_at <= starts_at:
        raise Incomplete("ends_at", _("An absence has to end after it begins."))
    if ends_at <= now:
        raise Incomplete("ends_at", _("This moment is over; say one that is to come."))
    if len(note) > LONGEST_NOTE:
        raise Incomplete("note", _("Say it in at most %(limit)d characters.") % {"limit": LONGEST_NOTE})
    Rep.objects.select_for_update().get(pk=rep.pk)  # two that are entered at once see each other
    return _joined(Absence(rep=rep, starts_at=starts_at, ends_at=ends_at, note=note))


def overlapping(absence: Absence) -> QuerySet[Absence]:
    """Other absences of the rep with a moment in common."""
    others = Absence.objects.filter(rep=absence.rep_id).exclude(pk=absence.pk)
    return others.filter(starts_at__lt=absence.ends_at, ends_at__gt=absence.starts_at).order_by("starts_at", "pk")


def out_already_words(absence: Absence) -> str:
    """What is said to who enters another absence for the same time; on the clock of whoever is out."""
    with timezone.override(zone_of(absence.rep.user.time_zone)):
        words = {"rep": absence.rep, "start": moment_words(absence.starts_at), "end": moment_words(absence.ends_at)}
    return _("%(rep)s is out already from %(start)s to %(end)s.") % words


def _joined(absence: Absence) -> tuple[Absence, bool]:
    """Stored, as one with those it overlaps."""
    others = list(overlapping(absence).select_related("rep__user"))
    for other in others:
        if other.starts_at <= absence.starts_at and absence.ends_at <= other.ends_at:
            raise Incomplete("starts_at", out_already_words(other))
    absence.starts_at = min(each.starts_at for each in (absence, *others))
    absence.ends_at = max(each.ends_at for each in (absence, *others))
    absence.note = " / ".join(dict.fromkeys(each.note for each in (*others, absence) if each.note))
    if len(absence.note) > LONGEST_NOTE:
        raise Incomplete(
            "note",
            _("With the notes of the absences it overlaps this is longer than %(limit)d characters. Say it shorter.")
            % {"limit": LONGEST_NOTE},
        )
    Absence.objects.filter(pk__in=[each.pk for each in others]).delete()
    absence.save(force_insert=True)
    return absence, bool(others)


@transaction.atomic
def be_back(*, absence_id: int, now: datetime) -> None:
    """Ends an absence that runs; one that has not begun does not happen. Raises NotPossible when it is over."""
    absence = Absence.objects.select_for_update().filter(pk=absence_id).first()
    if absence is None or absence.ends_at <= now:
        raise NotPossible(_("This absence is over already."))
    if absence.starts_at < now:
        absence.ends_at = now
        absence.save(update_fields=["ends_at"])
    else:
        absence.delete()
