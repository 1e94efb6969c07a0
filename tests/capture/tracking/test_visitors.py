"""An anonymous visitor becomes a lead when somebody proves who it is; a claim changes nobody who is known."""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from time import monotonic
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from capture import inbox
from capture.models import (
    AnonymousCount,
    ClaimedLead,
    EventMeaning,
    Identification,
    JoinRequest,
    QuarantinedEvent,
    SeenEvent,
    Site,
    Visitor,
    VisitorEvent,
)
from capture.sites.adding import add_site
from capture.sites.keys import new_server_key
from capture.tracking.identification import Decided, confirm, drop, identify
from capture.tracking.joining import LOOKED_AT_FOR, join_due
from capture.tracking.visitors import visitor_id
from leads.events import Agent
from leads.inputs import LeadInput
from leads.intake import take_leads
from leads.models import Activity, Lead, Machine
from leads.models.erasure import ErasureReason
from leads.privacy.erasing import erase
from leads.privacy.retention import dry_run, remove_what_is_due
from lib import clock

pytestmark = pytest.mark.django_db
HOME = {"Origin": "https://example.com"}
_numbers = count()


@pytest.fixture
def site(now: datetime) -> Site:
    return add_site(name="Website", origins=["https://example.com"], actor=None, now=now)


def collect(*messages: dict[str, Any], drained: bool = True, headers: dict[str, str] | None = None) -> None:
    """What the script sends, taken at once."""
    batch = [{"messageId": f"n{next(_numbers)}", "anonymousId": "v1", **message} for message in messages]
    body = json.dumps({"batch": batch})
    assert Client().post("/w/website/e", body, "text/plain", headers=HOME | (headers or {})).status_code == 204
    if drained:
        drain()


def drain(*, after: timedelta = timedelta(0)) -> None:
    inbox.drain(clock=lambda: clock.now() + after, until=monotonic() + 20)
    join_due(clock=lambda: clock.now() + after, until=monotonic() + 20)


def page(path: str = "/pricing", **more: Any) -> dict[str, Any]:
    return {"type": "page", "context": {"page": {"url": f"https://example.com{path}", "referrer": ""}}, **more}


def who(email: str, **more: Any) -> dict[str, Any]:
    return {"type": "identify", "traits": {"email": email}, **more}


def pages_of(email: str) -> list[str]:
    found = Activity.objects.filter(lead__email_key=email).order_by("occurred_at", "pk")
    return [activity.page.key for activity in found.select_related("page") if activity.page]


def at(now: datetime, minutes: int) -> str:
    return (now + timedelta(minutes=minutes)).isoformat()


class TestAnonymous:
    def test_what_nobody_did_waits(self, site: Site) -> None:
        collect(page(), page("/blog"))
        assert not Lead.objects.exists()
        assert VisitorEvent.objects.count() == 2
        assert Visitor.objects.get().key == "v1"

    def test_a_message_that_comes_twice_waits_once(self, site: Site) -> None:
        collect(page(messageId="a"))
        collect(page(messageId="a"))
        assert VisitorEvent.objects.count() == 1

    def test_two_ways_to_write_a_random_id_are_one(self, site: Site) -> None:
        collect(page(anonymousId="0a" * 16), page(anonymousId="0a0a0a0a-0a0a-0a0a-0a0a-0a0a0a0a0a0a"))
        assert Visitor.objects.count() == 1

    def test_what_could_not_be_used_is_kept_without_the_address_it_came_from(self, site: Site) -> None:
        collect({"type": "track", "event": "Odd", "context": {"ip": "198.51.100.7"}})
        kept = QuarantinedEvent.objects.get()
        assert kept.code == "unmapped"
        assert "127.0.0.1" not in kept.raw
        assert "198.51.100.7" not in kept.raw

    def test_visits_of_whom_nobody_knows_grow_old_with_their_visitor(self, site: Site, now: datetime) -> None:
        collect(page(), page(anonymousId="v2"))
        VisitorEvent.objects.filter(visitor__key="v1").update(received_at=now - timedelta(days=900))
        assert dry_run("visits", days=395, now=clock.now()).count == 1
        remove_what_is_due(now=clock.now(), until=monotonic() + 5)
        assert Visitor.objects.get().key == "v2"

    def test_a_message_of_nobody_is_kept_aside(self, site: Site) -> None:
        collect(page(anonymousId=None))
        assert QuarantinedEvent.objects.get().code == "no_visitor"

    def test_who_said_no_is_counted_and_nothing_else(self, site: Site) -> None:
        denied = {**page(), "anonymousId": None}
        denied["context"] = {**denied["context"], "consent": "denied"}
        collect(denied, denied)
        assert [(row.page, row.type, row.times) for row in AnonymousCount.objects.all()] == [
            ("/pricing", "page_view", 2)
        ]
        assert not Visitor.objects.exists()
        assert not QuarantinedEvent.objects.exists()

    def test_a_site_need_not_count(self, site: Site) -> None:
        Site.objects.update(counts_denied=False)
        collect({**page(), "context": {"consent": "denied"}})
        assert not AnonymousCount.objects.exists()

    @pytest.mark.parametrize(("header", "policy"), [("Sec-GPC", "honours_gpc"), ("DNT", "honours_dnt")])
    def test_what_the_browser_asks_for_is_honoured(self, site: Site, header: str, policy: str) -> None:
        collect(page(), headers={header: "1"})
        assert not VisitorEvent.objects.exists()
        granted = page()
        granted["context"]["consent"] = "granted"
        collect(granted, headers={header: "1"})
        assert VisitorEvent.objects.count() == 1
        Site.objects.update(**{policy: False})
        collect(page(), headers={header: "1"})
        assert VisitorEvent.objects.count() == 2

    def test_what_a_program_did_is_marked_before_anybody_is_known_and_after(self, site: Site) -> None:
        steered = page()
        steered["context"]["marks"] = ["webdriver"]
        collect(steered)
        assert VisitorEvent.objects.get().machine == Machine.HEADLESS
        collect(who("ada@example.com"), steered)
        assert {activity.machine for activity in Activity.objects.all()} == {Machine.HEADLESS}


