"""SLA policies and calendars in the admin: in words, refused when they cannot work, with what comes of them."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from accounts.models import User
from handoff.deadlines.policy_words import policy_words, week_words
from handoff.models import Calendar, Handoff, OpenHours, SlaPolicy
from leads.models import Channel
from scoring.models import Persona
from tests.handoff.conftest import MakeHandoff


@pytest.fixture
def office(db: None) -> Calendar:
    """Seeded: Monday to Friday, 9 to 17, UTC."""
    return Calendar.objects.get(name="Office hours")


@pytest.fixture
def send(client: Client, manager: User) -> Callable[..., Any]:
    """`send(row, data)`: the change form of this row, or the add form of this model, as a browser sends it."""

    def post(what: Any, data: dict[str, Any]) -> Any:
        client.force_login(manager)
        name = f"admin:handoff_{what._meta.model_name}"
        is_new = isinstance(what, type)
        return client.post(reverse(f"{name}_add") if is_new else reverse(f"{name}_change", args=[what.pk]), data)

    return post


def policy_form(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Quick", "position": 1, "is_active": "on", "priority": "any", "respond_within": "4 h",
        "clock": "elapsed", "on_breach": "nurture", **changes,
    }  # fmt: skip


def calendar_form(week: str, own_days: Sequence[tuple[str, str]] = (), **changes: Any) -> dict[str, Any]:
    """A form that only adds own days."""
    form: dict[str, Any] = {
        "name": "New", "time_zone": "Europe/Lisbon", "week": week, "country": "", "subdivision": "", **changes,
        "own_days-TOTAL_FORMS": len(own_days), "own_days-INITIAL_FORMS": 0,
    }  # fmt: skip
    for number, (day, name) in enumerate(own_days):
        form |= {f"own_days-{number}-on": day, f"own_days-{number}-name": name}
    return form


def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


class TestPolicyInWords:
    def test_everything_that_can_be_said(self, office: Calendar, manager: User) -> None:
        policy = SlaPolicy.objects.create(
            name="x", respond_within=timedelta(hours=4), clock="business", calendar=office, priority="fast_track",
            on_breach="escalate", escalate_to=manager,
        )  # fmt: skip
        policy.channels.add(*Channel.objects.filter(key__in=("referral", "paid_search")))
        policy.personas.add(Persona.objects.create(name="Chief"))
        assert policy_words(policy) == (
            "A fast-track lead that first came by Paid search or Referral and fits Chief best is to be answered within "
            "4 hours of business time (“Office hours”). When nobody answers, the lead goes to Mila Manager."
        )

    @pytest.mark.parametrize(
        ("on_breach", "words"),
        [("nurture", "back to nurture"), ("reassign", "to another rep"),
         ("escalate", "to the sales manager with the fewest")],
    )  # fmt: skip
    def test_what_happens_then(self, db: None, on_breach: str, words: str) -> None:
        policy = SlaPolicy.objects.create(name="x", respond_within=timedelta(hours=1), on_breach=on_breach)
        assert policy_words(policy) == (
            f"Every lead is to be answered within 1 hour. When nobody answers, the lead goes {words}."
        )

    def test_the_list_shows_it(self, client: Client, manager: User) -> None:
        client.force_login(manager)
        page = client.get(reverse("admin:handoff_slapolicy_changelist")).content.decode()
        assert "Every lead is to be answered within 24 hours." in page


class TestWeekInWords:
    def test_neighbours_with_the_same_hours_in_one(self, db: None) -> None:
        days = [(0, "09:00", "12:30"), (0, "13:30", "17:00"), (1, "09:00", "12:30"), (1, "13:30", "17:00"),
                (4, "09:00", "00:00"), (5, "10:00", "14:00"), (6, "10:00", "14:00")]  # fmt: skip
        calendar = Calendar.objects.create(name="x", time_zone="UTC")
        for day, opens, closes in days:
            OpenHours.objects.create(calendar=calendar, weekday=day, opens_at=opens, closes_at=closes)
        assert week_words(calendar.hours.all()) == (
            "Monday and Tuesday 09:00–12:30 and 13:30–17:00, Friday 09:00–24:00, Saturday and Sunday 10:00–14:00"
        )
        assert week_words([]) == "never"


class TestPolicyForm:
    def test_saved(self, send: Callable[..., Any], office: Calendar) -> None:
        answer = send(SlaPolicy, policy_form(clock="business", calendar=office.pk))
        assert answer.status_code == 302
        assert SlaPolicy.objects.get(name="Quick").calendar == office

    def test_business_hours_need_a_calendar(self, send: Callable[..., Any]) -> None:
        answer = send(SlaPolicy, policy_form(clock="business"))
        assert "Choose the calendar whose business hours count." in answer.content.decode()

    def test_a_calendar_that_never_opens_is_refused(self, send: Callable[..., Any]) -> None:
        empty = Calendar.objects.create(name="Never", time_zone="UTC")
        answer = send(SlaPolicy, policy_form(clock="business", calendar=empty.pk))
        assert "“Never” is not open for 4 hours within three years." in answer.content.decode()

    def test_only_a_sales_manager_can_be_escalated_to(self, send: Callable[..., Any], rep: User, manager: User) -> None:
        assert send(SlaPolicy, policy_form(on_breach="escalate", escalate_to=rep.pk)).status_code == 200
        assert send(SlaPolicy, policy_form(on_breach="escalate", escalate_to=manager.pk)).status_code == 302

    def test_a_spelling_of_a_channel_is_not_offered(self, client: Client, manager: User) -> None:
        Channel.objects.create(key="adwords", name="AdWords", counts_as=Channel.objects.get(key="paid_search"))
        client.force_login(manager)
        page = client.get(reverse("admin:handoff_slapolicy_add")).content.decode()
        assert "Paid search" in page
        assert "AdWords" not in page

    def test_open_handoffs_keep_their_deadline(
        self, send: Callable[..., Any], make_waiting: MakeHandoff, deadline: datetime
    ) -> None:
        handoff = make_waiting()
        answer = send(handoff.policy, policy_form(respond_within="1 hour"))
        assert "1 lead that waits keeps the deadline it was passed with." in " ".join(said(answer))
        assert reverse("handoff:deadlines") in " ".join(said(answer))
        handoff.refresh_from_db()
        assert (handoff.policy.respond_within, handoff.respond_by) == (timedelta(hours=1), deadline)

    def test_says_when_no_policy_is_for_every_lead(self, send: Callable[..., Any]) -> None:
        answer = send(SlaPolicy.objects.get(), policy_form(priority="fast_track"))
        assert "No policy in use is for every lead. A lead that none is for gets “Quick”." in said(answer)


class TestCalendarForm:
    def test_saved_with_hours_and_own_days(self, send: Callable[..., Any]) -> None:
        week = "Monday to Friday 9 to 12:30 and 13:30 to midnight"
        answer = send(Calendar, calendar_form(week, [("2026-12-24", "Company day")], country="pt"))
        assert answer.status_code == 302
        calendar = Calendar.objects.get(name="New")
        assert (calendar.country, calendar.hours.count(), calendar.own_days.count()) == ("PT", 10, 1)

    def test_a_week_that_cannot_be_read_stores_nothing(self, send: Callable[..., Any]) -> None:
        answer = send(Calendar, calendar_form("Monday 9 to 12:30 and 12 to 17"))
        assert answer.status_code == 422
        assert "Monday 09:00-12:30 and Monday 12:00-17:00 overlap." in answer.content.decode()
        assert not Calendar.objects.filter(name="New").exists()

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"country": "XX"}, "No holidays are known of this country. Write it in two letters, like PT."),
            ({"country": "DE", "subdivision": "XX"}, "This country has these regions: BB, BE,"),
            ({"subdivision": "BY"}, "A region needs its country."),
            ({"time_zone": "Mars/Base"}, "This is no time zone. Write it like Europe/Lisbon."),
            ({"time_zone": "Europe"}, "This is no time zone. Write it like Europe/Lisbon."),
        ],
    )
    def test_places_that_nobody_knows(self, send: Callable[..., Any], changes: dict[str, Any], words: str) -> None:
        answer = send(Calendar, calendar_form("Monday 9 to 17", **changes))
        assert answer.status_code == 422
        assert words in answer.content.decode()

    @pytest.mark.parametrize("zone", ["Europe", "Mars/Base", "../../etc/passwd", ""])
    def test_a_calendar_that_is_kept_stays_what_it_is(
        self, send: Callable[..., Any], office: Calendar, zone: str
    ) -> None:
        answer = send(office, calendar_form("Monday 9 to 17", name="Office hours", time_zone=zone))
        assert answer.status_code == 422
        assert "time_zone" in answer.context["adminform"].errors
        assert "When an answer is due, on the clock of UTC" in answer.content.decode()

    def test_too_few_hours_for_a_policy_that_counts_by_them(self, send: Callable[..., Any], office: Calendar) -> None:
        SlaPolicy.objects.update(clock="business", calendar=office, respond_within=timedelta(hours=24))
        answer = send(office, calendar_form("Monday 9:00 to 9:01", name="Office hours"))
        assert "“24 hours” gives 24 hours, which are not over within three years." in answer.content.decode()

    def test_open_handoffs_keep_their_deadline(
        self, send: Callable[..., Any], make_waiting: MakeHandoff, office: Calendar
    ) -> None:
        SlaPolicy.objects.update(clock="business", calendar=office, respond_within=timedelta(hours=8))
        handoff = make_waiting()
        before = handoff.respond_by
        answer = send(office, calendar_form("Mon-Fri 13-17, Sun 9-10", name="Office hours"))
        assert "1 lead that waits keeps the deadline it was passed with." in " ".join(said(answer))
        assert Handoff.objects.get().respond_by == before


class TestPreview:
    def test_friday_half_past_four_and_the_next_holidays(
        self, client: Client, administrator: User, office: Calendar
    ) -> None:
        Calendar.objects.filter(pk=office.pk).update(country="PT", time_zone="Europe/Lisbon")
        office.own_days.create(on=date(2026, 6, 4), name="We work", is_open=True)
        client.force_login(administrator)
        with time_machine.travel(datetime.fromisoformat("2026-05-26T09:00:00+00:00"), tick=False):
            page = client.get(reverse("admin:handoff_calendar_change", args=[office.pk])).content.decode()
        words = " ".join(page.split())
        assert '<th scope="row">Fri 29 May, 16:30</th> <td>Mon 1 Jun, 09:30</td>' in words
        assert '<th scope="row">Thursday 4 June 2026</th> <td>Corpus Christi (people work)</td>' in words
        assert "Wednesday 10 June 2026" in words


def test_the_seeded_calendar_is_monday_to_friday(office: Calendar) -> None:
    assert week_words(office.hours.all()) == "Monday to Friday 09:00–17:00"
