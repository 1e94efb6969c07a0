"""Sends what is owed and forgets old notices; running one twice, or two at once, does nothing more."""

from celery import shared_task
from celery.signals import worker_ready

from lib import clock
from outbox import letters, notices, sending
from outbox.transports.chat import CHAT
from outbox.transports.mail import MAIL


@shared_task
def send_deliveries() -> None:
    """Mail that is due is sent."""
    sending.send_due(MAIL)


@shared_task
def send_letters() -> None:
    """Mail to people outside that is due is sent."""
    letters.send_due()


@shared_task
def send_to_chat() -> None:
    """Messages to chats that are due are sent; apart from mail, so that neither waits for the other."""
    sending.send_due(CHAT)


@shared_task
def forget_notices() -> None:
    """Notices of long ago are deleted."""
    notices.forget_old(now=clock.now())


@worker_ready.connect(dispatch_uid="outbox.send_at_start")
def send_at_start(**_: object) -> None:
    """What came due while no worker lived is sent now, not at the next tick of the schedule."""
    for task in (send_deliveries, send_letters, send_to_chat):
        task.delay()
