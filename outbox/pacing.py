"""What is not sent at once: nothing while a person has quiet hours, and one message instead of a storm.

Quiet hours put off whatever is pending for the person until they are over. A storm is more than MOST_SINGLE messages to
one person by one way within PERIOD, counting what was sent lately and what is due: then all that is due becomes part
of one digest, which waits a little for the rest of the storm, and goes out once a PERIOD at most.
"""

import uuid
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from lib.leases import free
from outbox.models import ChatWebhook, Delivery, QuietHours
from outbox.news_kinds import DIGEST
from outbox.wording import zone_of

MOST_SINGLE: Final = 10
PERIOD: Final = timedelta(minutes=15)
SETTLES: Final = timedelta(minutes=2)  # so long a digest gathers what else the storm brings
SATURDAY: Final = 5
MINUTE: Final = timedelta(minutes=1)


def is_held_back(delivery: Delivery, *, now: datetime) -> bool:
    """Whether it waits, by what is written then. The caller's transaction holds the lock of the row, which is due."""
    return _is_quiet(delivery, now=now) or _is_gathered(delivery, now=now)


def quiet_until(quiet: QuietHours, zone: ZoneInfo, *, now: datetime) -> datetime | None:
    """When the quiet hours that hold now are over, on the clock of the zone; None when none hold."""
    moment = now
    for _turn in range(8):  # a night, a weekend, the night after it: never as many
        ends = _ends_at(quiet, zone, moment)
        if ends is None:
            break
        moment = ends
    return moment if moment > now else None


def _ends_at(quiet: QuietHours, zone: ZoneInfo, moment: datetime) -> datetime | None:
    """When the weekend, or the hours, that the moment lies in are over."""
    local = moment.astimezone(zone)
    if quiet.weekends and local.weekday() >= SATURDAY:
        return _on_the_clock(local + timedelta(days=7 - local.weekday()), time(), zone)
    clock = local.time()
    wraps = quiet.starts_at > quiet.ends_at
    after_start, before_end = clock >= quiet.starts_at, clock < quiet.ends_at
    if not (after_start or before_end if wraps else after_start and before_end):
        return None
    ends = _on_the_clock(local + timedelta(days=1) if wraps and after_start else local, quiet.ends_at, zone)
    return ends if ends > moment else None  # the hour that comes twice in autumn


def _on_the_clock(day: datetime, clock: time, zone: ZoneInfo) -> datetime:
    """That time of that day; when the clock is put forward over it, the first minute after."""
    wall = datetime.combine(day.date(), clock)
    while wall.replace(tzinfo=zone).astimezone(ZoneInfo("UTC")).astimezone(zone).replace(tzinfo=None) != wall:
        wall += MINUTE
    return wall.replace(tzinfo=zone)


def _is_quiet(delivery: Delivery, *, now: datetime) -> bool:
    quiet = QuietHours.objects.filter(user=delivery.recipient_id).select_related("user").first()
    ends = quiet_until(quiet, zone_of(quiet.user), now=now) if quiet else None
    if ends is None:
        return False
    waiting = Delivery.objects.filter(free(now), recipient=delivery.recipient_id, state=Delivery.State.PENDING)
    put_off(waiting.filter(next_try_at__lt=ends), until=ends)
    return True


def put_off(deliveries: QuerySet[Delivery], *, until: datetime) -> None:
    """In one statement; what somebody else holds is theirs, so nobody waits for anybody."""
    locked = deliveries.order_by("pk").select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True)
    Delivery.objects.filter(pk__in=list(locked)).update(next_try_at=until)


def _is_gathered(delivery: Delivery, *, now: datetime) -> bool:
    if delivery.kind == DIGEST.key:
        return False
    told_before = Delivery.objects.filter(recipient=delivery.recipient_id, webhook=delivery.webhook_id)
    due = told_before.filter(free(now), state=Delivery.State.PENDING, next_try_at__lte=now).exclude(kind=DIGEST.key)
    sent = told_before.filter(state=Delivery.State.SENT, sent_at__gt=now - PERIOD)
    last = sent.filter(kind=DIGEST.key).order_by("-sent_at").first()
    if last is None and not _collecting(told_before).exists() and due.count() + sent.count() <= MOST_SINGLE:
        return False
    _lock_channel(delivery)
    digest = _collecting(told_before).select_for_update(no_key=True).first()
    if digest is None:
        starts = max(now + SETTLES, last.sent_at + PERIOD) if last and last.sent_at else now + SETTLES
        digest = _new_digest(delivery, now=now, next_try_at=starts)
    gathered = list(due.order_by("pk").select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True))
    Delivery.objects.filter(pk__in=gathered).update(state=Delivery.State.GATHERED, gathered_in=digest, lease_until=None)
    digest.facts = {"count": digest.facts["count"] + len(gathered)}
    digest.save(update_fields=["facts"])
    return True


def _collecting(deliveries: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """The digest nobody has begun to send."""
    return deliveries.filter(kind=DIGEST.key, state=Delivery.State.PENDING, attempts=0, lease_until=None)


def _lock_channel(delivery: Delivery) -> None:
    """Whoever gathers for the same person or channel goes one after the other: one digest at a time."""
    if delivery.recipient_id is not None:
        User.objects.select_for_update(no_key=True).get(pk=delivery.recipient_id)
    elif delivery.webhook_id is not None:
        ChatWebhook.objects.select_for_update(no_key=True).get(pk=delivery.webhook_id)


def _new_digest(delivery: Delivery, *, now: datetime, next_try_at: datetime) -> Delivery:
    public_id = uuid.uuid4()
    return Delivery.objects.create(
        public_id=public_id,
        kind=DIGEST.key,
        recipient_id=delivery.recipient_id,
        webhook_id=delivery.webhook_id,
        transport=delivery.transport,
        subject=f"digest:{public_id}",
        path=reverse("notices:list"),
        facts={"count": 0},
        dedupe_key=f"digest:{public_id}",
        created_at=now,
        next_try_at=next_try_at,
    )
