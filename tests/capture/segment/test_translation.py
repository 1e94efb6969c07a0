"""What a Segment message becomes: its type, its page and asset, its channel, and what it says of a person."""

from datetime import datetime
from typing import Any

import pytest

from capture.segment.activities import activity_of
from capture.segment.event_names import BUILT_IN, IGNORED, Meanings, squeezed, squeezed_pattern
from capture.segment.messages import BROWSER, SERVER, Message, read_message
from capture.segment.traits import lead_of
from capture.sites.adding import add_site
from capture.sites.known import own_hosts
from leads.normalise import Refusal

FACTS = {"by": BROWSER, "type": "", "ip": "192.0.2.1", "userAgent": "Mozilla/5.0", "gpc": False, "dnt": False}


def read(now: datetime, by: str = BROWSER, batch: dict[str, Any] | None = None, **message: Any) -> Message:
    event = {"message": {"messageId": "m1", **message}, "batch": batch or {}, "facts": {**FACTS, "by": by}}
    return read_message(event, came_at=now)


def activity(now: datetime, **message: Any) -> dict[str, Any]:
    event = activity_of(read(now, **message), meanings=BUILT_IN, own_hosts={"example.com"})
    assert event is not None
    return event


class TestNames:
    @pytest.mark.parametrize(
        ("name", "meaning"),
        [
            ("Form Submitted", "form_submitted"),
            ("form_submitted", "form_submitted"),
            ("formSubmitted", "form_submitted"),
            ("Contact Form Submitted", "form_submitted"),
            ("generate_lead", "form_submitted"),
            ("Ebook Downloaded", "download"),
            ("File Downloaded", "download"),
            ("Trial Downloaded", "trial_downloaded"),
            ("Demo Requested", "demo_requested"),
            ("Trial Started", "trial_used"),
            ("Webinar Registered", "webinar_registered"),
            ("Webinar Attended", "webinar_attended"),
            ("Product Added", "cart_added"),
            ("Products Searched", "search"),
            ("Time Spent", "time_spent"),
            ("Consent Given", IGNORED),
            ("Something Else", None),
        ],
    )
    def test_what_the_usual_names_mean(self, name: str, meaning: str | None) -> None:
        assert BUILT_IN.of(squeezed(name)) == meaning

    def test_a_whole_name_goes_before_a_pattern_and_a_longer_pattern_before_a_shorter_one(self) -> None:
        lines = [("*", "any"), ("Ebook*", "ebook"), ("Ebook * Opened", "opened"), ("ebook seen", "seen")]
        meanings = Meanings((squeezed_pattern(pattern), meaning) for pattern, meaning in lines)
        names = ("Ebook Seen", "Ebook Chapter Opened", "ebookopened", "Ebook", "Book")
        assert [meanings.of(squeezed(name)) for name in names] == ["seen", "opened", "opened", "ebook", "any"]

    def test_a_pattern_is_no_regular_expression(self) -> None:
        assert Meanings([(squeezed_pattern("(a+)+$"), "x")]).of(squeezed("aaaa")) is None
        assert Meanings([(squeezed_pattern("a*a*a"), "x")]).of("aa") is None
        assert Meanings([(squeezed_pattern("*a*a*a*" * 10), "x")]).of("a" * 200 + "b") == "x"


@pytest.mark.django_db
class TestActivities:
    def test_a_page_is_a_page_view(self, now: datetime) -> None:
        page = {"url": "https://www.example.com/Pricing?utm_source=x#top", "referrer": "", "title": "Prices"}
        event = activity(now, type="page", anonymousId="v", context={"page": page, "sessionId": "a" * 32})
        assert (event["type"], event["page"]) == ("page_view", "https://www.example.com/Pricing")
        assert event["visit"] == "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"
        assert event["properties"]["title"] == "Prices"

    def test_the_address_of_a_file_is_not_that_of_the_page(self, now: datetime) -> None:
        properties = {"url": "https://example.com/files/a.pdf", "file": "a.pdf"}
        page = {"url": "https://example.com/guides"}
        event = activity(now, type="track", event="File Downloaded", properties=properties, context={"page": page})
        assert (event["type"], event["asset"], event["page"]) == ("download", "a.pdf", "https://example.com/guides")

    def test_what_an_event_is_about_is_its_asset(self, now: datetime) -> None:
        assert activity(now, type="track", event="Webinar Attended", properties={"title": "SLA"})["asset"] == "SLA"
        assert "asset" not in activity(now, type="track", event="Product Added", properties={"name": "Chair"})

    def test_seconds_are_taken(self, now: datetime) -> None:
        assert activity(now, type="track", event="Time Spent", properties={"seconds": 12.0})["seconds"] == 12
        assert "seconds" not in activity(now, type="track", event="Time Spent", properties={"seconds": "x"})

    def test_what_nothing_is_said_of_is_unmapped(self, now: datetime) -> None:
        with pytest.raises(Refusal) as refusal:
            activity(now, type="track", event="Something Else")
        assert refusal.value.code == "unmapped"

    def test_a_message_of_another_shape_is_refused(self, now: datetime) -> None:
        for message, code in (
            ({"type": "video"}, "unknown_type"),
            ({"type": "page", "anonymousId": "x" * 101}, "too_long"),
            ({"type": "page", "properties": {"a": "x" * 40_000}}, "event_too_large"),
        ):
            with pytest.raises(Refusal) as refusal:
                read(now, **message)
            assert refusal.value.code == code

    def test_a_message_without_an_id_has_one_of_its_own_content(self, now: datetime) -> None:
        ids = [read(now, messageId=None, type="page", name=name, timestamp="2026-03-10T09:00:00Z").id for name in "aab"]
        assert ids[0] == ids[1] != ids[2]


