"""What the workers do for leads by themselves: rows that are owed."""

from time import monotonic
from typing import Final

from celery import shared_task

from leads.bulk import changing
from leads.content import page_sorting
from leads.exporting import background
from leads.lead_tasks import reminding
from leads.merging.company_duplicates import COMPANIES
from leads.merging.finding import find
from leads.merging.lead_duplicates import PEOPLE
from leads.merging.undoing import let_go
from leads.privacy import retention
from leads.privacy.ledger_files import store_entries
from lib import clock

# A long task gives its process back after so long; what is left is the next one's.
SLICE: Final = 2.0  # seconds


@shared_task
def store_erasures() -> None:
    """The sweeper: erasures that are not written beside the database yet."""
    store_entries(now=clock.now())


@shared_task
def remove_what_is_due() -> None:
    """Removes what is older than its policy allows for a while, and asks for the rest."""
    if retention.remove_what_is_due(now=clock.now(), until=monotonic() + SLICE):
        remove_what_is_due.delay()


@shared_task
def find_duplicates() -> None:
    """Compares leads and companies that are new or became better known with those that were here before."""
    for finder in (PEOPLE, COMPANIES):
        until = monotonic() + SLICE / 2
        while find(finder, now=clock.now()) and monotonic() < until:
            pass


# A file is written in one go, a workbook of 100,000 leads in over a minute: the usual limit would end it for ever.
@shared_task(soft_time_limit=3500, time_limit=3600)
def write_export(export_id: int) -> None:
    """Writes the file of a long list; nothing when somebody else does."""
    background.write(export_id, clock=clock.now)


@shared_task
def resume_exports() -> None:
    """The sweeper: files nobody took up, or whose worker is gone; and old ones go."""
    now = clock.now()
    for export_id in background.unfinished(now=now):
        write_export.delay(export_id)
    background.forget_old(now=now)


@shared_task
def sort_pages() -> None:
    """Sorts the pages that came by the rules once more."""
    if page_sorting.go_on(clock=clock.now, until=monotonic() + SLICE):
        page_sorting.hint()


@shared_task
def change_in_bulk() -> None:
    """Goes on with what somebody does with many leads, and forgets what is old."""
    now = clock.now()
    if changing.go_on(clock=clock.now, until=monotonic() + SLICE):
        changing.hint()
    changing.let_go(now=now)


@shared_task
def let_go_of_merges() -> None:
    """Forgets what was kept to undo merges, when their time is over."""
    let_go(now=clock.now())


@shared_task
def remind_of_tasks() -> None:
    """Tells people of their tasks whose morning has come."""
    reminding.remind_due(now=clock.now())
