"""What an administrator reads on the home page of the servers: Redis, what waits in its queues, the last backup."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from accounts import home
from accounts.home import Figure, Need, Part
from accounts.models import User
from accounts.roles import ADMINISTRATOR
from config.help.documents import address_of
from config.models import Backup
from lib.moments import relative_time
from lib.numbers import NOTHING, number

# A night's backup that takes its time is not late.
LATE: Final = timedelta(hours=26)
QUEUES: Final = ("default", "ingest", "imports", "mail", "webhooks")


def client() -> "Redis[bytes]":
    """Asks once: by itself the client would try again and again, and whoever watches would wait."""
    once = Retry(NoBackoff(), 0)
    return Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1, retry=once)


def redis_answers() -> bool:
    """Whether there is somebody to leave hints with."""
    try:
        return bool(client().ping())
    except RedisError:
        return False


def waiting_tasks() -> dict[str, int] | None:
    """How many tasks wait in each queue for a worker; None: Redis does not answer."""
    try:
        with client().pipeline(transaction=False) as asked:
            for queue in QUEUES:
                asked.llen(queue)
            return dict(zip(QUEUES, asked.execute(), strict=True))
    except RedisError:
        return None


def _needs(user: User, now: datetime) -> Iterator[Need]:
    if not redis_answers():
        yield Need(
            text=_("Redis does not answer. Nothing is lost: what is owed is done at the next sweep, within a minute."),
            url=reverse("admin:index"),
            icon="late",
            meaning="late",
        )


def _figures(user: User, now: datetime) -> Iterator[Figure]:
    waiting = waiting_tasks()
    longest = max(waiting, key=lambda queue: waiting[queue]) if waiting else ""
    yield Figure(
        label=_("Tasks for workers"),
        value=NOTHING if waiting is None else number(sum(waiting.values())),
        note=_("most of them in “%(queue)s”") % {"queue": longest} if waiting and waiting[longest] else "",
        definition=_("What waits in the queues of Redis. A number that only grows means that no worker takes it."),
    )


def _backup(user: User, now: datetime) -> Iterator[Need | Figure]:
    """When Baton made the last backup; a backup is late where there was one, and none for more than a day."""
    last = Backup.objects.first()
    yield Figure(
        label=_("Last backup"),
        value=relative_time(last.taken_at, now) if last else _("never"),
        note=_("restored and counted") if last and last.is_proved else "",
        definition=_("Made by manage.py backup. What other programs back up is not known here."),
        url=address_of("running#backup-and-restore"),
    )
    if last and now - last.taken_at > LATE:
        sentence = _("The last backup was made %(when)s. Look at what makes it every night.")
        yield Need(
            text=sentence % {"when": relative_time(last.taken_at, now)},
            url=address_of("running#backup-and-restore"),
            icon="late",
            meaning="late",
        )


home.offer(Part(role=ADMINISTRATOR, order=30, needs=_needs, figures=_figures))
home.offer(Part(role=ADMINISTRATOR, order=31, state=_backup))
