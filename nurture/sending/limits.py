"""When a mail has to wait for its person: they are on the site, asleep, or got as many mails as one person may get.

The caller holds the leads, so two workers never count the same person at once.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Max

from leads.models import Activity, Lead
from leads.models.activity import BY_PERSON
from lib.zones import zone_of_place
from nurture.models import MailSend, SendingPolicy, SendState, Why
from outbox.quiet_hours import quiet_until

# So long after the last thing they did on the site nobody disturbs them.
QUIET: Final = timedelta(hours=1)
LONGEST_WINDOW: Final = timedelta(days=30)
# What people do in their mail program is no visit.
OF_MAIL: Final = ("email_opened", "email_clicked", "email_delivered", "email_received")

Moments = dict[int, list[datetime]]


@dataclass(frozen=True, slots=True)
class Wait:
    """Why a mail waits, and until when at least."""

    why: Why
    until: datetime


def waits(sends: Sequence[MailSend], *, policy: SendingPolicy, now: datetime) -> dict[int, Wait]:
    """Those of the sends that have to wait, by id. What goes now counts for the next one to the same person."""
    lead_ids = {send.lead_id for send in sends}
    if not lead_ids:
        return {}
    seen = _last_seen(lead_ids, now=now)
    lately = _sent_lately(sends, lead_ids, now=now)
    waiting = {}
    for send in sends:
        moments = lately[send.lead_id]
        if send.lead_id in seen:
            waiting[send.pk] = Wait(Why.ON_SITE, seen[send.lead_id] + QUIET)
        elif (until := _night_ends(send.lead, policy, now=now)) is not None:
            waiting[send.pk] = Wait(Why.QUIET, until)
        elif (until := free_again(moments, policy=policy, now=now)) is not None:
            waiting[send.pk] = Wait(Why.CAP, until)
        else:
            moments.append(now)
    return waiting


def _night_ends(lead: Lead, policy: SendingPolicy, *, now: datetime) -> datetime | None:
    """Until when no mail goes where the lead lives; None: one may."""
    if policy.quiet is None:
        return None
    return quiet_until(policy.quiet, zone_of_place(country=lead.country, phone=lead.phone, at=now), now=now)


def free_again(moments: Sequence[datetime], *, policy: SendingPolicy, now: datetime) -> datetime | None:
    """When a person who got mails at these moments may get another one; None: now."""
    until = []
    for days, most in ((1, policy.a_day), (7, policy.a_week), (30, policy.a_month)):
        window = timedelta(days=days)
        within = sorted(moment for moment in moments if moment > now - window)
        if len(within) >= most:
            until.append(within[len(within) - most] + window)
    return max(until, default=None)


def _last_seen(lead_ids: Collection[int], *, now: datetime) -> dict[int, datetime]:
    """When each of those who were active within the last hour was, themselves and not by mail."""
    lately = Activity.objects.filter(lead__among=list(lead_ids), occurred_at__range=(now - QUIET, now))
    by_person = lately.filter(machine__in=BY_PERSON).exclude(type__key__in=OF_MAIL)
    return dict(by_person.order_by().values_list("lead").annotate(last=Max("occurred_at")).values_list("lead", "last"))


def _sent_lately(sends: Sequence[MailSend], lead_ids: Collection[int], *, now: datetime) -> Moments:
    """When each person got mails; what another worker is sending just now counts as sent."""
    lately: Moments = defaultdict(list)
    of_them = MailSend.objects.filter(lead__among=list(lead_ids)).order_by()
    sent = of_them.filter(state=SendState.SENT, sent_at__gt=now - LONGEST_WINDOW)
    for lead_id, sent_at in sent.values_list("lead", "sent_at"):
        if sent_at is not None:  # a constraint says so too
            lately[lead_id].append(sent_at)
    leased = of_them.filter(state=SendState.PENDING, lease_until__gte=now)
    for lead_id in leased.exclude(pk__in=[send.pk for send in sends]).values_list("lead", flat=True):
        lately[lead_id].append(now)
    return lately
