"""The pages of sequences: made by plain forms, looked at before they start, filled by hand and from the list."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from handoff.models import Reason
from leads.bulk import changing
from leads.models import BulkChange, Lead
from nurture.models import Enrolment, Sequence
from nurture.segments import editing as segments
from nurture.segments import lists
from nurture.segments.conditions import left_out
from nurture.sequences import editing
from nurture.sequences.dry_run import dry_run
from nurture.sequences.tree import walk
from tests.nurture.sequences import WAIT_3_DAYS, draft, enrol, start, started, steps_of, tell, work

pytestmark = pytest.mark.django_db
MakeLead = Callable[..., Lead]
RULES = {"name": "White paper", "entry": "hand", "reentry": "never", "on_return": "resume"}


@pytest.fixture
def marketing(marketer: User) -> Client:
    client = Client()
    client.force_login(marketer)
    return client


def page(name: str, *about: Any, **query: str) -> str:
    return reverse(f"sequences:{name}", args=about) + (f"?{urlencode(query)}" if query else "")


def add(client: Client, sequence: Sequence, kind: str, said: dict[str, Any], **place: str) -> Any:
    return client.post(page("step_add", sequence.public_id, kind=kind, **place), said)


class TestMaking:
    def test_it_is_made_step_by_step_with_branches_looked_at_and_started(
        self, marketing: Client, make_lead: MakeLead, marketer: User, now: datetime
    ) -> None:
        assert marketing.post(page("new"), RULES).status_code == 302
        sequence = Sequence.objects.get()
        assert "There is no step yet" in marketing.get(page("steps", sequence.public_id)).text
        assert "Wait for something" in marketing.get(page("step_add", sequence.public_id)).text
        add(marketing, sequence, "wait", {"step-count": "3", "step-unit": "days"})
        add(marketing, sequence, "ask", {"country": "Portugal"}, after="s1")
        add(marketing, sequence, "notify", {"step-text": "Write to them"}, into="s2", branch="yes")
        add(marketing, sequence, "notify", {"step-text": "Thanks"})
        steps = sequence.versions.get().steps
        assert [step["id"] for step in walk(steps)] == ["s4", "s1", "s2", "s3"]
        assert steps[2]["query"] == "country=Portugal"
        texts = marketing.get(page("steps", sequence.public_id)).text
        assert "Wait 3 days." in texts
        assert "Is it one of the leads from Portugal?" in texts
        look = marketing.get(page("start", sequence.public_id)).text
        assert "Tell who owns the lead: “Thanks”." in look
        assert "“Write to them”" not in look
        answer = marketing.post(page("start", sequence.public_id), follow=True)
        assert "is running" in answer.text
        one = enrol(Sequence.objects.get(), make_lead(country="PT"), by=marketer, now=now)
        work(now)
        assert steps_of(one) == [("s4", "done")]
        assert "1 at it" in marketing.get(page("detail", sequence.public_id)).text

    def test_steps_are_changed_moved_and_taken_away(self, marketing: Client, marketer: User, now: datetime) -> None:
        sequence = draft([tell("s1"), tell("s2")], by=marketer, now=now)
        about = [sequence.public_id, "s1"]
        assert 'value="Look"' in marketing.get(page("step_change", *about)).text
        marketing.post(page("step_change", *about), {"step-text": "Other"})
        marketing.post(page("step_move", *about), {"move": "down"})
        steps = sequence.versions.get().steps
        assert [(step["id"], step["text"]) for step in steps] == [("s2", "Look"), ("s1", "Other")]
        marketing.post(page("step_move", *about), {"move": "remove"})
        assert [step["id"] for step in sequence.versions.get().steps] == ["s2"]
        assert marketing.get(page("step_change", *about)).status_code == 404

    @pytest.mark.parametrize(
        ("kind", "said", "words"),
        [
            ("wait", {"step-count": "0", "step-unit": "days"}, "greater than or equal to 1"),
            ("wait_until", {"step-weekdays": ["1"], "step-time": "25:00"}, "Write a time of day like 09:30."),
            ("ask", {}, "Say at least one condition."),
            ("wait_for", {"step-days": "3", "step-activity": "page_view", "country": "PT"}, "not both"),
            (
                "wait_for",
                {"step-days": "3", "step-activity": "page_view", "step-page": "/none"},
                "No page of this path",
            ),
            ("send", {}, "This field is required."),
            ("set_field", {"step-field": "custom.none"}, "not one of the available choices"),
        ],
    )
    def test_what_cannot_be_used_is_said_and_what_was_typed_stays(
        self, kind: str, said: dict[str, Any], words: str, marketing: Client, marketer: User, now: datetime
    ) -> None:
        sequence = draft([tell("s1")], by=marketer, now=now)
        answer = add(marketing, sequence, kind, said, after="s1")
        assert answer.status_code == 422
        assert words in answer.text
        assert len(sequence.versions.get().steps) == 1

    def test_who_is_second_is_told(self, marketing: Client, marketer: User, now: datetime) -> None:
        sequence = draft([tell("s1")], by=marketer, now=now)
        old = "2020-01-01T00:00:00+00:00"
        said = {"step-text": "Mine", "seen_at": old}
        answer = marketing.post(page("step_change", sequence.public_id, "s1"), said)
        assert "Somebody changed it meanwhile" in answer.text
        assert 'value="Mine"' in answer.text
        answer = marketing.post(page("change", sequence.public_id), {**RULES, "seen_at": old})
        assert "Somebody changed it meanwhile" in answer.text

    def test_rules_say_what_is_missing(self, marketing: Client, marketer: User, now: datetime) -> None:
        draft([], by=marketer, now=now)
        answer = marketing.post(page("new"), {**RULES, "entry": "segment", "reentry": "after"})
        assert "Choose the segment or list whose leads enter." in answer.text
        assert "Say after how many days." in answer.text
        assert "at least one reason" in marketing.post(page("new"), {**RULES, "entry": "return"}).text
        assert "There is a sequence of this name" in marketing.post(page("new"), RULES).text

    def test_a_goal_is_said_as_conditions_and_kept_when_the_rules_change(
        self, marketing: Client, marketer: User, now: datetime
    ) -> None:
        sequence = draft([tell("s1")], by=marketer, now=now)
        marketing.post(page("goal", sequence.public_id), {"stage": "mql"})
        marketing.post(page("exit", sequence.public_id), {"country": "DE"})
        reason = Reason.objects.get(key="not_icp")
        marketing.post(page("change", sequence.public_id), {**RULES, "entry": "return", "reasons": [reason.pk]})
        sequence.refresh_from_db()
        assert (sequence.goal, sequence.exit_when, sequence.entry) == ("stage=mql", "country=DE", "return")
        texts = marketing.get(page("detail", sequence.public_id)).text
        assert "Leads at the stage MQL." in texts
        assert reason.name in texts

    def test_steps_that_are_wrong_are_named_before_the_start(
        self, marketing: Client, marketer: User, now: datetime
    ) -> None:
        fair = segments.make_list(name="Fair", actor=marketer, now=now)
        sequence = draft([{"id": "s1", "kind": "add", "list": str(fair.public_id)}], by=marketer, now=now)
        segments.delete(fair.pk)
        assert "This list is not there any more." in marketing.get(page("steps", sequence.public_id)).text
        answer = marketing.post(page("start", sequence.public_id))
        assert (answer.status_code, "cannot be started yet" in answer.text) == (422, True)
        assert Sequence.objects.get().state == "draft"

    def test_it_is_paused_goes_on_gets_a_new_version_and_is_stopped(
        self, marketing: Client, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        sequence = started([WAIT_3_DAYS], by=marketer, now=now)
        enrol(sequence, make_lead(), by=marketer, now=now)
        assert "is paused for everybody" in marketing.post(page("halt", sequence.public_id), follow=True).text
        assert "goes on" in marketing.post(page("go_on", sequence.public_id), follow=True).text
        marketing.post(page("steps", sequence.public_id))
        assert sequence.versions.count() == 2
        assert "1 lead leaves it." in marketing.get(page("stop", sequence.public_id)).text
        assert "is stopped for everybody" in marketing.post(page("stop", sequence.public_id), follow=True).text
        gone = draft([], by=marketer, now=now, name="Draft")
        marketing.post(page("stop", gone.public_id))
        assert not Sequence.objects.filter(pk=gone.pk).exists()


class TestDryRun:
    def test_who_would_be_in_and_what_each_gets_when_by_day(
        self, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        fair = segments.make_list(name="Fair", actor=marketer, now=now)
        leads = [make_lead(country=country) for country in ("PT", "PT", "DE", "FR")]
        lists.add_to_list(fair.pk, [lead.pk for lead in leads], actor=marketer, now=now)
        ask = {"id": "i", "kind": "ask", "query": "country=PT", "yes": [tell("y", "Olá")], "no": [tell("n", "Hallo")]}
        sequence = draft([WAIT_3_DAYS, ask], by=marketer, now=now, entry="segment", segment=fair, goal="country=FR")
        run = dry_run(sequence, sequence.versions.get(), now=now)
        assert (run.inside, run.entering, run.over_at_once) == (4, 4, 1)
        third = now.date().replace(day=now.day + 3)
        assert [(deed.day, deed.leads) for deed in run.deeds] == [(third, 2), (third, 1)]
        start(sequence, by=marketer, now=now, with_members=True)
        work(now)
        assert Enrolment.objects.open().count() == 3


class TestLeads:
    def test_one_is_put_in_on_its_page_which_shows_the_step_and_taken_out(
        self, marketing: Client, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        lead, sequence = make_lead(), started([WAIT_3_DAYS], by=marketer, now=now)
        said = {"sequence": str(sequence.public_id)}
        answer = marketing.post(page("enrol", lead.public_id), said, follow=True)
        assert "At: Wait 3 days." in answer.text
        one = Enrolment.objects.get()
        assert (one.entered_by, one.how) == (marketer, "hand")
        assert "is in it already" in marketing.post(page("enrol", lead.public_id), said, follow=True).text
        listed = marketing.get(reverse("leads:list"), {"sequence": str(sequence.public_id)})
        assert lead.email in listed.text
        assert lead.email in marketing.get(page("enrolments", sequence.public_id)).text
        marketing.post(page("take_out", one.public_id))
        assert lead.email not in marketing.get(page("enrolments", sequence.public_id)).text
        assert lead.email in marketing.get(page("enrolments", sequence.public_id, shown="left")).text
        assert "had left it already" in marketing.post(page("take_out", one.public_id), follow=True).text

    def test_many_are_put_in_from_the_list_and_all_taken_out_at_once(
        self, marketing: Client, marketer: User, make_lead: MakeLead, now: datetime
    ) -> None:
        sequence, leads = started([WAIT_3_DAYS], by=marketer, now=now), [make_lead(), make_lead()]
        choice = changing.choose([lead.pk for lead in leads], actor=marketer, now=now)
        marketing.post(page("enrol_many", choice.public_id), {"sequence": str(sequence.public_id)})
        assert Enrolment.objects.open().count() == 2
        choice = BulkChange.objects.get(pk=choice.pk)
        assert choice.changed == 2
        changing.ask_undo(choice, clock=lambda: now)
        assert set(Enrolment.objects.values_list("reason", flat=True)) == {"hand"}

    def test_a_sequence_is_no_condition_of_a_segment(self, marketing: Client, marketer: User, now: datetime) -> None:
        sequence = started([WAIT_3_DAYS], by=marketer, now=now)
        listed = marketing.get(reverse("leads:list"), {"sequence": str(sequence.public_id)})
        assert left_out(listed.wsgi_request.GET) == ["Sequence"]

    def test_a_rep_reads_and_changes_nothing(self, client: Client, rep: User, marketer: User, now: datetime) -> None:
        sequence = started([WAIT_3_DAYS], by=marketer, now=now)
        client.force_login(rep)
        texts = client.get(page("detail", sequence.public_id)).text
        assert "Wait 3 days." in texts
        assert "New version" not in texts
        assert client.post(page("halt", sequence.public_id)).status_code == 403
        assert editing.halt(sequence.pk, now=now)
