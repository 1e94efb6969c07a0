"""When reps are out: who is, until when, and saying so."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import MANAGING, SALES_MANAGER
from handoff.lifecycle.refusals import Incomplete, NotPossible
from handoff.models import Absence, Rep
from handoff.routing.availability import running
from lib.text import storable

LONGEST_NOTE: Final = 200
# So far an absence may lie from now. A year that was mistyped, such as 0026, is no day a reader's clock can show.
WITHIN: Final = timedelta(days=3 * 365)


def out_until(rep: Rep, *, now: datetime) -> datetime | None:
    """Until when the rep is out; None: in."""
    return running(now=now).filter(rep=rep).order_by("-ends_at").values_list("ends_at", flat=True).first()


def visible_to(user: User) -> QuerySet[Absence]:
    """A rep sees their own; who answers for the numbers sees everybody's."""
    return Absence.objects.all() if user.has_role(*MANAGING) else Absence.objects.filter(rep=user.pk)


def may_enter(user: User, rep: Rep) -> bool:
    """A sales manager for anybody, a rep for themselves."""
    return user.has_role(SALES_MANAGER) or rep.pk == user.pk


@transaction.atomic
def be_out(*, rep: Rep, starts_at: datetime, ends_at: datetime, note: str = "", now: datetime) -> Absence:
    """The rep is out in between. Raises Incomplete when it ends before it begins, is over already, or is years away."""
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
    return Absence.objects.create(rep=rep, starts_at=starts_at, ends_at=ends_at, note=note)


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
