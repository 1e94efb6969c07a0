"""Work of the reports. Running it twice, or two at once, does nothing more."""

from celery import shared_task

from lib import clock
from reporting.review.reminders import remind


@shared_task
def remind_of_review() -> None:
    """Marketing and sales managers are told when the criteria are to be reviewed."""
    remind(now=clock.now())
