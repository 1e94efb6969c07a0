"""Long lists are written by a worker, from the moment somebody asks: their page says how far it is and has the file."""

import secrets
import tempfile
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Final
from urllib.parse import quote_plus

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import User
from leads.events import Agent
from leads.exporting import files
from leads.exporting.lists import Asked, ExportedList, listed
from leads.models import ExportFile, LeadExport
from lib.leases import free

# A longer list is not written while somebody waits for the page.
AT_ONCE: Final = 5_000  # rows
RETENTION: Final = timedelta(days=1)
# Who has not said for so long how far it is has died. The longest silence is at the end, while a workbook is packed.
LEASE: Final = timedelta(minutes=5)
ATTEMPTS: Final = 3
Clock = Callable[[], datetime]


@transaction.atomic
def ask(one: ExportedList, *, file_format: str, count: int, query: str, user: User, now: datetime) -> ExportFile:
    """From now on the file is owed. It is recorded as every export is."""
    export = files.record_export(
        listed=one.key, file_format=file_format, count=count, query=query, agent=Agent(user=user), now=now
    )
    return ExportFile.objects.create(export=export, query=query)


def unfinished(*, now: datetime) -> list[int]:
    """The files nobody writes: not taken up yet, or left behind by a worker that is gone."""
    owed = ExportFile.objects.filter(free(now), finished_at=None).order_by("pk")
    return list(owed.values_list("pk", flat=True)[:20])


def write(export_id: int, *, clock: Clock) -> bool:
    """Writes the file from its start; False when somebody else does, it is done, or was begun too often."""
    now = clock()
    row = _taken(export_id, now=now)
    if row is None:
        return False

    def tell(count: int) -> None:
        moment = clock()
        mine: QuerySet[ExportFile] = row.still_held()
        mine.update(done=count, lease_until=moment + LEASE)

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list"
        _write(row, path, tell=tell, now=now)
        with path.open("rb") as file:
            stored_as = default_storage.save(f"exports/{secrets.token_hex(16)}", File(file))
    unfinished_row: QuerySet[ExportFile] = row.still_held().filter(finished_at=None)
    is_ours = unfinished_row.update(stored_as=stored_as, finished_at=clock(), lease_until=None)
    if not is_ours:
        default_storage.delete(stored_as)
    return bool(is_ours)


@transaction.atomic
def _taken(export_id: int, *, now: datetime) -> ExportFile | None:
    """The row, ours for a while; one that was begun too often is given up."""
    owed = ExportFile.objects.filter(free(now), pk=export_id, finished_at=None).select_related("export__actor")
    row = owed.select_for_update(of=("self",), skip_locked=True).first()
    if row is None:
        return None
    if row.attempts < ATTEMPTS:
        row.take(LEASE, now=now)
        return row
    row.finished_at = now
    row.message = _("It was started %(times)s times and stopped each time.") % {"times": ATTEMPTS}
    row.save(update_fields=["finished_at", "message"])
    return None


def _write(row: ExportFile, path: Path, *, tell: Callable[[int], None], now: datetime) -> None:
    export = row.export
    one, asked = listed(export.listed), Asked(export.actor, QueryDict(row.query), now)
    columns = one.columns(asked)
    values = files.counted(files.cells(columns, one.rows(asked).each), tell)
    if export.file_format == files.XLSX:
        files.write_workbook(str(path), columns, values, title=str(one.label))
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(files.csv_lines(columns, values))


def forget_old(*, now: datetime) -> int:
    """Deletes the files a day after they were written; that they were exported stays recorded. Returns how many."""
    return forget(Q(finished_at__lt=now - RETENTION))


def forget(which: Q) -> int:
    """Deletes these of the files that are there."""
    rows = list(ExportFile.objects.filter(which).exclude(stored_as=""))
    for row in rows:
        name, row.stored_as = row.stored_as, ""
        row.save(update_fields=["stored_as"])
        default_storage.delete(name)
    return len(rows)


def searches_for(texts: Iterable[str]) -> Q:
    """That the filters of an export, or of its file, hold one of these texts."""
    return reduce(or_, (Q(query__icontains=quote_plus(text)) for text in texts), Q(pk__in=[]))


def forget_searches(texts: Iterable[str], *, now: datetime) -> int:
    """Empties the filters of exports that name one of these. Returns of how many.

    A file that is owed is given up: without its filters it would be another list.
    """
    named = searches_for(texts)
    owed = ExportFile.objects.filter(named, finished_at=None)
    owed.update(finished_at=now, message=_("Somebody whom its filters name was erased."), lease_until=None)
    ExportFile.objects.filter(named).update(query="")
    return LeadExport.objects.filter(named).update(query="")
