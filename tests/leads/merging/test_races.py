"""Merges beside merges and beside what comes in; the control is the same code without its lock."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest

from leads import lifecycle
from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput, Taken
from leads.intake import take_activities, take_leads
from leads.merging.merging import merge
from leads.merging.undoing import NotMergeable
from leads.models import Activity, Lead, Merge
from tests.threads import at_once

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("transactional")]
AGENT = Agent(name="test")
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def two() -> tuple[int, int]:
    said = [LeadInput(email=f"{name}@x.example", external_id=name, system="crm") for name in ("one", "other")]
    results = take_leads(said, agent=AGENT, now=NOW - timedelta(days=1))
    one, other = (result.lead_id for result in results if isinstance(result, Taken))
    return one, other


def try_to_merge(pair: tuple[int, int]) -> str:
    try:
        merge(lead_ids=pair, agent=AGENT, now=NOW)
    except NotMergeable:
        return "refused"
    return "merged"


class TestRaces:
    def test_two_who_merge_the_same_two_merge_them_once(self) -> None:
        pair = two()
        told = at_once(lambda: try_to_merge(pair), lambda: try_to_merge((pair[1], pair[0])))
        assert sorted(map(str, told)) == ["merged", "refused"]
        assert (Lead.objects.count(), Merge.objects.count()) == (1, 1)

    @pytest.mark.parametrize("name", ["one", "other"])
    def test_nothing_that_comes_in_meanwhile_is_lost_or_makes_a_twin(self, name: str) -> None:
        pair = two()

        def send(number: int) -> Callable[[], object]:
            lead = LeadInput(email=f"{name}@x.example") if number % 2 else LeadInput(external_id=name, system="crm")
            view = ActivityInput(message_id=f"{number}", type="page_view", lead=lead, occurred_at=NOW)
            return lambda: take_activities([view], agent=AGENT, source="s", now=NOW)

        at_once(lambda: try_to_merge(pair), *(send(number) for number in range(6)))
        assert Lead.objects.count() == 1
        assert Activity.objects.filter(lead=pair[0]).count() == 6


class TestControl:
    def test_without_the_lock_both_believe_they_merge_them(self, monkeypatch: pytest.MonkeyPatch) -> None:
        both_have_looked, usual = Barrier(2, timeout=30), lifecycle.goes_on_as

        def wait(survivor: Lead, merged: Lead) -> Lead:
            both_have_looked.wait()
            return usual(survivor, merged)

        monkeypatch.setattr(lifecycle, "locked", lambda ids: Lead.objects.filter(pk__in=ids).order_by("pk"))
        monkeypatch.setattr(lifecycle, "goes_on_as", wait)
        pair = two()
        told = at_once(lambda: try_to_merge(pair), lambda: try_to_merge(pair))
        # Nobody is told that the other was first; the second one stops half way, wherever it comes to what is gone.
        assert "refused" not in told
        assert any(isinstance(answer, Exception) for answer in told), told