@pytest.mark.django_db
class TestChannels:
    def test_a_page_says_where_a_visit_came_from(self, now: datetime) -> None:
        page = {"url": "https://example.com/?gclid=1", "referrer": "https://www.google.com/"}
        event = activity(now, type="page", anonymousId="v", context={"page": page, "campaign": {"name": "Spring"}})
        assert (event["channel"], event["campaign"]) == ("paid_search", "Spring")
        assert event["properties"]["arrival"]["click_ids"] == ["gclid"]

    def test_a_step_within_the_site_came_from_nowhere(self, now: datetime) -> None:
        page = {"url": "https://shop.example.com/", "referrer": "https://www.example.com/"}
        event = activity(now, type="page", anonymousId="v", context={"page": page})
        assert "channel" not in event
        assert "properties" not in event

    def test_pages_of_every_connected_site_and_our_own_are_one_site(self, now: datetime) -> None:
        for name in ("www.example.com", "docs.example.org"):
            add_site(name=name, origins=[f"https://{name}"], actor=None, now=now)
        assert own_hosts() == {"example.com", "docs.example.org", "testserver"}

    def test_a_visit_from_nowhere_can_be_counted_again(self, now: datetime) -> None:
        event = activity(now, type="page", anonymousId="v", context={"page": {"url": "https://example.com/"}})
        assert (event["channel"], event["properties"]) == ("direct", {"arrival": {}})

    def test_of_an_event_of_a_server_nothing_is_known(self, now: datetime) -> None:
        message = read(now, by=SERVER, type="track", event="Demo Requested", userId="7")
        event = activity_of(message, meanings=BUILT_IN, own_hosts=())
        assert event is not None
        assert "channel" not in event


@pytest.mark.django_db
class TestTraits:
    def test_a_person_is_described(self, now: datetime) -> None:
        traits = {
            "email": "ada@example.com", "firstName": "Ada", "lastName": "Lovelace", "phone": "+351 21", "title": "CTO",
            "company": {"name": "Engines", "employee_count": "120", "industry": "Software"},
            "address": {"country": "Portugal", "city": "Lisbon"}, "plan": "x",
        }  # fmt: skip
        lead = lead_of(read(now, type="identify", userId="7", traits=traits), system="website")
        assert (lead.email, lead.external_id, lead.system) == ("ada@example.com", "7", "website")
        assert (lead.first_name, lead.last_name, lead.phone, lead.job_title) == ("Ada", "Lovelace", "+351 21", "CTO")
        assert (lead.company, lead.employees, lead.industry) == ("Engines", 120, "Software")
        assert (lead.country, lead.city) == ("Portugal", "Lisbon")

    def test_a_whole_name_is_parted(self, now: datetime) -> None:
        lead = lead_of(read(now, type="identify", traits={"name": "Ada King Lovelace"}), system="")
        assert (lead.first_name, lead.last_name) == ("Ada", "King Lovelace")

    def test_what_cannot_be_used_is_left_out(self, now: datetime) -> None:
        traits = {"firstName": "x" * 101, "company": {"employees": -1}, "address": {"country": "Atlantis"}, "title": {}}
        lead = lead_of(read(now, type="identify", traits=traits), system="")
        assert (lead.first_name, lead.employees, lead.country, lead.job_title) == ("", None, "", "")

    def test_an_address_as_id_is_the_address(self, now: datetime) -> None:
        lead = lead_of(read(now, type="identify", userId="ada@example.com"), system="website")
        assert (lead.email, lead.external_id, lead.system) == ("ada@example.com", "", "")

    def test_a_group_is_a_company(self, now: datetime) -> None:
        traits = {"name": "Engines", "website": "engines.example", "employees": 50}
        lead = lead_of(read(now, type="group", userId="7", groupId="g", traits=traits), system="website")
        assert (lead.company, lead.company_domain, lead.employees, lead.first_name) == (
            "Engines", "engines.example", 50, "",
        )  # fmt: skip
