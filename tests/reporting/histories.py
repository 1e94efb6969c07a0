"""Leads with a past: written as it was recorded, so that reports have something to count."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count

from accounts.models import User
from handoff import event_kinds
from leads import lifecycle
from leads.event_kinds import CHANGED
from leads.events import SYSTEM, Agent, Entry, event_kind, record
from leads.models import Asset, Channel, LastTouch, Lead, Machine
from tests.scoring.building import did

_numbers = count(1)


def day(text: str, hour: int = 12) -> datetime:
    """2026-03-10 -> noon of that day, UTC."""
    return datetime.fromisoformat(text).replace(hour=hour, tzinfo=UTC)


def channel(key: str, *, counts_as: Channel | None = None) -> Channel:
    """A channel of that key, seeded or new."""
    found, _created = Channel.objects.update_or_create(key=key, defaults={"name": key, "counts_as": counts_as})
    return found


def lead(created_at: datetime, *, first: Channel | None = None, last: Channel | None = None) -> Lead:
    """A lead that came in then, through its first and its last channel."""
    made = Lead.objects.create(
        external_id=f"history-{next(_numbers)}", created_at=created_at, recorded_at=created_at, first_channel=first
    )
    LastTouch.objects.create(lead=made, at=created_at, channel=last or first)
    return made


def entered(subject: Lead, stages: Iterable[tuple[str, datetime]]) -> Lead:
    """Records transitions as they are; "passed" is a handoff passed to sales, which moves no stage."""
    record(
        [
            Entry(lead_id=subject.pk, kind=event_kinds.PASSED, at=at)
            if stage == "passed"
            else Entry(lead_id=subject.pk, kind=CHANGED, at=at, to_stage=stage)
            for stage, at in stages
        ],
        agent=SYSTEM,
        now=max((at for _stage, at in stages), default=subject.created_at),
    )
    return subject


def everything() -> None:
    """Something for every report to find: a customer, one whom sales rejected, one that became nothing, each by another
    channel, of which one has a formula for a name. A report that counts what nobody did here adds it.
    """
    came, later = day("2026-02-02"), day("2026-02-03")
    stages = ("mql", "passed", "sal", "sql", "opportunity", "customer")
    entered(lead(came, first=channel("email")), [(stage, later) for stage in stages])
    rejected = entered(lead(came, first=channel("=1+1")), [("mql", later), ("passed", later)])
    record(
        [Entry(lead_id=rejected.pk, kind=event_kind("handoff.rejected"), at=later, reason="not_icp")],
        agent=SYSTEM,
        now=later,
    )
    guide = Asset.objects.create(key="LM_Guide_Feb2026", name="Guide")
    nothing = lead(came, first=channel("seo"))
    for number, (kind, machine) in enumerate(
        (("email_opened", 2), ("email_opened", 0), ("email_clicked", 3), ("page_view", 0))
    ):
        did(nothing, "download", later + timedelta(hours=number), asset=guide)
        did(nothing, kind, later + timedelta(hours=number), machine=Machine(machine))


def journey(subject: Lead, *, rep: User, start: datetime, until: str = "customer") -> Lead:
    """The whole way through the lifecycle, one transition after the other, up to the stage `until`."""
    agent = Agent(user=rep)
    lifecycle.become_mql(subject, agent=SYSTEM, now=start, data={})
    lifecycle.change_owner(subject, event_kinds.PASSED, owner=rep, agent=SYSTEM, now=start)
    if until == "mql":
        return subject
    lifecycle.accept(subject, event_kinds.ACCEPTED, owner=rep, agent=agent, now=start)
    if until == "sal":
        return subject
    lifecycle.qualify(subject, event_kinds.QUALIFIED, agent=agent, now=start)
    if until == "sql":
        return subject
    lifecycle.become_customer(subject, agent=agent, at=start, now=start)
    return subject
