"""Who may be one person, and why."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db.models import Max

from accounts.models import User
from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput
from leads.intake import take_activities, take_leads
from leads.merging.finding import MOST_OF_A_KEY, dismiss, find
from leads.merging.lead_duplicates import PEOPLE
from leads.models import Duplicate, DuplicateCheck, Lead

pytestmark = pytest.mark.django_db
AGENT = Agent(name="test")


def found() -> list[tuple[list[str], bool]]:
    return list(Duplicate.objects.order_by("pk").values_list("reasons", "is_certain"))


class TestFind:
    @pytest.mark.parametrize(
        ("one", "other", "reasons", "is_certain"),
        [
            ({"phone": "+49 30 1234567"}, {"phone": "030/123 45 67"}, ["phone"], False),
            ({"email": "ada.l@x.example"}, {"email": "adal+news@x.example"}, ["address"], False),
            (
                {"first_name": "Ada", "last_name": "Lovelace", "company": "Acme"},
                {"first_name": "ADA", "last_name": "lovelace", "company": "acme"},
                ["name", "name_and_company"],
                False,
            ),
            (
                {"first_name": "Ada", "last_name": "Lovelace", "phone": "030 1234567"},
                {"first_name": "Ada", "last_name": "Lovelace", "phone": "+49301234567"},
                ["phone", "name"],
                True,
            ),
            (
                {"first_name": "Ada", "last_name": "Lovelace", "company": "Acme"},
                {"first_name": "Adah", "last_name": "Lovelase", "company": "Acme"},
                ["alike"],
                False,
            ),
        ],
    )
    def test_a_pair_has_its_reasons(
        self,
        one: dict[str, str],
        other: dict[str, str],
        reasons: list[str],
        is_certain: bool,
        make_lead: Callable[..., Lead],
        now: datetime,
    ) -> None:
        make_lead(**one)
        make_lead(**other)
        assert find(PEOPLE, now=now) == 2
        assert found() == [(reasons, is_certain)]

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ({"phone": "12345"}, {"phone": "12345"}),
            ({"first_name": "Ada", "last_name": "Lovelace"}, {"first_name": "Ada", "last_name": "Lovelace"}),
            ({"email": "аda@x.example"}, {"email": "ada@x.example"}),  # the first letter is Cyrillic
            ({"first_name": "Ada", "company": "Acme"}, {"first_name": "Ada", "company": "Acme"}),
        ],
    )
    def test_too_little_is_no_reason(
        self, one: dict[str, str], other: dict[str, str], make_lead: Callable[..., Lead], now: datetime
    ) -> None:
        make_lead(**one)
        make_lead(**other)
        find(PEOPLE, now=now)
        assert found() == []

    def test_who_did_something_is_not_compared_again(self, make_lead: Callable[..., Lead], now: datetime) -> None:
        lead = make_lead()
        find(PEOPLE, now=now)
        view = ActivityInput(message_id="1", type="page_view", lead=LeadInput(email=lead.email), occurred_at=now)
        take_activities([view], agent=AGENT, source="test", now=now)
        assert not DuplicateCheck.objects.exists()
        take_leads([LeadInput(email=lead.email, phone="030 1234567")], agent=AGENT, now=now)
        assert DuplicateCheck.objects.get().lead == lead

    def test_what_does_not_hold_any_more_goes(self, make_lead: Callable[..., Lead], now: datetime) -> None:
        one, _other = make_lead(phone="030 1234567"), make_lead(phone="030 1234567")
        find(PEOPLE, now=now)
        take_leads([LeadInput(email=one.email, phone="030 7654321")], agent=AGENT, now=now)
        find(PEOPLE, now=now)
        assert found() == []

    def test_two_people_stay_two(self, make_lead: Callable[..., Lead], marketer: User, now: datetime) -> None:
        one, _other = make_lead(phone="030 1234567"), make_lead(phone="030 1234567")
        find(PEOPLE, now=now)
        dismiss(Duplicate.objects.get(), person_id=marketer.pk, now=now)
        take_leads([LeadInput(email=one.email, last_name="Byron")], agent=AGENT, now=now)
        find(PEOPLE, now=now)
        assert Duplicate.objects.get().dismissed_by == marketer

    def test_what_very_many_share_tells_nothing(self, db: None, now: datetime) -> None:
        everybody = [
            LeadInput(email=f"n{number}@x.example", phone="030 1234567") for number in range(MOST_OF_A_KEY + 1)
        ]
        take_leads(everybody, agent=AGENT, now=now)
        while find(PEOPLE, now=now):
            pass
        assert (found(), Lead.objects.aggregate(Max("pk"))["pk__max"] is not None) == ([], True)
