"""The script alone: what it sends, what it keeps in the browser, and what it costs."""

import gzip
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from capture.tracking.script import with_settings
from tests.browser.tracking.collector import SETTINGS, Collector
from tests.browser.tracking.conftest import NewVisitor
from tests.browser.tracking.website import Website

pytestmark = pytest.mark.browser

GPC = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true})"


def until(true: Callable[[], object], *, page: Page, seconds: float = 8) -> None:
    """Waits until it is so; what is not so in the end is the caller's to assert."""
    ends = time.monotonic() + seconds
    while not true() and time.monotonic() < ends:
        page.wait_for_timeout(50)


def opened(visitor: BrowserContext, site: Website, path: str = "/") -> Page:
    page = visitor.new_page()
    page.goto(site.origin + path)
    return page


def kept(page: Page) -> dict[str, Any]:
    """What is kept in the browser, without messages that wait."""
    found: str | None = page.evaluate("localStorage.getItem('baton:')")
    return json.loads(found) if found else {}


def is_empty(page: Page) -> bool:
    return bool(page.evaluate("localStorage.length + sessionStorage.length + document.cookie.length == 0"))


class TestSize:
    def test_it_is_under_four_kilobytes(self) -> None:
        usual = SETTINGS | {"midnight": True, "hosts": ["example.com", "shop.example.com"]}
        assert len(gzip.compress(with_settings(usual).encode())) <= 4096


class TestWhatIsSent:
    def test_a_page_with_where_they_came_from_and_nothing_else_of_its_query(
        self, new_visitor: NewVisitor, site: Website, collector: Collector
    ) -> None:
        page = opened(new_visitor(), site, "/?utm_source=g&utm_campaign=May&gclid=XyZ&email=ada@example.com#part")
        until(lambda: len(collector.messages) == 2, page=page)
        assert collector.names == ["page", "Ad Clicked"]
        sent = collector.messages[0]
        assert sent["context"]["page"]["path"] == "/"
        assert sent["context"]["page"]["url"] == f"{site.origin}/?utm_source=g&utm_campaign=May&gclid=XyZ"
        assert sent["context"]["campaign"] == {"source": "g", "name": "May"}
        assert len(sent["anonymousId"]) == len(sent["messageId"]) == 36
        assert collector.headers[0]["Content-Type"].startswith("text/plain")
        assert "Cookie" not in collector.headers[0]

    def test_what_was_called_before_it_came_is_kept(
        self, new_visitor: NewVisitor, site: Website, collector: Collector
    ) -> None:
        early = "window.baton = [['identify', 'u1', {plan: 'pro'}, {token: 't'}], ['track', 'Early', {a: 1}]]"
        page = opened(new_visitor(init=early), site)
        until(lambda: len(collector.messages) >= 3, page=page)
        assert collector.names == ["identify", "Early", "page"]
        who, did, seen = collector.messages
        assert (who["userId"], who["traits"], who["context"]["token"]) == ("u1", {"plan": "pro"}, "t")
        assert (did["userId"], did["properties"], seen["userId"]) == ("u1", {"a": 1}, "u1")

    def test_what_is_done_on_pages(self, new_visitor: NewVisitor, site: Website, collector: Collector) -> None:
        def told_of(pages: int) -> None:
            """People look at a page before they do something: what is done before the script is there is not seen."""
            until(lambda: collector.names.count("page") == pages, page=page)

        page = opened(new_visitor(), site)
        page.wait_for_timeout(1100)
        page.mouse.wheel(0, 5000)
        until(lambda: "Scrolled To End" in collector.names, page=page)
        page.get_by_text("Contact").click()
        told_of(2)
        page.fill("#login [name=user]", "ada")
        page.fill("#contact [name=email]", "ada@example.com")
        page.get_by_text("Prices").click()
        told_of(3)
        page.get_by_text("Ask for a demo").click()
        page.get_by_text("Guide").click()
        until(lambda: "File Downloaded" in collector.names, page=page)
        names = [name for name in collector.names if name != "Time Spent"]
        expected = [
            "page", "Scrolled To End", "page", "Form Started", "Form Abandoned", "page", "Demo Requested",
            "File Downloaded",
        ]  # fmt: skip
        assert names == expected
        said = {message.get("event"): message.get("properties") or {} for message in collector.messages}
        assert said["Time Spent"]["seconds"] >= 1
        assert said["Form Started"] == said["Form Abandoned"] == {"form": "contact"}
        assert said["File Downloaded"] == {"url": f"{site.origin}/guide.pdf", "file": "guide.pdf"}
        assert "ada@" not in json.dumps(collector.messages)

    def test_a_link_out_without_its_query(self, new_visitor: NewVisitor, site: Website, collector: Collector) -> None:
        page = opened(new_visitor(), site)
        page.get_by_text("Partner").click()
        until(lambda: "Link Clicked" in collector.names, page=page)
        sent = next(message for message in collector.messages if message.get("event") == "Link Clicked")
        assert sent["properties"] == {"url": f"{site.elsewhere}/partner"}


