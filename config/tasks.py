"""What the workers do for the installation as a whole: the demonstration, loaded and removed."""

from datetime import timedelta
from typing import Final

from celery import shared_task
from django.core.management import call_command

from config.demo import background
from lib import clock

# A long removal gives its process back after so long; what is left is the next task's.
SLICE: Final = timedelta(seconds=20)


# Loading is one transaction of some minutes: the usual limit would end it for ever.
@shared_task(soft_time_limit=3500, time_limit=3600)
def go_on_with_demonstration() -> None:
    """The sweeper and the hinted task in one: nothing where nothing is owed, or somebody else does it."""
    if background.go_on(clock=clock.now, until=clock.now() + SLICE):
        go_on_with_demonstration.delay()


@shared_task
def forget_sessions() -> None:
    """Sessions that have ended are deleted."""
    call_command("clearsessions")
