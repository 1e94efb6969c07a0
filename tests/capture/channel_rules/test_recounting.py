"""The past counted by the rules of today: what would change, then what changes, and what follows."""

from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from capture.channel_rules import recounting
from capture.channel_rules.arrivals import Arrival
from capture.channel_rules.editing import save_rule
from capture.channel_rules.matching import channel_of
from capture.channel_rules.recounting import NotTried, UnderWay, ask, go_on, last_trial
from capture.models import ChannelRecount
from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput
from leads.intake import take_activities, take_leads
from leads.models import ARRIVAL, Activity, Channel, Lead, LeadEvent
from leads.recounting import recount
from reporting.counting import grouped
from reporting.filters import By, Options
from scoring.models import ScoreRequest

pytestmark = pytest.mark.django_db
SEARCH, FAIR = Arrival(referrer="google.com"), Arrival(source="fair")


def visit(email: str, arrival: Arrival, at: datetime, channel: str = "") -> None:
    event = ActivityInput(
        message_id=f"{email} {at}", type="page_view", lead=LeadInput(email=email), occurred_at=at,
        channel=channel or channel_of(arrival), properties={ARRIVAL: arrival.stored()},
    )  # fmt: skip
    take_activities([event], agent=Agent(name="test"), source="test", now=at)


def rule_of_the_fair() -> None:
    values = {
        "name": "The fair", "channel": Channel.objects.get(key="event").pk, "origin": "any", "sources": ["fair"],
        "mediums": [], "click_ids": [], "hosts": [], "site_kinds": [], "is_enabled": True,
    }  # fmt: skip
    save_rule(rule_id=None, values=values)


def run(actor: User, now: datetime, *, is_trial: bool) -> ChannelRecount:
    ask(is_trial=is_trial, actor=actor, now=now)
    assert go_on(clock=lambda: now, until=monotonic() + 20) is False
    return ChannelRecount.objects.all()[0]


def touches(email: str) -> tuple[str | None, str | None]:
    lead = Lead.objects.select_related("first_channel", "last_touch__channel").get(email=email)
    first, last = lead.first_channel, lead.last_touch.channel
    return first.key if first else None, last.key if last else None


@pytest.fixture
def visits(now: datetime) -> None:
    """Of three people; to each came something that no rule knew."""
    day = timedelta(days=1)
    visit("first@example.com", FAIR, now - 3 * day)
    visit("first@example.com", SEARCH, now - 2 * day)
    visit("last@example.com", SEARCH, now - 3 * day)
    visit("last@example.com", FAIR, now - 2 * day, channel="referral")
    visit("said@example.com", FAIR, now - 3 * day)
    take_leads([LeadInput(email="said@example.com", channel="partner", created_at=now - 4 * day)],
               agent=Agent(name="a file"), now=now)  # fmt: skip


class TestRecounting:
    @pytest.mark.usefixtures("visits")
    def test_touches_follow_and_what_something_else_said_stays(self, marketer: User, now: datetime) -> None:
        rule_of_the_fair()
        trial = run(marketer, now, is_trial=True)
        assert trial.moves == [["", "event", 2, 1, 0], ["referral", "event", 1, 0, 1]]
        assert not Activity.objects.filter(channel__key="event").exists()
        done = run(marketer, now, is_trial=False)
        assert done.moves == trial.moves
        assert (done.leads_done, done.is_broken_off) == (3, False)
        assert touches("first@example.com") == ("event", "organic_search")
        assert touches("last@example.com") == ("organic_search", "event")
        assert touches("said@example.com")[0] == "partner"
        counted = {group.key: group.counts.leads for group in grouped(Options(by=By.CHANNEL), now=now).groups}
        assert counted == {"event": 1, "organic_search": 1, "partner": 1}

    @pytest.mark.usefixtures("visits")
    def test_each_lead_is_told_and_scored_and_again_nothing_changes(self, marketer: User, now: datetime) -> None:
        rule_of_the_fair()
        run(marketer, now, is_trial=True)
        ScoreRequest.objects.all().delete()
        run(marketer, now, is_trial=False)
        told = LeadEvent.objects.filter(kind="lead.recounted", actor=marketer)
        assert sorted(event.data["touches"] for event in told) == [[], ["first"], ["last"]]
        assert ScoreRequest.objects.count() == 3
        assert run(marketer, now, is_trial=True).moves == []
        assert run(marketer, now, is_trial=False).moves == []
        assert told.count() == 3

    @pytest.mark.usefixtures("visits")
    def test_another_worker_goes_on_where_one_died(
        self, marketer: User, now: datetime, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(recounting, "CHUNK", 1)
        rule_of_the_fair()
        run(marketer, now, is_trial=True)
        ask(is_trial=False, actor=marketer, now=now)
        with monkeypatch.context() as dying:
            calls: list[int] = []

            def die(*args: Any, **kwargs: Any) -> Any:
                calls.append(1)
                if len(calls) == 2:
                    raise SystemExit
                return recount(*args, **kwargs)

            dying.setattr(recounting, "recount", die)
            with pytest.raises(SystemExit):
                go_on(clock=lambda: now, until=monotonic() + 20)
        assert ChannelRecount.objects.get(finished_at=None).leads_done == 1
        go_on(clock=lambda: now, until=monotonic() + 20)
        assert [move[2] for move in ChannelRecount.objects.all()[0].moves] == [2, 1]
        assert LeadEvent.objects.filter(kind="lead.recounted").count() == 3

    @pytest.mark.usefixtures("visits")
    def test_it_never_goes_by_two_sets_of_rules(self, marketer: User, now: datetime) -> None:
        with pytest.raises(NotTried):
            ask(is_trial=False, actor=marketer, now=now)
        run(marketer, now, is_trial=True)
        ask(is_trial=False, actor=marketer, now=now)
        with pytest.raises(UnderWay):
            ask(is_trial=True, actor=marketer, now=now)
        rule_of_the_fair()
        go_on(clock=lambda: now, until=monotonic() + 20)
        assert ChannelRecount.objects.all()[0].is_broken_off
        assert not Activity.objects.filter(channel__key="event").exists()


@pytest.mark.usefixtures("visits")
def test_the_page_shows_what_would_change_and_then_changes_it(client: Client, marketer: User, now: datetime) -> None:
    client.force_login(marketer)
    here, channels = reverse("channels:recount"), reverse("channels:list")
    assert here in client.get(channels).text
    rule_of_the_fair()
    client.post(reverse("channels:recount_try"))
    assert "Counting what would change" in client.get(here, headers={"HX-Request": "true"}).text
    go_on(clock=lambda: now, until=monotonic() + 20)
    page = client.get(here)
    assert "Count 3 visits again" in page.text
    client.post(reverse("channels:recount_start"))
    go_on(clock=lambda: now, until=monotonic() + 20)
    assert last_trial() is not None
    assert "no longer holds" in client.get(here).text