class TestClaims:
    def test_an_address_nobody_knows_becomes_a_lead_with_its_past(self, site: Site) -> None:
        now = clock.now()
        collect(page("/blog", timestamp=at(now, -50)), page("/pricing", timestamp=at(now, -40)))
        collect(who("ada@example.com", traits={"email": "ada@example.com", "firstName": "Ada"}))
        lead = Lead.objects.get()
        assert (lead.first_name, lead.email) == ("Ada", "ada@example.com")
        assert pages_of("ada@example.com") == ["/blog", "/pricing"]
        assert not VisitorEvent.objects.exists()
        first = lead.activities.order_by("occurred_at")[0].occurred_at
        assert abs(first - (now - timedelta(minutes=50))) < timedelta(seconds=1)
        assert lead.first_touch_at == first
        collect(page("/product"))
        assert pages_of("ada@example.com") == ["/blog", "/pricing", "/product"]

    def test_the_same_site_may_go_on_saying_things_of_it(self, site: Site) -> None:
        collect(who("ada@example.com"))
        collect(page(), who("ada@example.com", traits={"email": "ada@example.com", "title": "CTO"}, anonymousId="v2"))
        assert Lead.objects.get().job_title == "CTO"
        assert ClaimedLead.objects.count() == 1

    def test_a_lead_that_is_known_is_neither_read_nor_changed(self, site: Site, make_lead: Callable[..., Lead]) -> None:
        lead = make_lead(email="ceo@example.com", first_name="Cleo")
        before = Lead.objects.filter(pk=lead.pk).values().get()
        collect(page(), who("ceo@example.com", traits={"email": "ceo@example.com", "firstName": "Eve"}), page("/blog"))
        assert Lead.objects.filter(pk=lead.pk).values().get() == before
        assert not lead.activities.exists()
        assert VisitorEvent.objects.count() == 2
        [candidate] = Identification.objects.all()
        assert (candidate.state, candidate.lead_id, candidate.claimed["first_name"]) == ("candidate", lead.pk, "Eve")

    def test_what_another_says_of_the_lead_ends_what_claims_may_do(self, site: Site, now: datetime) -> None:
        collect(who("ada@example.com"))
        take_leads([LeadInput(email="ada@example.com", city="Porto")], agent=Agent(name="import"), now=clock.now())
        assert not ClaimedLead.objects.exists()
        collect(who("ada@example.com", traits={"email": "ada@example.com", "title": "CTO"}, anonymousId="v2"))
        assert Lead.objects.get().job_title == ""
        assert Identification.objects.filter(state="candidate").count() == 1

    def test_another_site_may_not(self, site: Site, now: datetime) -> None:
        collect(who("ada@example.com"))
        add_site(name="Other", origins=["https://example.com"], actor=None, now=now)
        body = json.dumps({"batch": [{"messageId": "x", "anonymousId": "w1", **who("ada@example.com")}]})
        Client().post("/w/other/e", body, "text/plain", headers=HOME)
        drain()
        assert Identification.objects.filter(state="candidate").count() == 1

    def test_an_id_alone_waits_for_its_address(self, site: Site) -> None:
        collect(page(), {"type": "identify", "userId": "42", "traits": {"firstName": "Ada"}})
        assert not Lead.objects.exists()
        collect({"type": "group", "groupId": "g", "traits": {"name": "Engines", "employees": 80}})
        collect(who("ada@example.com", userId="42"))
        lead = Lead.objects.select_related("company").get()
        assert (lead.first_name, lead.external_id, lead.external_system) == ("Ada", "42", "website")
        assert lead.company is not None
        assert (lead.company.name, lead.company.employees) == ("Engines", 80)
        assert pages_of("ada@example.com") == ["/pricing"]

    def test_an_address_that_is_none_is_kept_aside(self, site: Site) -> None:
        collect(who("no address"))
        assert QuarantinedEvent.objects.get().code == "invalid_email"
        assert not Lead.objects.exists()


