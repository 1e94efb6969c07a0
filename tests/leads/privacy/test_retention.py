"""How long things are kept: a dry run says what is due, nothing goes that is not switched on, the figures stay."""

from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from capture import quarantine
from capture.models import Form, QuarantinedEvent, Submission
from leads.consent.suppression import is_suppressed
from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput, Taken
from leads.intake import take_activities
from leads.models import Lead
from leads.models.retention import RetentionPolicy
from leads.normalise import Refusal
from leads.privacy.retention import change_policy, dry_run, remove_what_is_due, retention_kinds

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
YEARS = 1095 * DAY


def at_night(now: datetime) -> None:
    assert not remove_what_is_due(now=now, until=monotonic() + 60)


def did(email: str, kind: str, at: datetime) -> None:
    doing = ActivityInput(message_id=f"{email}{at}", type=kind, lead=LeadInput(email=email), occurred_at=at)
    [taken] = take_activities([doing], agent=Agent(name="test"), source="test", now=at)
    assert isinstance(taken, Taken)


@pytest.fixture
def leads(make_lead: Callable[..., Lead], now: datetime) -> None:
    """All came four years ago; one clicked lately, one only opened a mail, one bought, one was never heard of."""
    came = now - YEARS - 365 * DAY
    for email in ("clicked@example.com", "opened@example.com", "bought@example.com", "silent@example.com"):
        make_lead(email=email, now=came, created_at=came)
    did("clicked@example.com", "email_clicked", now - 9 * DAY)
    did("opened@example.com", "email_opened", now - 9 * DAY)
    Lead.objects.filter(email="bought@example.com").update(stage="customer", customer_at=came)


class TestLeads:
    def test_a_dry_run_counts_and_changes_nothing(self, leads: None, now: datetime) -> None:
        found = dry_run("leads", days=1095, now=now)
        assert found.count == len(found.examples) == 2
        assert "@" not in "".join(found.examples)
        assert not Lead.objects.exclude(erased_at=None).exists()

    def test_nothing_goes_until_somebody_switches_it_on(self, leads: None, administrator: User, now: datetime) -> None:
        at_night(now)
        assert not Lead.objects.exclude(erased_at=None).exists()
        change_policy(key="leads", is_on=True, days=1095, actor=administrator, now=now)
        at_night(now)
        at_night(now)
        assert set(Lead.objects.filter(erased_at=None).values_list("email", flat=True)) == {
            "clicked@example.com",
            "bought@example.com",
        }
        assert RetentionPolicy.objects.get(key="leads").removed == 2


class TestWhatCameIn:
    def test_old_events_in_quarantine_go_when_it_is_on(self, administrator: User, now: datetime) -> None:
        refusal = Refusal("x", "type", "No such type.")
        sent = [({"n": 1}, now - 91 * DAY, refusal), ({"n": 2}, now, refusal)]
        quarantine.keep(sent, kind="events", source="test", system="")
        change_policy(key="quarantine", is_on=True, days=90, actor=administrator, now=now)
        at_night(now)
        assert QuarantinedEvent.objects.get().received_at == now

    def test_of_submissions_the_number_stays(self, administrator: User, now: datetime) -> None:
        form = Form.objects.create(name="F", title="F", created_at=now, changed_at=now)
        about = {"form": form, "came_by": "post", "received_at": now - 31 * DAY, "raw": {"email": ["a@example.com"]}}
        Submission.objects.create(**about, verdict="not_confirmed")
        Submission.objects.create(**about, verdict="unusable", code="x")
        Submission.objects.create(**about, verdict="to_take", next_try_at=now)
        at_night(now)
        assert list(Submission.objects.order_by("pk").values_list("verdict", "raw")) == [
            ("not_confirmed", {}),
            ("unusable", about["raw"]),
            ("to_take", about["raw"]),
        ]
        change_policy(key="submissions", is_on=True, days=30, actor=administrator, now=now)
        at_night(now)
        assert Submission.objects.exclude(raw={}).get().verdict == "to_take"

    def test_a_slice_ends_in_time_and_says_that_more_is_left(
        self, leads: None, administrator: User, now: datetime
    ) -> None:
        change_policy(key="leads", is_on=True, days=1095, actor=administrator, now=now)
        assert remove_what_is_due(now=now, until=monotonic() - 1)


class TestPages:
    def test_marketing_reads_and_an_administrator_decides(
        self, client: Client, marketer: User, administrator: User, leads: None, now: datetime
    ) -> None:
        address = reverse("privacy:policy", args=["leads"])
        with time_machine.travel(now, tick=False):
            for person, stored in ((marketer, 0), (administrator, 1)):
                client.force_login(person)
                assert "2 rows." in client.get(address).content.decode()
                client.post(address, {"is_on": "on", "days": "2000"})
                assert RetentionPolicy.objects.count() == stored
            counted = client.post(address, {"is_on": "on", "days": "1", "dry_run": "1"}).content.decode()
            listed = client.get(reverse("privacy:retention")).content.decode()
        assert "3 rows." in counted
        assert RetentionPolicy.objects.get().days == 2000
        assert "2000 days" in listed

    def test_every_kind_is_in_the_records(self, client: Client, marketer: User) -> None:
        client.force_login(marketer)
        page = client.get(reverse("privacy:records")).content.decode()
        assert all(str(kind.label) in page for kind in retention_kinds())

    def test_an_address_is_looked_up_suppressed_and_let_in_again(self, client: Client, administrator: User) -> None:
        client.force_login(administrator)
        address = reverse("privacy:suppressed")

        def press(button: str) -> str:
            sent = {"email": "Ana@example.com", "reason": "asked"} | ({button: "1"} if button else {})
            return str(client.post(address, sent).content.decode())

        assert "is not suppressed" in press("")
        assert "is suppressed" in press("suppress")
        assert is_suppressed("ana@example.com")
        assert "may become a lead again" in press("lift")
        assert not is_suppressed("ana@example.com")
        assert client.post(address, {"email": "nobody"}).status_code == 422
