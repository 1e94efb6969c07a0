"""The statements against counting by hand, over invented histories."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any, Final

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads.deals import Closing, close
from leads.events import SYSTEM
from leads.models import LastTouch
from reporting.counting import grouped
from reporting.filters import BY, MODE, TOUCH, By, Mode, Options, Touch
from reporting.metrics import Counts
from reporting.periods import Period
from tests.reporting.histories import channel, entered, lead

pytestmark = pytest.mark.django_db

START: Final = datetime(2026, 1, 20, tzinfo=UTC)
NOW: Final = START + timedelta(days=120)
CHANNELS: Final = ("", "email", "unknown", "spelling")  # spelling counts as email
NAMES: Final = {
    "created": "leads",
    "mql": "mqls",
    "passed": "passed",
    "sal": "sals",
    "sql": "sqls",
    "opportunity": "opportunities",
    "customer": "customers",
}
moments = st.integers(0, 80 * 24).map(lambda hours: START + timedelta(hours=hours))
stages = st.sampled_from(["lead", *list(NAMES)[1:]])
touches = st.sampled_from(CHANNELS)
events = st.lists(st.tuples(stages, moments), max_size=7)
histories = st.lists(st.tuples(moments, touches, touches, events), max_size=7)
periods = st.sampled_from(
    [
        Period(),
        Period(date(2026, 2, 1), date(2026, 2, 28)),
        Period(date(2026, 2, 10), None),
        Period(None, date(2026, 3, 1)),
    ]
)
History = tuple[datetime, str, str, list[tuple[str, datetime]]]


def by_hand(told: list[History], options: Options) -> dict[str, Counts]:
    """The same numbers, counted slowly: one lead after the other."""
    rows: dict[str, Counter[str]] = {}
    for created_at, first, last, happened in told:
        touched = first if TOUCH.of(options) == Touch.FIRST else last
        facts = [("created", created_at), *(fact for fact in happened if fact[0] != "lead")]
        if MODE.of(options) == Mode.COHORT:
            facts = facts if within(created_at, options.period) else []
        else:
            facts = [fact for fact in facts if within(fact[1], options.period)]
        was_mql = any(stage == "mql" for stage, _at in happened)
        for key in {key_of(touched, created_at, at, options) for _stage, at in facts}:
            mine = [stage for stage, at in facts if key_of(touched, created_at, at, options) == key]
            row = rows.setdefault(key, Counter())
            row.update(NAMES[stage] for stage in set(mine))
            row["mql_events"] += mine.count("mql")
            row["sqls_from_mqls"] += "sql" in mine and was_mql
            row["customers_from_mqls"] += "customer" in mine and was_mql
            young = created_at.date() >= NOW.date() - timedelta(days=90)
            row["immature"] += MODE.of(options) == Mode.COHORT and young
    return {key: Counts(**row) for key, row in rows.items()}


def key_of(touched: str, created_at: datetime, at: datetime, options: Options) -> str:
    if BY.of(options) == By.CHANNEL:
        return "email" if touched == "spelling" else touched
    return f"{created_at if MODE.of(options) == Mode.COHORT else at:%Y-%m}"


def within(at: datetime, period: Period) -> bool:
    return (period.starts_on or date.min) <= at.date() <= (period.ends_on or date.max)


def tell(told: list[History]) -> None:
    email = channel("email")
    spelling = channel("spelling", counts_as=email)
    known = {"": None, "email": email, "unknown": channel("unknown"), "spelling": spelling}
    for created_at, first, last, happened in told:
        subject = lead(created_at, first=known[first])
        LastTouch.objects.filter(lead=subject).update(channel=known[last])
        entered(subject, happened)


# Every example undoes what it wrote, so that they may share the fixture.
SHARED: Final = [HealthCheck.function_scoped_fixture]


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=SHARED)
@given(told=histories, period=periods)
def test_the_statements_count_what_counting_by_hand_counts(told: list[Any], period: Period) -> None:
    with transaction.atomic():
        tell(told)
        for mode, touch, by in product(Mode, Touch, (By.CHANNEL, By.MONTH)):
            options = Options(mode=mode, touch=touch, by=by, period=period)
            assert {group.key: group.counts for group in grouped(options, now=NOW).groups} == by_hand(told, options)
        transaction.set_rollback(True)


def test_a_customer_counts_on_the_day_that_became_known_last() -> None:
    subject = lead(START)
    february, march, april = (START + timedelta(days=days) for days in (20, 50, 75))
    for at, deal in ((march, "D1"), (april, "D2"), (february, "D1")):
        close(subject, Closing(is_won=True, at=at, external_id=deal), agent=SYSTEM, now=NOW)
    months = grouped(Options(mode=Mode.PERIOD, by=By.MONTH, touch=Touch.FIRST), now=NOW).groups
    assert {group.key: group.counts.customers for group in months} == {"2026-01": 0, "2026-02": 1}