class TestDecisions:
    @pytest.fixture
    def candidate(self, site: Site, make_lead: Callable[..., Lead]) -> Identification:
        make_lead(email="ceo@example.com")
        collect(page(), who("ceo@example.com"), page("/blog"))
        return Identification.objects.get()

    def test_confirmed_its_visits_are_the_leads(self, candidate: Identification, marketer: User) -> None:
        confirm(identification_id=candidate.pk, actor=marketer, now=clock.now())
        drain()
        assert pages_of("ceo@example.com") == ["/pricing", "/blog"]
        collect(page("/product"))
        assert pages_of("ceo@example.com")[-1] == "/product"

    def test_dropped_they_are_nobodys(self, candidate: Identification, marketer: User) -> None:
        drop(identification_id=candidate.pk, actor=marketer, now=clock.now())
        drain()
        assert pages_of("ceo@example.com") == []
        assert VisitorEvent.objects.count() == 2

    def test_it_is_decided_once(self, candidate: Identification, marketer: User) -> None:
        drop(identification_id=candidate.pk, actor=marketer, now=clock.now())
        with pytest.raises(Decided):
            confirm(identification_id=candidate.pk, actor=marketer, now=clock.now())

    def test_proved_meanwhile_it_needs_no_decision(self, candidate: Identification) -> None:
        now = clock.now()
        identify(visitor_id=candidate.visitor_id, lead_id=candidate.lead_id, is_verified=True, now=now)
        drain()
        assert pages_of("ceo@example.com") == ["/pricing", "/blog"]
        candidate.refresh_from_db()
        assert (candidate.state, candidate.is_verified) == ("attributed", True)


class TestProof:
    def test_a_token_of_the_server_joins_a_known_lead(self, site: Site, make_lead: Callable[..., Lead]) -> None:
        lead = make_lead(email="ceo@example.com")
        key = new_server_key(site=site, now=clock.now())
        token = hmac.new(key.encode(), b"ceo@example.com", hashlib.sha256).hexdigest()
        collect(page(), {**who("ceo@example.com", userId="999"), "context": {"token": token}})
        assert pages_of("ceo@example.com") == ["/pricing"]
        lead.refresh_from_db()
        assert lead.external_id is None  # the token proves the address, nothing proves the id
        assert Identification.objects.get().is_verified

    def test_a_token_for_another_proves_nothing(self, site: Site, make_lead: Callable[..., Lead]) -> None:
        lead = make_lead(email="ceo@example.com")
        key = new_server_key(site=site, now=clock.now())
        token = hmac.new(key.encode(), b"eve@example.com", hashlib.sha256).hexdigest()
        collect(page(), {**who("ceo@example.com"), "context": {"token": token}})
        assert not lead.activities.exists()

    def test_a_form_says_who_it_is_before_the_visit_was_taken(self, site: Site, make_lead: Callable[..., Lead]) -> None:
        """The inbox began with the visit before; it commits afterwards."""
        lead = make_lead(email="ada@example.com")
        collect(page(), drained=False)
        now = clock.now()
        identify(
            visitor_id=visitor_id(site=site, anonymous_id="v1", now=now), lead_id=lead.pk, is_verified=True, now=now
        )
        join_due(clock=clock.now, until=monotonic() + 20)
        assert JoinRequest.objects.exists()
        # As a batch that has read the visitor before it was identified would store it.
        visitor = Visitor.objects.get()
        collect(page("/late"), drained=False)
        inbox.drain(clock=clock.now, until=monotonic() + 20)
        VisitorEvent.objects.create(
            visitor=visitor, message_key="00000000-0000-0000-0000-000000000001", occurred_at=now, received_at=now,
            event=json.dumps({"message_id": "x", "type": "page_view", "page": "/raced"}),
        )  # fmt: skip
        drain(after=timedelta(seconds=10))
        assert set(pages_of("ada@example.com")) == {"/pricing", "/late", "/raced"}
        drain(after=2 * LOOKED_AT_FOR)
        assert not JoinRequest.objects.exists()


