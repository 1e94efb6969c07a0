"""Saying in the browser that there is a deal, that a lead bought, or that it is lost."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from accounts.models import User
from leads.models import Lead, LeadEvent

TODAY = {"on": "2026-03-10", "text": ""}


@pytest.fixture
def lead(make_lead: Callable[..., Lead], rep: User) -> Lead:
    """A lead of the rep's that came five days ago."""
    made = make_lead(first_name="Bruno")
    created = datetime(2026, 3, 5, 8, 0, tzinfo=UTC)
    Lead.objects.filter(pk=made.pk).update(owner=rep, stage="sql", status="working", created_at=created)
    made.refresh_from_db()
    return made


@pytest.fixture
def send(client: Client, now: datetime) -> Callable[..., Any]:
    """`send(rep, lead, "lost", text=...)`: the form as a browser sends it, at the moment `now`."""

    def post(user: User, lead: Lead, kind: str, query: str = "", **said: str) -> Any:
        client.force_login(user)
        with time_machine.travel(now, tick=False):
            return client.post(reverse("leads:outcome", args=[lead.public_id, kind]) + query, TODAY | said)

    return post


def words(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


class TestOutcome:
    def test_a_deal(self, send: Callable[..., Any], lead: Lead, rep: User, now: datetime) -> None:
        response = send(rep, lead, "opportunity", text="They want an offer.")
        assert response["Location"] == reverse("leads:detail", args=[lead.public_id])
        assert words(response) == ["Bruno is an opportunity."]
        lead.refresh_from_db()
        assert (lead.stage, lead.status, lead.opportunity_at) == ("opportunity", "working", now)
        event = LeadEvent.objects.get(kind="lead.opportunity")
        assert (event.actor, event.text) == (rep, "They want an offer.")

    def test_a_customer_with_amount_and_what_decided_it(
        self, send: Callable[..., Any], lead: Lead, rep: User, now: datetime
    ) -> None:
        send(rep, lead, "customer", amount="12500.50", text="The price.")
        lead.refresh_from_db()
        assert (lead.stage, lead.status, lead.amount, lead.customer_at) == (
            "customer",
            "converted",
            Decimal("12500.50"),
            now,
        )
        event = LeadEvent.objects.get(kind="lead.customer")
        assert (event.text, event.data) == ("The price.", {"amount": "12500.50"})

    def test_a_customer_who_skipped_every_stage(self, send: Callable[..., Any], lead: Lead, rep: User) -> None:
        Lead.objects.filter(pk=lead.pk).update(stage="mql", status="awaiting_sales")
        send(rep, lead, "customer", amount="")
        lead.refresh_from_db()
        assert (lead.stage, lead.amount) == ("customer", None)

    def test_lost_needs_a_sentence(self, send: Callable[..., Any], lead: Lead, rep: User) -> None:
        refused = send(rep, lead, "lost")
        assert refused.status_code == 422
        assert "Say why it was lost." in refused.content.decode()
        send(rep, lead, "lost", text="To a competitor.")
        lead.refresh_from_db()
        assert (lead.stage, lead.status) == ("sql", "lost")
        assert LeadEvent.objects.get(kind="lead.lost").text == "To a competitor."

    def test_a_day_that_has_passed_counts_as_that_day(self, send: Callable[..., Any], lead: Lead, rep: User) -> None:
        send(rep, lead, "customer", on="2026-03-06")
        lead.refresh_from_db()
        assert lead.customer_at == datetime(2026, 3, 6, 12, 0, tzinfo=UTC)

    def test_a_day_is_the_organisations_wherever_who_says_it_is(
        self, send: Callable[..., Any], lead: Lead, rep: User
    ) -> None:
        User.objects.filter(pk=rep.pk).update(time_zone="Pacific/Auckland")
        shown = send(rep, lead, "customer", on="soon").content.decode()
        assert "A day of UTC." in shown
        send(rep, lead, "customer", on="2026-03-06")
        lead.refresh_from_db()
        assert lead.customer_at == datetime(2026, 3, 6, 12, 0, tzinfo=UTC)

    def test_the_day_the_lead_came_is_not_before_it_came(self, send: Callable[..., Any], lead: Lead, rep: User) -> None:
        Lead.objects.filter(pk=lead.pk).update(created_at=datetime(2026, 3, 5, 18, 0, tzinfo=UTC))
        send(rep, lead, "customer", on="2026-03-05")
        lead.refresh_from_db()
        assert lead.customer_at == lead.created_at

    @pytest.mark.parametrize(
        ("written", "amount"), [("12.500,50", "12500.50"), ("12,500", "12500"), ("1 000,00 €", "1000")]
    )
    def test_an_amount_is_read_however_it_is_written(
        self, send: Callable[..., Any], lead: Lead, rep: User, written: str, amount: str
    ) -> None:
        send(rep, lead, "customer", amount=written)
        lead.refresh_from_db()
        assert lead.amount == Decimal(amount)

    @pytest.mark.parametrize(
        ("said", "sentence"),
        [
            ({"on": "2026-03-11"}, "This day is yet to come."),
            ({"on": "2026-03-04"}, "The lead was not here then."),
            ({"on": "soon"}, "Write the day like 2026-03-10."),
            ({"amount": "-1"}, "An amount cannot be negative."),
            ({"amount": "a lot"}, "Write the amount as a number"),
            ({"amount": "1e400"}, "Write the amount as a number"),
            ({"amount": "12.500"}, "can be read as 12,500 or as 12.5. Write 12500 or 12.50."),
        ],
    )
    def test_what_is_wrong_is_said(
        self, send: Callable[..., Any], lead: Lead, rep: User, said: dict[str, str], sentence: str
    ) -> None:
        response = send(rep, lead, "customer", **said)
        assert response.status_code == 422
        assert sentence in response.content.decode()
        lead.refresh_from_db()
        assert lead.customer_at is None

    def test_a_customer_buys_again_and_the_page_shows_each_deal(
        self, client: Client, send: Callable[..., Any], lead: Lead, rep: User
    ) -> None:
        send(rep, lead, "customer", on="2026-03-06", amount="100", deal="D-1")
        page = client.get(reverse("leads:detail", args=[lead.public_id])).content.decode()
        assert "They bought again" in page
        assert "6 March 2026</dt>" not in page
        send(rep, lead, "customer", on="2026-03-10", amount="900")
        page = client.get(reverse("leads:detail", args=[lead.public_id])).content.decode()
        for words_shown in ("6 March 2026", "won, 100", "D-1", "10 March 2026", "won, 900", "<dd>1,000</dd>"):
            assert words_shown in page, words_shown

    def test_a_deal_is_corrected_by_its_id(self, send: Callable[..., Any], lead: Lead, rep: User) -> None:
        send(rep, lead, "customer", on="2026-03-06", amount="100", deal="D-1")
        assert words(send(rep, lead, "customer", on="2026-03-07", amount="150", deal=" D-1 "))[-1].endswith("customer.")
        deal = lead.deals.get()
        lead.refresh_from_db()
        assert (str(deal.closed_on), deal.amount, lead.amount) == ("2026-03-07", Decimal(150), Decimal(150))
        assert lead.customer_at == deal.closed_at

    def test_the_sum_may_be_larger_than_any_amount(self, send: Callable[..., Any], lead: Lead, rep: User) -> None:
        for deal in ("1", "2"):
            send(rep, lead, "customer", amount="999999999999.99", deal=deal)
        lead.refresh_from_db()
        assert lead.amount == Decimal("1999999999999.98")

    def test_a_deal_that_was_won_is_not_lost(self, send: Callable[..., Any], lead: Lead, rep: User) -> None:
        send(rep, lead, "customer", deal="D-1")
        assert words(send(rep, lead, "lost", deal="D-1", text="They left."))[-1].startswith("This deal was won")
        lead.refresh_from_db()
        assert lead.status == "converted"

    def test_said_twice_it_is_recorded_once(self, send: Callable[..., Any], lead: Lead, rep: User) -> None:
        send(rep, lead, "lost", text="No money.")
        assert words(send(rep, lead, "lost", text="Still none."))[-1].startswith("This was recorded before")
        assert LeadEvent.objects.filter(kind="lead.lost").count() == 1

    def test_it_goes_on_where_the_person_came_from_but_nowhere_else(
        self, send: Callable[..., Any], lead: Lead, rep: User
    ) -> None:
        assert send(rep, lead, "lost", "?next=/queue/", text="No.")["Location"] == "/queue/"
        for foreign in ("https://evil.example/", "//evil.example/"):
            location = send(rep, lead, "lost", f"?next={foreign}", text="No.")["Location"]
            assert location == reverse("leads:detail", args=[lead.public_id])

    def test_who_does_not_hold_the_lead_finds_nothing(
        self, send: Callable[..., Any], lead: Lead, other_rep: User
    ) -> None:
        assert send(other_rep, lead, "lost", text="No.").status_code == 404
        lead.refresh_from_db()
        assert lead.status == "working"

    def test_another_kind_is_not_there(self, client: Client, lead: Lead, rep: User, now: datetime) -> None:
        client.force_login(rep)
        assert client.get(reverse("leads:outcome", args=[lead.public_id, "eaten"])).status_code == 404

    def test_a_late_second_day_is_asked_of_the_clock_of_the_installation(
        self, client: Client, lead: Lead, rep: User, now: datetime
    ) -> None:
        client.force_login(rep)
        with time_machine.travel(now + timedelta(days=1), tick=False):
            shown = client.get(reverse("leads:outcome", args=[lead.public_id, "opportunity"])).content.decode()
        assert 'value="2026-03-11"' in shown
