"""Takes an import back: first the leads it made that nobody else knows, then its other changes, the latest first.

Each part is one transaction that also says how far it is, so a worker that dies loses nothing and nothing is taken back
twice. What an import did is kept as long as the retention of `import_changes` says.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Count, F, Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from capture.models import ImportBatch, ImportChange, ImportedLead, ImportUndo
from leads.events import Agent
from leads.models import Activity, Consent, Deal
from leads.privacy.retention import policy_of
from leads.stored_rows import table_of
from leads.undoing import outcomes
from leads.undoing.changes import RowChange
from leads.undoing.removing import remove_leads
from leads.undoing.results import Results
from leads.undoing.undoing import undo_changes

PART: Final = 500
# A page answers within a second or two: so many leads and so many changes are tried.
TRIED: Final = 2_000
ATTEMPTS: Final = 5
RETENTION: Final = "import_changes"
NAME: Final = "undone import"
# How recorded events name an import (capture/importing/chunks.py).
IMPORTER: Final = "import"
_MADE: Final[dict[str, type[Model]]] = {table_of(model): model for model in (Activity, Consent, Deal)}
State = ImportBatch.State
Clock = Callable[[], datetime]


class NotUndoable(Exception):
    """The import cannot be undone; the message tells why."""


def refuse(batch: ImportBatch, *, now: datetime) -> None:
    """Raises NotUndoable for an import that cannot be undone, or is undone already."""
    if ImportUndo.objects.filter(batch=batch).exists():
        raise NotUndoable(_("This import was undone already, or is being undone."))
    if batch.state not in (State.DONE, State.FAILED) or batch.finished_at is None:
        raise NotUndoable(_("Only an import that has ended can be undone."))
    _kind, policy = policy_of(RETENTION)
    is_over = policy.is_on and now - batch.finished_at >= timedelta(days=policy.days)
    if not batch.is_recorded or is_over:
        message = ngettext(
            "An import can be undone for %(days)s day; of this one it is no longer known what was there before.",
            "An import can be undone for %(days)s days; of this one it is no longer known what was there before.",
            policy.days,
        )
        raise NotUndoable(message % {"days": policy.days})


def is_undoable(batch: ImportBatch, *, now: datetime) -> bool:
    try:
        refuse(batch, now=now)
    except NotUndoable:
        return False
    return True


@transaction.atomic
def ask(batch_id: int, *, actor: User | None, now: datetime) -> ImportUndo:
    """Somebody wants the import undone: from now on that is owed. Raises NotUndoable."""
    batch = ImportBatch.objects.select_for_update(no_key=True).get(pk=batch_id)
    refuse(batch, now=now)
    return ImportUndo.objects.create(batch=batch, asked_by=actor, asked_at=now, total=_to_look_at(batch))


def _to_look_at(batch: ImportBatch, *, leads_to: int = 0) -> int:
    leads = ImportedLead.objects.filter(batch=batch, lead_id__gt=leads_to)
    return leads.count() + ImportChange.objects.filter(batch=batch).count()


def looked_at(undo: ImportUndo) -> int:
    """Of its total how many leads and changes are done."""
    return max(0, undo.total - _to_look_at(undo.batch, leads_to=undo.leads_to))


def unfinished() -> list[int]:
    """The imports whose undoing is owed, the oldest first."""
    owed = ImportUndo.objects.filter(finished_at=None).order_by("asked_at", "pk")
    return list(owed.values_list("pk", flat=True)[:100])


def is_owed(batch_id: int) -> bool:
    return ImportUndo.objects.filter(pk=batch_id, finished_at=None).exists()


def run(
    batch_id: int, *, clock: Clock, until: datetime | None = None, progress: Callable[[ImportUndo], None] | None = None
) -> bool:
    """Goes on with the undoing until it is done, or that moment; False when somebody else has it or it is not owed."""
    if not _begin(batch_id, now=clock()):
        return False
    while True:
        undo = _next_part(batch_id, now=clock())
        if undo is None:
            return False
        if progress is not None:
            progress(undo)
        if undo.finished_at is not None or (until is not None and clock() >= until):
            return True


def _begin(batch_id: int, *, now: datetime) -> bool:
    """Counts the start; what kills its worker is not tried for ever."""
    owed = ImportUndo.objects.filter(pk=batch_id, finished_at=None)
    message = _("It was started %(times)s times and stopped each time.") % {"times": ATTEMPTS}
    if owed.filter(attempts__gte=ATTEMPTS).update(finished_at=now, message=message):
        return False
    return bool(owed.update(attempts=F("attempts") + 1))


@transaction.atomic
def _next_part(batch_id: int, *, now: datetime) -> ImportUndo | None:
    """One part; None when somebody else is at it, or nothing is owed."""
    owed = ImportUndo.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=batch_id, finished_at=None)
    undo = owed.select_related("batch", "asked_by").first()
    if undo is None:
        return None
    results = _take_part(undo, now=now)
    if results is None:
        undo.finished_at = now
    else:
        undo.results = dict(Results(undo.results) + results)
    undo.attempts = 0
    undo.save(update_fields=["finished_at", "results", "leads_to", "attempts"])
    return undo


def _take_part(undo: ImportUndo, *, now: datetime) -> Results | None:
    """Takes a part back; None when nothing is left."""
    batch = undo.batch
    made = ImportedLead.objects.filter(batch=batch, lead_id__gt=undo.leads_to).order_by("lead_id")
    lead_ids = list(made.values_list("lead_id", flat=True)[:PART])
    if lead_ids:
        undo.leads_to = lead_ids[-1]
        _gone, results = remove_leads(
            lead_ids,
            made=_made(batch, lead_ids),
            own=(ImportedLead, ImportChange),
            until=batch.finished_at or now,
            importer=IMPORTER,
        )
        return results
    changes = _latest(batch)
    if not changes:
        return None
    agent = Agent(user=undo.asked_by, name=NAME)
    rows = [RowChange(one.source, one.key, one.lead_id, one.before, one.after) for one in changes]
    results = undo_changes(rows, file=batch.file_name, agent=agent, now=now)
    ImportChange.objects.filter(pk__in=[one.pk for one in changes]).delete()
    return results


def _latest(batch: ImportBatch) -> list[ImportChange]:
    """The latest changes, and all that is told of the outcomes of their leads: it goes back as one or not at all."""
    changes = list(ImportChange.objects.filter(batch=batch).order_by("-pk")[:PART])
    leads = {one.lead_id for one in changes if one.source in (outcomes.DEALS, outcomes.EVENTS)}
    if leads:
        of_outcomes = ImportChange.objects.filter(
            batch=batch,
            lead__in=leads,
            pk__lt=changes[-1].pk,
            source__in=(outcomes.DEALS, outcomes.EVENTS, outcomes.LEADS),
        )
        changes += of_outcomes.order_by("-pk")
    return changes


def _made(batch: ImportBatch, lead_ids: list[int]) -> dict[type[Model], dict[int, int]]:
    """How many rows of what the import made of each lead, after the part that made the lead itself."""
    counts = ImportChange.objects.filter(
        batch=batch, lead__in=lead_ids, source__in=_MADE, before__isnull=True
    ).order_by()
    made: dict[type[Model], dict[int, int]] = defaultdict(dict)
    for source, lead_id, count in counts.values_list("source", "lead").annotate(Count("pk")):
        made[_MADE[source]][lead_id] = count
    return made


class _Tried(Exception):
    """Nothing of what was tried stays."""


def forecast(batch: ImportBatch, *, now: datetime, limit: int | None = TRIED) -> tuple[Results, int, int]:
    """What undoing would do: the same code, in a transaction that is rolled back.

    Returns how many of what would become what, of how many leads and changes, and how many there are in all.
    """
    results, tried = Results(), 0
    with transaction.atomic():
        undo = ImportUndo(batch=batch, asked_at=now, total=_to_look_at(batch))
        while limit is None or tried < limit:
            part = _take_part(undo, now=now)
            if part is None:
                break
            results += part
            tried += PART
        tried = looked_at(undo)
        transaction.set_rollback(True)
    return results, tried, undo.total
