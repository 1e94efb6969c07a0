"""What the workers do for leads by themselves."""

from celery import shared_task

from leads.privacy.ledger_files import store_entries
from lib import clock


@shared_task
def store_erasures() -> None:
    """The sweeper: erasures that are not written beside the database yet."""
    store_entries(now=clock.now())
