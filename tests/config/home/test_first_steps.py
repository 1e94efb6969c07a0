"""The first-run list: done by facts, shown to who may do a step, put away and brought back."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import first_steps, keys, roles
from accounts.models import HiddenSteps, SettledStep, User
from capture.models import ImportBatch
from capture.sites.adding import add_site
from handoff.models import Calendar, RoutingRule, SlaPolicy
from scoring.criteria.publication import draft_from, propose, publish, sign
from scoring.models import Criteria

pytestmark = pytest.mark.django_db


def steps(person: User) -> dict[str, tuple[bool, str]]:
    """Key -> whether it is done, and how it stands, as the person reads it."""
    return {one.step.key: (one.is_done, one.standing.text) for one in first_steps.shown_to(person)}


def done(person: User) -> set[str]:
    return {key for key, (is_done, _text) in steps(person).items() if is_done}


class TestFacts:
    def test_an_empty_installation_has_done_nothing(self, administrator: User) -> None:
        assert done(administrator) == set()
        assert len(steps(administrator)) == 8

    def test_people_are_there_when_each_needed_role_is_somebodys(
        self, administrator: User, marketer: User, rep: User
    ) -> None:
        assert steps(administrator)["people"] == (False, "3 people are here. Nobody has yet the role Sales manager.")
        User.objects.create_user("m@example.com", roles=[roles.SALES_MANAGER], is_active=False)
        assert "people" not in done(administrator)  # who has left signs nothing
        User.objects.filter(email="m@example.com").update(is_active=True)
        assert steps(administrator)["people"] == (True, "4 people are here.")

    def test_somebody_takes_leads(self, administrator: User, rep: User) -> None:
        assert steps(administrator)["reps"] == (
            True,
            "1 rep takes leads. No rule names anybody, so whoever has most room gets the next.",
        )
        RoutingRule.objects.create(name="Iberia")
        assert steps(administrator)["reps"][1] == "1 rep takes leads. 1 rule says who gets which."

    def test_a_website_counts_once_something_came_from_it(self, administrator: User) -> None:
        site = add_site(name="Site", origins=["https://example.com"], actor=None, now=timezone.now())
        assert steps(administrator)["website"] == (False, "A website is named, but nothing has come from it yet.")
        site.sightings.create(at=timezone.now(), facts={})
        assert "website" in done(administrator)

    def test_an_import_counts_when_it_is_done(self, administrator: User) -> None:
        moment = timezone.now()
        batch = ImportBatch.objects.create(
            file_name="a.csv", state="running", encoding="utf-8", delimiter=",", created_at=moment, touched_at=moment
        )
        assert "import" not in done(administrator)
        ImportBatch.objects.filter(pk=batch.pk).update(state="done", finished_at=moment)
        assert "import" in done(administrator)

    def test_the_home_page_says_how_many_rows_of_a_file_were_used(self, client: Client, marketer: User) -> None:
        moment = timezone.now()
        ImportBatch.objects.create(
            file_name="a.csv", state="done", encoding="utf-8", delimiter=",", created_at=moment, touched_at=moment,
            finished_at=moment, created_by=marketer, rows=30, created=28, rejected=2,
        )  # fmt: skip
        client.force_login(marketer)
        assert "a.csv was imported: 28 rows. 2 rows were not used." in client.get("/").text

    def test_the_criteria_count_when_both_sides_signed_what_is_in_force(
        self, administrator: User, marketer: User, manager: User
    ) -> None:
        moment = timezone.now()
        assert "nobody has signed it" in steps(manager)["criteria"][1]
        draft = draft_from(Criteria.objects.get(), actor=marketer, now=moment)
        propose(criteria_id=draft.pk, actor=marketer, now=moment)
        assert steps(manager)["criteria"] == (False, "Version 2 is proposed and waits for signatures.")
        sign(criteria_id=draft.pk, side="marketing", actor=marketer, now=moment)
        sign(criteria_id=draft.pk, side="sales", actor=manager, now=moment)
        signed = "Version 2 is signed by both sides and can be put into force."
        assert steps(manager)["criteria"] == (False, signed)
        publish(criteria_id=draft.pk, actor=marketer, now=moment)
        assert steps(manager)["criteria"] == (True, "Version 2 is in force and signed by both sides.")

    def test_a_key_that_does_not_work_any_more_is_none(self, administrator: User) -> None:
        key, _secret = keys.issue(name="CRM", scopes=["leads:read"], actor=administrator, now=timezone.now())
        assert steps(administrator)["api_key"] == (True, "1 key works.")
        keys.revoke(key=key, now=timezone.now())
        assert "api_key" not in done(administrator)


class TestList:
    def test_who_may_do_a_step_sees_it(self, marketer: User, rep: User, manager: User) -> None:
        assert list(steps(marketer)) == ["website", "import", "criteria"]
        assert list(steps(manager)) == ["criteria", "reps", "hours"]
        assert steps(rep) == {}

    def test_it_is_put_away_by_one_person_and_brought_back(
        self, client: Client, administrator: User, marketer: User
    ) -> None:
        client.force_login(administrator)
        assert "Connect the website" in client.get("/").text
        client.post(reverse("first_steps:hide"))
        client.post(reverse("first_steps:hide"))  # a second press
        page = client.get("/").text
        assert "Connect the website" not in page
        assert "Show the first steps again" in page
        client.force_login(marketer)
        assert "Connect the website" in client.get("/").text
        client.force_login(administrator)
        client.post(reverse("first_steps:show"))
        assert "Connect the website" in client.get("/").text
        assert not HiddenSteps.objects.exists()

    def test_what_is_not_needed_counts_as_done_and_says_who_said_so(
        self, client: Client, administrator: User, marketer: User
    ) -> None:
        client.force_login(marketer)
        client.post(reverse("first_steps:leave_out", args=["website"]))
        client.force_login(administrator)
        client.post(reverse("first_steps:leave_out", args=["website"]))
        assert "website" in done(administrator)
        assert "Mara Marketer said that it is not needed here." in client.get("/").text
        client.post(reverse("first_steps:take_up", args=["website"]))
        assert "website" not in done(administrator)

    def test_what_cannot_be_left_out_and_what_is_not_theirs(self, client: Client, marketer: User) -> None:
        client.force_login(marketer)
        assert client.post(reverse("first_steps:leave_out", args=["criteria"])).status_code == 404
        assert client.post(reverse("first_steps:leave_out", args=["nothing"])).status_code == 404
        assert client.post(reverse("first_steps:leave_out", args=["people"])).status_code == 403
        assert not SettledStep.objects.exists()


class TestHours:
    """Whether every hour counts, or those of the office."""

    ADDRESS = "/queue/office-hours/"

    def answer(self, client: Client, person: User, **said: str) -> Any:
        client.force_login(person)
        return client.post(self.ADDRESS, said)

    def test_to_say_that_it_is_right_is_enough(self, client: Client, manager: User) -> None:
        before = SlaPolicy.objects.values().get()
        assert "hours" not in done(manager)
        client.force_login(manager)
        assert "Answer the question" in client.get("/").text
        answer = self.answer(client, manager, counts="elapsed", within="24 hours")
        assert answer.headers["Location"] == "/"
        assert SlaPolicy.objects.values().get() == before
        assert "hours" in done(manager)
        page = client.get("/").text
        assert "Answer the question" not in page
        assert "Change it" in page
        assert "1 of 3 steps is done." in page

    def test_office_hours_use_the_calendar_that_has_them(self, client: Client, manager: User) -> None:
        [shipped] = Calendar.objects.all()
        asked = {"counts": "business", "within": "8 h", "week": "Mon-Fri 9-17", "time_zone": shipped.time_zone}
        answer = self.answer(client, manager, **asked)
        assert [str(message) for message in get_messages(answer.wsgi_request)] == [
            (
                "Every lead is to be answered within 8 hours of business time (“Office hours”). "
                "When nobody answers, the lead goes back to nurture."
            )
        ]
        assert Calendar.objects.get() == shipped == SlaPolicy.objects.get().calendar

    def test_other_hours_make_another_calendar_and_change_none(self, client: Client, manager: User) -> None:
        [shipped] = Calendar.objects.all()
        asked = {"counts": "business", "within": "8 h", "week": "Mon-Thu 8-16", "time_zone": "Europe/Lisbon"}
        self.answer(client, manager, **asked)
        calendar = SlaPolicy.objects.get().calendar
        assert calendar is not None
        assert calendar != shipped
        assert (calendar.time_zone, calendar.hours.count(), shipped.hours.count()) == ("Europe/Lisbon", 4, 5)
        self.answer(client, manager, **asked)
        assert Calendar.objects.count() == 2

    @pytest.mark.parametrize(
        ("said", "problem"),
        [
            ({"counts": "business", "within": "8 h", "week": "when we like", "time_zone": "UTC"}, "week"),
            ({"counts": "business", "within": "8 h", "week": "Mon 9-17", "time_zone": "Mars/Base"}, "time_zone"),
            ({"counts": "business", "within": "30 days", "week": "Mon 9:00-9:01", "time_zone": "UTC"}, "within"),
            ({"counts": "elapsed", "within": "24"}, "within"),
            ({"counts": "elapsed", "within": "90 days"}, "within"),
            ({"counts": "elapsed", "within": ""}, "within"),
            ({"counts": "never", "within": "24 h"}, "counts"),
        ],
    )
    def test_what_cannot_be_is_said_and_what_was_typed_stays(
        self, client: Client, manager: User, said: dict[str, str], problem: str
    ) -> None:
        before = SlaPolicy.objects.values().get()
        answer = self.answer(client, manager, **said)
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [problem]
        assert all(answer.context["form"][name].value() == value for name, value in said.items())
        assert SlaPolicy.objects.values().get() == before
        assert not SettledStep.objects.exists()