class TestErasing:
    def test_nothing_of_a_person_stays_of_their_browsers(self, site: Site, administrator: User) -> None:
        collect(page(), who("canary@example.com"), page("/blog"))
        collect(page(anonymousId="v2"), who("canary@example.com", anonymousId="v3", userId="canary@example.com"))
        lead = Lead.objects.get()
        erase(lead_id=lead.pk, reason=ErasureReason.ASKED, agent=Agent(user=administrator), now=clock.now())
        assert not Identification.objects.exists()
        assert not ClaimedLead.objects.exists()
        assert [visitor.key for visitor in Visitor.objects.all()] == ["v2"]
        collect(page(anonymousId="v1"))
        assert Visitor.objects.count() == 2


class TestTwoPeople:
    def test_they_part_at_the_second_identification(self, site: Site) -> None:
        now = clock.now()
        collect(page("/ada", timestamp=at(now, -50)), who("ada@example.com", timestamp=at(now, -40)))
        collect(page("/both", timestamp=at(now, -30)), who("bob@example.com", timestamp=at(now, -20)))
        collect(page("/bob", timestamp=at(now, -10)), page("/late", timestamp=at(now, -35)))
        assert pages_of("ada@example.com") == ["/ada", "/late", "/both"]
        assert pages_of("bob@example.com") == ["/bob"]

    def test_after_a_reset_another_begins(self, site: Site) -> None:
        collect(page("/ada"), who("ada@example.com"))
        collect(page("/bob", anonymousId="v2"))
        assert pages_of("ada@example.com") == ["/ada"]
        assert VisitorEvent.objects.get().visitor.key == "v2"

    def test_an_alias_joins_what_was_done_under_the_other_id(self, site: Site) -> None:
        collect(page("/old", anonymousId="old"))
        collect(who("ada@example.com", anonymousId="new", userId="7"))
        collect({"type": "alias", "previousId": "old", "userId": "7", "anonymousId": None})
        assert pages_of("ada@example.com") == ["/old"]


class TestSettings:
    def test_a_replayed_message_is_no_other_one(self, site: Site, settings: Settings) -> None:
        collect(page(messageId="a"), who("ada@example.com"))
        collect(page(messageId="a"))
        assert Activity.objects.count() == 1
        assert not QuarantinedEvent.objects.exists()


class TestIllegalRows:
    @pytest.mark.parametrize(
        ("change", "guard"),
        [
            ("capture_identification SET state = 'maybe'", "identification_state_known"),
            ("capture_identification SET is_verified = true", "identification_candidate_undecided"),
            ("capture_identification SET state = 'dropped', decided_at = now()", "identification_decision_whole"),
            ("capture_visitor SET key = ''", "visitor_key_not_empty"),
        ],
    )
    def test_a_row_cannot_become(self, site: Site, make_lead: Callable[..., Lead], change: str, guard: str) -> None:
        make_lead(email="ceo@example.com")
        collect(who("ceo@example.com"))
        with pytest.raises(DatabaseError, match=guard), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {change}")

    def test_once_is_once(self, site: Site, now: datetime) -> None:
        collect(page(messageId="a"), page(messageId="b", anonymousId="v2"))
        for model, column in ((Visitor, "key"), (VisitorEvent, "message_key")):
            one, other = model._default_manager.order_by("pk")
            with pytest.raises(IntegrityError), transaction.atomic():
                model._default_manager.filter(pk=other.pk).update(**{column: getattr(one, column)})
        lines = [EventMeaning(site=site, pattern=text, pattern_key="odd") for text in ("Odd", "odd")]
        with pytest.raises(IntegrityError, match="event_meaning_once"), transaction.atomic():
            EventMeaning.objects.bulk_create(lines)
        with pytest.raises(IntegrityError, match="event_meaning_not_empty"), transaction.atomic():
            EventMeaning.objects.create(site=site, pattern="-", pattern_key="")
        for row in (
            SeenEvent(site=site, name="a", last_at=now),
            AnonymousCount(site=site, on=now.date(), type="page_view", page="/", channel=""),
        ):
            row.save()
            row.pk = None
            with pytest.raises(IntegrityError, match="once"), transaction.atomic():
                row.save()
