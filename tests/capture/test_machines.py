"""Who did it: what gives a program away, where data centres are, and what no person is fast enough for."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory

from accounts.models import User
from capture.bursts import MOST_VIEWS
from capture.data_centres import NoRanges, is_in_data_centre, read_ranges, replace_ranges
from capture.events import take_events
from capture.machines import verdict, verdict_on
from capture.models import DataCentreRange
from capture.shipped_ranges import shipped_ranges
from capture.verdicts import decide, found_program
from leads.events import Agent
from leads.models import Activity, Lead, LeadEvent, Machine
from scoring.engine.batches import drain
from scoring.models import Score
from tests.scoring.building import did

pytestmark = pytest.mark.django_db
PERSON = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)
SOMEBODY = Agent(name="test")


class TestVerdict:
    @pytest.mark.parametrize(
        ("signs", "machine"),
        [
            ({"user_agent": PERSON}, Machine.HUMAN),
            ({}, Machine.HUMAN),
            ({"declared": True, "user_agent": PERSON}, Machine.DECLARED),
            ({"user_agent": "python-requests/2.32"}, Machine.CRAWLER),
            ({"user_agent": PERSON.replace("Chrome", "HeadlessChrome")}, Machine.HEADLESS),
            ({"user_agent": PERSON, "marks": ["webdriver"]}, Machine.HEADLESS),
            ({"user_agent": PERSON, "marks": ["webdriver", "hidden_link"]}, Machine.HIDDEN_LINK),
            ({"user_agent": PERSON, "marks": ["something"]}, Machine.HUMAN),
            ({"since_delivery": 4.9}, Machine.SCANNER),
            ({"since_delivery": 4.9, "is_open": True}, Machine.PREFETCH),
            ({"since_delivery": 5.0}, Machine.HUMAN),
            ({"since_delivery": -3.0}, Machine.HUMAN),
        ],
    )
    def test_by_what_is_known(self, signs: dict[str, Any], machine: Machine) -> None:
        assert verdict(**signs) == machine

    @pytest.mark.parametrize(
        ("method", "headers", "machine"),
        [
            ("GET", {}, Machine.HUMAN),
            ("HEAD", {}, Machine.SCANNER),
            ("GET", {"Sec-Purpose": "prefetch;prerender"}, Machine.PREFETCH),
            ("GET", {"X-Moz": "prefetch"}, Machine.PREFETCH),
            ("GET", {"X-Purpose": "preview"}, Machine.PREFETCH),
            ("GET", {"Purpose": "nothing of that"}, Machine.HUMAN),
        ],
    )
    def test_by_how_a_page_is_asked_for(self, method: str, headers: dict[str, str], machine: Machine) -> None:
        request = RequestFactory().generic(method, "/", headers={"User-Agent": PERSON, **headers})
        assert verdict_on(request) == machine


class TestDataCentres:
    def test_an_address_in_a_range_is_a_programs(self) -> None:
        for network in ("192.0.2.0/25", "192.0.2.128/25", "198.51.100.7/32", "2001:db8::/32"):
            DataCentreRange.objects.create(network=network, owner="Clouds")
        inside = ("192.0.2.0", "192.0.2.255", "198.51.100.7", "2001:db8:1::1", "::ffff:192.0.2.9")
        assert [is_in_data_centre(address) for address in inside] == [True] * 5
        outside = ("192.0.1.255", "192.0.3.0", "198.51.100.6", "198.51.100.8", "2001:db9::1", "", "no address")
        assert [is_in_data_centre(address) for address in outside] == [False] * 7
        assert verdict(user_agent=PERSON, address="192.0.2.9") == Machine.DATA_CENTRE

    def test_twelve_owners_are_known_from_the_start(self) -> None:
        inside = ("3.5.140.1", "5.9.1.1", "148.163.148.5", "40.94.20.9", "34.64.1.1", "2a01:4f8::1")
        assert [is_in_data_centre(address) for address in inside] == [True] * 6
        assert not is_in_data_centre("84.130.1.1")  # somebody at home
        for owner, shipped in shipped_ranges().items():
            assert shipped.ranges, owner
            assert all(network.is_global and network.prefixlen >= 9 for network in shipped.ranges), owner

    def test_an_owner_that_is_imported_replaces_what_came_with_baton(self) -> None:
        replace_ranges(owner="Hetzner", ranges=read_ranges("192.0.2.0/24"))
        assert [is_in_data_centre(address) for address in ("5.9.1.1", "192.0.2.1", "3.5.140.1")] == [False, True, True]

    def test_a_gateway_of_people_goes_before_all_others(self) -> None:
        DataCentreRange.objects.create(network="5.9.1.0/28", owner="Acme's gateway", has_people=True)
        assert [is_in_data_centre(address) for address in ("5.9.1.1", "5.9.1.99")] == [False, True]

    @pytest.mark.parametrize(
        ("text", "ranges"),
        [
            (
                json.dumps(
                    {"prefixes": [{"ip_prefix": "192.0.2.0/24", "region": "eu"}, {"ipv6Prefix": "2001:db8::/32"}]}
                ),
                ["192.0.2.0/24", "2001:db8::/32"],
            ),
            (
                json.dumps({"values": [{"name": "a/b", "properties": {"addressPrefixes": ["198.51.100.0/28"]}}]}),
                ["198.51.100.0/28"],
            ),
            (
                "# of ours\n192.0.2.0/24,DE,,\n192.0.2.0/24 # twice\n\n203.0.113.9/24\n",
                ["192.0.2.0/24", "203.0.113.0/24"],
            ),
        ],
    )
    def test_lists_are_read_as_they_are_published(self, text: str, ranges: list[str]) -> None:
        assert [str(network) for network in read_ranges(text)] == ranges

    @pytest.mark.parametrize("text", ["", "{}", "192.0.2.1\nname,place\n", '["a/b"]'])
    def test_a_file_without_ranges_is_refused(self, text: str) -> None:
        with pytest.raises(NoRanges):
            read_ranges(text)

    def test_the_command_replaces_those_of_the_owner(self, tmp_path: Path) -> None:
        DataCentreRange.objects.create(network="192.0.2.0/24", owner="Clouds")
        DataCentreRange.objects.create(network="203.0.113.0/24", owner="Others")
        file = tmp_path / "ranges.txt"
        file.write_text("198.51.100.0/24\n203.0.113.0/24\n")
        call_command("import_data_centres", str(file), owner="Clouds")
        known = {one.network: one.owner for one in DataCentreRange.objects.all()}
        assert known == {"198.51.100.0/24": "Clouds", "203.0.113.0/24": "Others"}
        file.write_text("nothing")
        with pytest.raises(CommandError, match=r"No range of addresses such as 192.0.2.0/24 stands in"):
            call_command("import_data_centres", str(file), owner="Clouds")
        assert DataCentreRange.objects.filter(owner="Clouds").exists()

    def test_the_admin_says_how_a_range_is_written(self, client: Client, administrator: User) -> None:
        client.force_login(administrator)
        add = "/admin/capture/datacentrerange/add/"
        answer = client.post(add, {"network": "everywhere", "owner": "Clouds"})
        assert "Write a range of addresses like 192.0.2.0/24 or 2001:db8::/32." in answer.content.decode()
        client.post(add, {"network": "192.0.2.77/24", "owner": "Clouds"})
        assert DataCentreRange.objects.get().network == "192.0.2.0/24"


def event(number: int, at: datetime, **fields: Any) -> dict[str, Any]:
    lead = {"email": "ada@example.com"}
    return {"message_id": str(number), "type": "email_clicked", "occurred_at": at.isoformat(), "lead": lead, **fields}


def take(*events: dict[str, Any], now: datetime) -> None:
    take_events([(one, now) for one in events], agent=SOMEBODY, source="mail", system="", now=now)


def machines() -> list[int]:
    return list(Activity.objects.order_by("occurred_at", "pk").values_list("machine", flat=True))


class TestBursts:
    def test_a_scanner_that_follows_all_links_gives_no_point(self, now: datetime) -> None:
        """Each click comes in a request of its own, and the first one was taken for a person's."""
        joined = event(0, now - timedelta(hours=1), type="programme_joined")
        take(joined, now=now)
        drain(now=now)
        assert Score.objects.get().total == 20
        for number in range(3):
            at = now - timedelta(minutes=1) + timedelta(seconds=number)
            take(event(number + 1, at, page=f"/offer/{number}"), now=now)
        assert machines() == [Machine.HUMAN, *[Machine.SCANNER] * 3]
        drain(now=now)
        assert Score.objects.get().total == 20
        found = LeadEvent.objects.filter(kind="activity.found_program").order_by("pk")
        assert [one.data["activities"] for one in found] == [2, 1]

    def test_a_double_click_and_a_slow_reader_are_people(self, now: datetime) -> None:
        start = now - timedelta(hours=1)
        double = [event(number, start + timedelta(seconds=number / 4), page="/offer") for number in range(2)]
        slow = [event(2, start + timedelta(seconds=2.5), page="/other")]
        take(*double, *slow, now=now)
        assert machines() == [Machine.HUMAN] * 3

    def test_pages_that_nobody_can_look_at_so_fast(self, now: datetime) -> None:
        start = now - timedelta(hours=1)
        views = [
            event(number, start + timedelta(seconds=number * 0.4), type="page_view", page=f"/{number}")
            for number in range(MOST_VIEWS)
        ]
        take(*views, event(99, now - timedelta(minutes=1), type="page_view"), now=now)
        assert machines() == [*[Machine.TOO_FAST] * MOST_VIEWS, Machine.HUMAN]

    def test_right_after_the_delivery(self, now: datetime) -> None:
        delivered = now - timedelta(hours=1)
        for number, seconds in enumerate((1, 60)):
            at = delivered + timedelta(seconds=seconds)
            take(event(number, at, delivered_at=delivered.isoformat(), page=f"/{number}"), now=now)
        assert machines() == [Machine.SCANNER, Machine.HUMAN]

    @pytest.mark.parametrize("kind", ["email_opened", "email_clicked", "page_view"])
    def test_each_sign_of_an_event_is_judged_with_its_reason(self, kind: str, now: datetime) -> None:
        signs: tuple[dict[str, Any], ...] = (
            {"is_machine": True}, {"user_agent": "python-requests/2.32"}, {"ip": "3.5.140.1"},
            {"user_agent": PERSON.replace("Chrome", "HeadlessChrome")}, {"user_agent": PERSON, "ip": "84.130.1.1"},
        )  # fmt: skip
        for number, sign in enumerate(signs):
            at = now - timedelta(hours=1 + number)
            take(event(number, at, type=kind, page="/offer", **sign), now=now)
        reasons = [
            Machine.HUMAN, Machine.HEADLESS, Machine.DATA_CENTRE, Machine.CRAWLER, Machine.DECLARED,
        ]  # fmt: skip
        assert machines() == reasons

    def test_what_a_person_decided_stays(self, make_lead: Callable[..., Lead], marketer: User, now: datetime) -> None:
        joined = did(make_lead(), "programme_joined", now - timedelta(days=1), machine=Machine.SCANNER)
        decide(activity_ids=[joined.pk], by_person=True, agent=Agent(user=marketer), now=now)
        assert found_program(activity_ids=[joined.pk], machine=Machine.TOO_FAST, now=now) == 0
        joined.refresh_from_db()
        assert joined.machine == Machine.OVERRULED
