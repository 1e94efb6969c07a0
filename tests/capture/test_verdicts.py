"""Machine activity is kept and worth nothing, and a person can decide otherwise, either way."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from capture.verdicts import MOST_AT_ONCE, TooMany, decide
from leads.events import Agent
from leads.models import Activity, Lead, LeadEvent, Machine
from leads.timeline import timeline
from lib import clock
from scoring.engine.batches import drain
from scoring.models import Score, ScoreRequest, Why
from tests.scoring.building import DAY, did
from tests.threads import at_once

pytestmark = pytest.mark.django_db
MakeLead = Callable[..., Lead]
SOMEBODY = Agent(name="test")


@pytest.fixture
def opened(make_lead: MakeLead, now: datetime) -> Activity:
    """Worth 20 points, if a person did it."""
    return did(make_lead(), "programme_joined", now - DAY, machine=Machine.CRAWLER)


class TestDecide:
    def test_what_a_person_did_counts(self, opened: Activity, marketer: User, now: datetime) -> None:
        drain(now=now)
        assert Score.objects.get(lead=opened.lead).total == 0
        assert decide(activity_ids=[opened.pk], by_person=True, agent=Agent(user=marketer), now=now) == 1
        assert ScoreRequest.objects.get(lead=opened.lead).why == Why.ACTIVITY
        drain(now=now)
        opened.refresh_from_db()
        assert (opened.machine, Score.objects.get(lead=opened.lead).total) == (Machine.OVERRULED, 20)
        event = LeadEvent.objects.get(kind="activity.by_person")
        assert (event.actor, event.data) == (marketer, {"activities": 1})
        assert timeline(opened.lead)[0][0].detail == f"by {marketer} · 1 activity"

    def test_what_a_program_did_is_kept_and_worth_nothing(
        self, make_lead: MakeLead, marketer: User, now: datetime
    ) -> None:
        joined = did(make_lead(), "programme_joined", now - DAY)
        drain(now=now)
        decide(activity_ids=[joined.pk], by_person=False, agent=Agent(user=marketer), now=now)
        drain(now=now)
        joined.refresh_from_db()
        assert (joined.machine, Score.objects.get(lead=joined.lead).total) == (Machine.DECIDED, 0)
        shown = {entry.sentence: (entry.meaning, entry.detail) for entry in timeline(joined.lead)[0]}
        assert shown["Joined a programme"] == ("machine", "program, by decision")

    def test_it_can_be_decided_back(self, opened: Activity, now: datetime) -> None:
        for by_person, machine in ((True, Machine.OVERRULED), (False, Machine.DECIDED), (True, Machine.OVERRULED)):
            assert decide(activity_ids=[opened.pk], by_person=by_person, agent=SOMEBODY, now=now) == 1
            opened.refresh_from_db()
            assert opened.machine == machine

    def test_deciding_what_is_so_already_leaves_no_trace(self, opened: Activity, now: datetime) -> None:
        ScoreRequest.objects.all().delete()
        assert decide(activity_ids=[opened.pk], by_person=False, agent=SOMEBODY, now=now) == 0
        assert decide(activity_ids=[], by_person=True, agent=SOMEBODY, now=now) == 0
        opened.refresh_from_db()
        assert opened.machine == Machine.CRAWLER  # the reason it was marked for stays known
        assert not ScoreRequest.objects.exists()
        assert not LeadEvent.objects.filter(kind__startswith="activity.").exists()

    def test_one_event_for_each_lead_with_its_own_number(self, make_lead: MakeLead, now: datetime) -> None:
        busy, quiet = make_lead(), make_lead()
        done = [did(lead, "download", now, machine=Machine.SCANNER) for lead in (busy, busy, quiet)]
        done.append(did(quiet, "download", now))
        assert decide(activity_ids=[one.pk for one in done], by_person=True, agent=SOMEBODY, now=now) == 3
        events = LeadEvent.objects.filter(kind="activity.by_person").order_by("lead_id")
        assert [(event.lead, event.data["activities"]) for event in events] == [(busy, 2), (quiet, 1)]

    def test_too_many_at_once_are_refused(self, now: datetime) -> None:
        with pytest.raises(TooMany):
            decide(activity_ids=range(MOST_AT_ONCE + 1), by_person=True, agent=SOMEBODY, now=now)

    def test_the_database_knows_no_other_verdict(self, opened: Activity) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Activity.objects.filter(pk=opened.pk).update(machine=12)


class TestOnTheLeadsPage:
    def test_one_click_says_that_a_person_did_it_and_the_score_follows(
        self, client: Client, opened: Activity, marketer: User, now: datetime
    ) -> None:
        drain(now=now)
        client.force_login(marketer)
        page = client.get(f"/leads/{opened.lead.public_id}/").content.decode()
        address = reverse("machines:of_lead", args=[opened.lead.public_id])
        assert f'hx-get="{address}"' in page
        assert client.get(address).content.decode().count("csrfmiddlewaretoken") == 2  # with the one to sign out
        panel = client.get(address, headers={"HX-Request": "true"}).content.decode()
        assert "Joined a programme" in panel
        assert "known crawler" in panel
        decision = reverse("machines:by_person", args=[opened.lead.public_id])
        answer = client.post(decision, {"activity": opened.pk}, follow=True)
        assert "1 activity counts as a person&#x27;s." in answer.content.decode()
        drain(now=clock.now())
        assert Score.objects.get(lead=opened.lead).total == 20
        assert client.get(address, headers={"HX-Request": "true"}).content.decode().strip() == ""

    def test_all_of_them_at_once_and_nobody_elses(
        self, client: Client, make_lead: MakeLead, marketer: User, now: datetime
    ) -> None:
        lead, other = make_lead(), make_lead()
        for each in (lead, lead, other):
            did(each, "download", now - DAY, machine=Machine.SCANNER)
        client.force_login(marketer)
        decision = reverse("machines:by_person", args=[lead.public_id])
        strangers = Activity.objects.get(lead=other)
        client.post(decision, {"activity": strangers.pk})
        assert client.post(decision, {"activity": "one"}).status_code == 404
        client.post(decision)
        machines = Activity.objects.order_by("pk").values_list("machine", flat=True)
        assert list(machines) == [Machine.OVERRULED, Machine.OVERRULED, Machine.SCANNER]

    def test_sales_sees_it_and_decides_nothing(
        self, client: Client, opened: Activity, manager: User, now: datetime
    ) -> None:
        client.force_login(manager)
        page = client.get(reverse("machines:of_lead", args=[opened.lead.public_id])).content.decode()
        assert "known crawler" in page
        assert "A person did this" not in page
        decision = reverse("machines:by_person", args=[opened.lead.public_id])
        assert client.post(decision, {"activity": opened.pk}).status_code == 403


@pytest.mark.slow
@pytest.mark.usefixtures("transactional")
class TestAtOnce:
    def test_two_who_decide_the_same_leave_one_event(self, make_lead: MakeLead, now: datetime) -> None:
        opened = did(make_lead(), "download", now, machine=Machine.CRAWLER)
        call = partial(decide, activity_ids=[opened.pk], by_person=True, agent=SOMEBODY, now=now)
        assert sorted(map(str, at_once(call, call, call))) == ["0", "0", "1"]
        assert LeadEvent.objects.filter(kind="activity.by_person").count() == 1


class TestAdmin:
    @pytest.fixture
    def act(self, client: Client, opened: Activity) -> Callable[..., Any]:
        def act(person: User, **said: Any) -> Any:
            client.force_login(person)
            said = {"action": "by_person", "_selected_action": [opened.pk]} | said
            return client.post(reverse("admin:leads_activity_changelist"), said, follow=True)

        return act

    def test_it_asks_before_it_does(self, act: Callable[..., Any], opened: Activity, marketer: User) -> None:
        asked = act(marketer).content.decode()
        assert "1 activity was taken for a program" in asked
        assert "The score of 1 lead is computed again" in asked
        opened.refresh_from_db()
        assert opened.machine == Machine.CRAWLER
        assert "1 activity was decided otherwise." in act(marketer, confirmed="yes").content.decode()
        opened.refresh_from_db()
        assert opened.machine == Machine.OVERRULED
        assert "count as a person" in act(marketer).content.decode()

    def test_all_that_the_filter_shows_are_too_many(
        self, act: Callable[..., Any], opened: Activity, marketer: User, now: datetime
    ) -> None:
        Activity.objects.bulk_create(
            Activity(
                lead=opened.lead, type=opened.type, occurred_at=now, received_at=now, message_key=Lead().public_id,
                digest=0, machine=Machine.SCANNER,
            )
            for _ in range(MOST_AT_ONCE)
        )  # fmt: skip
        assert "at most 1000 activities" in act(marketer, select_across="1").content.decode().replace(",", "")
        assert not Activity.objects.filter(machine=Machine.OVERRULED).exists()

    def test_who_may(
        self, act: Callable[..., Any], opened: Activity, manager: User, administrator: User, rep: User
    ) -> None:
        for person in (manager, rep):
            act(person, confirmed="yes")
            opened.refresh_from_db()
            assert opened.machine == Machine.CRAWLER
        act(administrator, confirmed="yes")
        opened.refresh_from_db()
        assert opened.machine == Machine.OVERRULED

    @pytest.mark.parametrize(("words", "found"), [("", 2), (" ADA@example.com ", 1), ("ada", 0), ("a\x00b@c", 0)])
    def test_those_of_one_lead_are_found_by_its_address(
        self,
        client: Client,
        opened: Activity,
        make_lead: MakeLead,
        marketer: User,
        now: datetime,
        words: str,
        found: int,
    ) -> None:
        did(make_lead(email="ada@example.com"), "download", now)
        client.force_login(marketer)
        answer = client.get(reverse("admin:leads_activity_changelist"), {"q": words})
        if answer.status_code == 200:
            assert len(answer.context["cl"].result_list) == found
        else:
            assert (answer.status_code, found) == (400, 0)