class TestRetries:
    def test_what_was_not_taken_is_sent_again_under_its_id_also_by_the_next_page(
        self, new_visitor: NewVisitor, site: Website, collector: Collector
    ) -> None:
        collector.status = 503
        page = opened(new_visitor(), site)
        until(lambda: collector.batches, page=page)
        first = collector.messages[0]["messageId"]
        page.goto(f"{site.origin}/pricing")
        collector.status, collector.batches = 204, []
        until(lambda: "page" in collector.names and len(kept(page)) and not waiting(page), page=page)
        assert first in {message["messageId"] for message in collector.messages}
        assert waiting(page) == 0

    def test_what_is_refused_is_not_sent_again(
        self, new_visitor: NewVisitor, site: Website, collector: Collector
    ) -> None:
        collector.status = 400
        page = opened(new_visitor(), site)
        until(lambda: collector.batches and not waiting(page), page=page)
        assert waiting(page) == 0


def waiting(page: Page) -> int:
    count: int = page.evaluate("Object.keys(localStorage).filter(key => /^baton:./.test(key)).length")
    return count


class TestConsent:
    @pytest.mark.parametrize(("consent", "init"), [("pending", ""), ("denied", ""), ("granted", GPC)])
    def test_nothing_is_kept_without_it(
        self, new_visitor: NewVisitor, site: Website, collector: Collector, consent: str, init: str
    ) -> None:
        collector.settings["consent"] = consent
        page = opened(new_visitor(init=init), site, "/?utm_source=g&gclid=XyZ")
        page.evaluate("baton.identify('ada@example.com', {name: 'Ada'})")
        page.evaluate("baton.track('Bought', {card: '4711'})")
        page.wait_for_timeout(400)
        assert is_empty(page)
        page.goto(f"{site.origin}/pricing")
        until(lambda: len(collector.messages) >= 3, page=page)
        assert {"page", "Bought", "Ad Clicked"} <= set(collector.names)
        assert "identify" not in collector.names
        text = json.dumps(collector.messages)
        assert [word for word in ("anonymousId", "userId", "sessionId", "XyZ", "4711", "ada@") if word in text] == []

    def test_where_nobody_is_counted_nothing_is_sent(
        self, new_visitor: NewVisitor, site: Website, collector: Collector
    ) -> None:
        collector.settings |= {"consent": "denied", "counts": False}
        page = opened(new_visitor(), site)
        page.goto(f"{site.origin}/pricing")
        page.wait_for_timeout(800)
        assert collector.batches == []

    def test_what_waited_goes_out_once_there_is_a_yes_and_it_lasts(
        self, new_visitor: NewVisitor, site: Website, collector: Collector
    ) -> None:
        collector.settings["consent"] = "pending"
        page = opened(new_visitor(), site)
        page.evaluate("baton.consent('granted')")
        until(lambda: "Consent Given" in collector.names, page=page)
        assert collector.names == ["page", "Consent Given"]
        page.goto(f"{site.origin}/pricing")
        until(lambda: collector.names.count("page") == 2, page=page)
        assert len({message["anonymousId"] for message in collector.messages}) == 1

    def test_it_ends_after_thirteen_months(self, new_visitor: NewVisitor, site: Website, collector: Collector) -> None:
        collector.settings["consent"] = "pending"
        page = opened(new_visitor(), site)
        page.evaluate("baton.consent('granted')")
        page.evaluate(
            "() => { const kept = JSON.parse(localStorage['baton:']); kept.at -= 396 * 864e5;"
            " localStorage['baton:'] = JSON.stringify(kept) }"
        )
        page.goto(f"{site.origin}/pricing")
        assert page.evaluate("baton.visitor()") is None

    def test_withdrawn_in_one_tab_it_is_withdrawn_in_all(
        self, new_visitor: NewVisitor, site: Website, collector: Collector
    ) -> None:
        visitor = new_visitor()
        page, other = opened(visitor, site), opened(visitor, site, "/pricing")
        until(lambda: collector.names.count("page") == 2, page=page)
        assert page.evaluate("baton.visitor()") == other.evaluate("baton.visitor()") != None  # noqa: E711
        page.evaluate("baton.consent('denied')")
        until(lambda: "Consent Withdrawn" in collector.names, page=page)
        other.get_by_text("Ask for a demo").click()
        until(lambda: "Demo Requested" in collector.names, page=page)
        assert "anonymousId" not in collector.messages[-1]
        assert kept(page) == {"consent": "denied"}


class TestVisits:
    def test_silence_or_another_campaign_begins_one(
        self, new_visitor: NewVisitor, site: Website, collector: Collector
    ) -> None:
        page = opened(new_visitor(), site, "/?utm_source=a")
        for path in ("/pricing", "/?utm_source=a", "/?utm_source=b"):
            page.goto(site.origin + path)
            page.wait_for_timeout(100)
        # From where nothing is watched: a page that is left says how long it was looked at, which ends the silence.
        page.goto(f"{site.origin}/style.css")
        page.evaluate(
            "() => { const kept = JSON.parse(localStorage['baton:']); kept.visit.at -= 31 * 6e4;"
            " localStorage['baton:'] = JSON.stringify(kept) }"
        )
        page.goto(f"{site.origin}/pricing")
        until(lambda: collector.names.count("page") == 5, page=page)
        pages = {message["messageId"]: message for message in collector.messages if message["type"] == "page"}
        visits = [message["context"]["sessionId"] for message in sorted(pages.values(), key=lambda m: m["timestamp"])]
        assert [visits.index(visit) for visit in visits] == [0, 0, 0, 3, 4]
