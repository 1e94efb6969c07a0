"""Quiet hours: whatever is pending for the person is put off until they are over."""

from datetime import datetime, time, timedelta, tzinfo
from typing import Final, Protocol

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from lib.leases import free
from lib.zones import first_moment, zone_of
from outbox.models import Delivery, QuietHours
from outbox.news_kinds import GATHERING

SATURDAY: Final = 5


class Quiet(Protocol):
    """From when to when; both alike: at no hour. Weekends are Saturday and Sunday, all day."""

    @property
    def starts_at(self) -> time: ...

    @property
    def ends_at(self) -> time: ...

    @property
    def weekends(self) -> bool: ...


def quiet_until(quiet: Quiet, zone: tzinfo, *, now: datetime) -> datetime | None:
    """When the quiet hours that hold now are over, on the clock of the zone; None when none hold."""
    moment = now
    for _turn in range(8):  # a night, a weekend, the night after it: never as many
        ends = _ends_at(quiet, zone, moment)
        if ends is None:
            break
        moment = ends
    return moment if moment > now else None


def _ends_at(quiet: Quiet, zone: tzinfo, moment: datetime) -> datetime | None:
    """When the weekend, or the hours, that the moment lies in are over."""
    local = moment.astimezone(zone)
    if quiet.weekends and local.weekday() >= SATURDAY:
        return first_moment(datetime.combine(local.date() + timedelta(days=7 - local.weekday()), time()), zone)
    clock = local.time()
    wraps = quiet.starts_at > quiet.ends_at
    after_start, before_end = clock >= quiet.starts_at, clock < quiet.ends_at
    if not (after_start or before_end if wraps else after_start and before_end):
        return None
    day = local.date() + timedelta(days=1) if wraps and after_start else local.date()
    ends = first_moment(datetime.combine(day, quiet.ends_at), zone)
    return ends if ends > moment else None  # the hour that comes twice in autumn


def is_put_off(delivery: Delivery, *, now: datetime) -> bool:
    """Whether its person has quiet hours; then all that waits for them is put off.

    The caller's transaction holds the lock of the row, which is due.
    """
    quiet = QuietHours.objects.filter(user=delivery.recipient_id).select_related("user").first()
    ends = quiet_until(quiet, zone_of(quiet.user.time_zone), now=now) if quiet else None
    if ends is None:
        return False
    waiting = Delivery.objects.filter(free(now), recipient=delivery.recipient_id, state=Delivery.State.PENDING)
    put_off(waiting.filter(next_try_at__lt=ends), until=ends)
    return True


@transaction.atomic
def release(user: User, *, now: datetime) -> None:
    """After a person changed the quiet hours: what was put off and never tried is looked at again, at once.

    Where quiet hours hold all the same, the sender puts it off anew. A digest keeps the moment it gathers until, and
    what failed before its next try.
    """
    put_off_before = Delivery.objects.filter(
        free(now), recipient=user, state=Delivery.State.PENDING, attempts=0, next_try_at__gt=now
    ).exclude(kind__in=GATHERING)
    put_off(put_off_before, until=now)


def put_off(deliveries: QuerySet[Delivery], *, until: datetime) -> None:
    """In one statement; what somebody else holds is theirs, so nobody waits for anybody."""
    locked = deliveries.order_by("pk").select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True)
    Delivery.objects.filter(pk__in=list(locked)).update(next_try_at=until)
