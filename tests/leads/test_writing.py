"""Many rows written at once: each keeps its own values, nothing else is touched, and who comes later wins."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext

from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput, Taken
from leads.intake import take_activities
from leads.models import Lead
from leads.writing import write

AGENT = Agent(name="test")
MakeLead = Callable[..., Lead]


def visit(number: int, at: datetime, *, channel: str) -> ActivityInput:
    return ActivityInput(
        message_id=f"{number}-{at.isoformat()}", type="page_view", occurred_at=at, channel=channel,
        lead=LeadInput(email=f"lead{number}@example.com"),
    )  # fmt: skip


def take(events: list[ActivityInput], now: datetime) -> None:
    results = take_activities(events, agent=AGENT, source="test", now=now)
    assert all(isinstance(result, Taken) for result in results), results


@pytest.mark.django_db
class TestWrite:
    def test_each_row_gets_its_own_values_and_nothing_else_changes(self, make_lead: MakeLead, now: datetime) -> None:
        texts = ["", "NULL", '"', "\\", "{a,b}", "it's\n%s %(x)s", "Ünïcødé 漢字", "plain"]
        leads = [make_lead(city="before") for _ in texts]
        for number, (lead, text) in enumerate(zip(leads, texts, strict=True)):
            lead.first_name, lead.city = text, "not asked for"
            lead.budget = None if number % 2 else 10**15 + number
            lead.is_decision_maker = (None, True, False)[number % 3]
            lead.first_touch_at = None if number % 3 == 0 else now + timedelta(microseconds=number)
        fields = ("first_name", "budget", "is_decision_maker", "first_touch_at")
        assert write(Lead, leads, fields) == len(leads)
        stored = Lead.objects.in_bulk([lead.pk for lead in leads])
        for lead in leads:
            assert [getattr(stored[lead.pk], name) for name in fields] == [getattr(lead, name) for name in fields]
            assert stored[lead.pk].city == "before"

    def test_a_field_goes_by_its_name_or_its_column(self, make_lead: MakeLead) -> None:
        known, lead = make_lead(company="Acme", external_id="crm-1"), make_lead()
        lead.company_id = known.company_id
        write(Lead, [lead], {"company"})
        assert Lead.objects.filter(company=known.company_id).count() == 2
        lead.company_id, lead.external_id = None, "crm-2"
        write(Lead, [lead], {"company_id", "external_id"})
        lead.refresh_from_db()
        assert (lead.company_id, lead.external_id) == (None, "crm-2")

    def test_what_is_too_long_is_refused_not_cut_off(self, make_lead: MakeLead) -> None:
        lead = make_lead()
        lead.first_name = "x" * 101
        with pytest.raises(DataError), transaction.atomic():
            write(Lead, [lead], ["first_name"])

    def test_nothing_to_write_asks_nothing(self, make_lead: MakeLead) -> None:
        lead = make_lead()
        with CaptureQueriesContext(connection) as queries:
            assert (write(Lead, [], ["city"]), write(Lead, [lead], [])) == (0, 0)
        assert len(queries) == 0


@pytest.mark.django_db
class TestTouches:
    def test_a_batch_moves_each_first_touch_back_and_each_last_on(self, now: datetime) -> None:
        before, after = now - timedelta(days=2), now - timedelta(days=1)
        take([visit(number, before, channel="email") for number in range(600)], now)
        # Half of them come again; of these, one in three with something that happened earlier.
        again = [
            visit(number, before - timedelta(days=1) if number % 3 == 0 else after, channel=f"source {number % 7}")
            for number in range(300)
        ]
        take(again[::-1], now)
        leads = {
            int(lead.email.removeprefix("lead").partition("@")[0]): lead
            for lead in Lead.objects.select_related("first_channel", "last_touch__channel")
        }
        assert len(leads) == 600
        for number, lead in leads.items():
            is_back, is_on = number < 300 and number % 3 == 0, number < 300 and number % 3 != 0
            first = (before - timedelta(days=1), f"source {number % 7}") if is_back else (before, "E-mail")
            assert (lead.first_touch_at, str(lead.first_channel)) == first
            assert lead.last_touch.at == (after if is_on else before)
            assert str(lead.last_touch.channel) == (f"source {number % 7}" if is_on else "E-mail")

    def test_in_one_batch_the_latest_of_a_lead_is_its_last_touch(self, now: datetime) -> None:
        take([visit(1, now - timedelta(days=9), channel="email")], now)
        days = [3, 1, 2]
        take([visit(1, now - timedelta(days=day), channel=f"source {day}") for day in days], now)
        lead = Lead.objects.get()
        assert (lead.last_touch.at, str(lead.last_touch.channel)) == (now - timedelta(days=1), "source 1")
        assert str(lead.first_channel) == "E-mail"


class TestRaces:
    @pytest.mark.usefixtures("transactional")
    def test_batches_at_once_about_the_same_leads_leave_the_latest_touch(self, now: datetime) -> None:
        """Each sender has all leads in an order of its own; nobody's later touch is overwritten by an earlier one."""
        senders, leads, rounds = 6, 40, 5
        start = now - timedelta(days=1)
        take([visit(number, start, channel="email") for number in range(leads)], now)
        barrier, done = threading.Barrier(senders, timeout=30), []

        def send(sender: int) -> None:
            try:
                for turn in range(rounds):
                    at = start + timedelta(minutes=1 + senders * turn + sender)
                    events = [visit(number, at, channel=f"source {turn} {sender}") for number in range(leads)]
                    barrier.wait()
                    take(events[:: 1 if sender % 2 else -1], now)
                    barrier.wait()
                    done.append(_last(leads))
            finally:
                connection.close()

        threads = [threading.Thread(target=send, args=(sender,)) for sender in range(senders)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        expected = [
            (start + timedelta(minutes=senders * (turn + 1)), f"source {turn} {senders - 1}") for turn in range(rounds)
        ]
        assert sorted(done) == sorted(expected * senders)
        assert {str(lead.first_channel) for lead in Lead.objects.select_related("first_channel")} == {"E-mail"}


def _last(leads: int) -> tuple[datetime, str]:
    """The last touch all leads have in common."""
    [last] = {
        (lead.last_touch.at, str(lead.last_touch.channel))
        for lead in Lead.objects.select_related("last_touch__channel")
    }
    assert last[0] is not None
    assert Lead.objects.count() == leads
    return last[0], last[1]
