"""Leads whose outcome is known, through the lifecycle's own functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from leads import lifecycle
from leads.events import Agent
from leads.inputs import LeadInput, Taken
from leads.intake import take_leads
from leads.models import Lead
from scoring.advice.verdicts import Advice, advice
from scoring.backtest import replay
from scoring.criteria.content import content_digest
from scoring.criteria.publication import propose, publish, sign
from scoring.models import Analysis, Criteria, Rule, Signature
from tests.scoring.building import DAY
from tests.scoring.shipped import make_draft

TEST = Agent(name="test")


def won(lead: Lead, at: datetime) -> Lead:
    lead.refresh_from_db()
    assert lifecycle.become_customer(lead, agent=TEST, at=at, now=at)
    return lead


def lost(lead: Lead, at: datetime) -> Lead:
    lead.refresh_from_db()
    assert lifecycle.become_lost(lead, agent=TEST, at=at, now=at)
    return lead


def answer(criteria: Criteria, *, now: datetime, days: int = 180) -> dict[str, Any]:
    """What a worker answers, without a row for it."""
    work = replay.run(Analysis(kind="backtest", criteria=criteria, options={"days": days}), now=now)
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: dict[str, Any] = end.value
            return result


def stored(criteria: Criteria, actor: User, now: datetime) -> Analysis:
    """An answered backtest, as a worker leaves it."""
    return Analysis.objects.create(
        kind="backtest", criteria=criteria, content_digest=content_digest(criteria), options={"days": 180},
        asked_by=actor, asked_at=now, finished_at=now, result=answer(criteria, now=now),
    )  # fmt: skip


def fit(title: str, points: int, **more: Any) -> dict[str, Any]:
    """A rule on a job title, named after it."""
    condition = {"kind": "fit", "name": title, "field": "job_title", "operator": "is", "values": [title]}
    return condition | {"points": points} | more


@dataclass
class History:
    """Criteria in force that give clerks twice the points of vice presidents, and their backtest."""

    held: Criteria
    analysis: Analysis

    @property
    def result(self) -> dict[str, Any]:
        result: dict[str, Any] | None = self.analysis.result
        assert result is not None
        return result

    @property
    def advice(self) -> Advice:
        return advice(self.held, self.analysis)

    @property
    def rules(self) -> list[Rule]:
        return list(self.held.rules.all())


def history_of(marketer: User, manager: User, now: datetime) -> History:
    """80 vice presidents of whom 40 bought; 80 clerks of whom 4 did, none of the 60 who came by paid social."""
    draft = make_draft(marketer, now - 300 * DAY)
    draft.rules.all().delete()
    for place, rule in enumerate((fit("vp", 10), fit("clerk", 20))):
        Rule.objects.create(criteria=draft, position=place, **rule)
    propose(criteria_id=draft.pk, actor=marketer, now=now - 300 * DAY)
    for side, person in ((Signature.Side.MARKETING, marketer), (Signature.Side.SALES, manager)):
        sign(criteria_id=draft.pk, side=side, actor=person, now=now - 300 * DAY)
    held = publish(criteria_id=draft.pk, actor=marketer, now=now - 300 * DAY)
    close(
        [
            *(("vp", "email", place < 40) for place in range(80)),
            *(("clerk", "email", place < 4) for place in range(20)),
            *(("clerk", "paid_social", False) for _place in range(60)),
        ],
        now,
    )
    return History(held, stored(held, marketer, now))


def close(rows: Sequence[tuple[str, str, bool]], now: datetime, *, start: int = 0) -> None:
    """Leads by job title, channel and whether they were won, yesterday."""
    inputs = [
        LeadInput(email=f"n{place}@example.com", job_title=title, channel=channel, created_at=now - 50 * DAY)
        for place, (title, channel, _is_won) in enumerate(rows, start)
    ]
    keys = [taken.lead_id for taken in take_leads(inputs, agent=TEST, now=now) if isinstance(taken, Taken)]
    leads = Lead.objects.in_bulk(keys)
    for key, (_title, _channel, is_won) in zip(keys, rows, strict=True):
        (won if is_won else lost)(leads[key], now - DAY)
