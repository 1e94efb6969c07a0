"""Visits of somebody's website in a real browser, to their end: what Baton has stored of them."""

import hmac
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from capture.models import AnonymousCount, Identification, Site, Submission, Visitor, VisitorEvent
from capture.sites.adding import add_site
from capture.sites.keys import new_server_key
from capture.tasks import drain_inbox, join_visitors
from capture.tracking.handing_on import sign_of
from capture.web_forms.taking import settle, take_anyway
from leads.consent.ledger import is_given
from leads.models import Activity, Lead, Machine
from lib import clock
from tests.browser.tracking.conftest import NewVisitor
from tests.browser.tracking.test_script import GPC, is_empty, opened
from tests.browser.tracking.website import Website, policy
from tests.capture.web_forms.conftest import new_form

pytestmark = [pytest.mark.browser, pytest.mark.slow]
STEERED = "Object.defineProperty(Navigator.prototype, 'webdriver', {get: () => true})"


@pytest.fixture
def baton(transactional: None, live_server: LiveServer, site: Website) -> Iterator[Site]:
    """The website as Baton knows it; its pages have the line that Connect shows.

    A test names it before the visitors, who then leave before the tables are emptied: they say something when they go.
    """
    known = add_site(name="Website", origins=[site.origin], actor=None, now=clock.now())
    site.script = f'<script src="{live_server.url}/w/website/b.js" data-key="{known.write_key}" defer></script>'
    site.policy = policy(live_server.url)
    yield known
    time.sleep(0.3)


def says(baton: Site, **settings: object) -> None:
    """What holds for the site, as its people say on Connect."""
    Site.objects.filter(pk=baton.pk).update(**settings)


def settled(page: Page, is_so: Callable[[], object], *, seconds: float = 10) -> None:
    """The worker works until it is so, or the test fails."""
    ends = time.monotonic() + seconds
    while True:
        drain_inbox()
        join_visitors()
        if is_so():
            return
        assert time.monotonic() < ends, (stored(), counted())
        page.wait_for_timeout(100)


def events() -> list[dict[str, Any]]:
    """What visitors did whom nobody knows, in the order in which it happened."""
    rows = VisitorEvent.objects.order_by("occurred_at", "pk").values_list("event", flat=True)
    return [json.loads(row) for row in rows]


def stored() -> Counter[str]:
    """How often, by type."""
    return Counter(event["type"] for event in events())


def counted() -> dict[tuple[str, str], int]:
    """How often something was done by those who said no, by type and page."""
    return {(row.type, row.page): row.times for row in AnonymousCount.objects.all()}


def times() -> Counter[str]:
    """The same for all pages together."""
    by_type = Counter[str]()
    for (kind, _page), number in counted().items():
        by_type[kind] += number
    return by_type


@contextmanager
def offline(visitor: BrowserContext) -> Iterator[None]:
    visitor.set_offline(True)
    yield
    visitor.set_offline(False)


class TestAnonymousVisit:
    def test_what_was_seen_and_done_waits_for_who_it_is(
        self, baton: Site, site: Website, new_visitor: NewVisitor
    ) -> None:
        says(baton, consent_mode="granted")
        page = opened(new_visitor(), site, "/?utm_source=google&utm_medium=cpc&utm_campaign=Spring&gclid=XyZ")
        page.wait_for_timeout(1100)
        page.mouse.wheel(0, 5000)
        page.get_by_text("Contact").click()
        page.fill("#contact [name=email]", "ada@example.com")
        page.get_by_text("Prices").click()
        page.get_by_text("Ask for a demo").click()
        page.get_by_text("Guide").click()
        settled(page, lambda: stored()["download"])
        seen = stored()
        assert seen.pop("time_spent") >= 1
        assert seen == {
            "page_view": 3, "ad_clicked": 1, "scrolled_to_end": 1, "form_started": 1, "form_abandoned": 1,
            "demo_requested": 1, "download": 1,
        }  # fmt: skip
        [visitor] = Visitor.objects.all()
        assert visitor.site == baton
        of_type = {event["type"]: event for event in events()}
        assert of_type["download"]["asset"] == "guide.pdf"
        assert (of_type["ad_clicked"]["campaign"], of_type["ad_clicked"]["channel"]) == ("Spring", "paid_search")
        assert len({event["visit"] for event in events()}) == 1
        assert not Lead.objects.exists()
        assert "ada@" not in json.dumps(events())
        assert counted() == {}

    def test_the_way_back_and_pages_of_an_application_are_pages_seen(
        self, baton: Site, site: Website, new_visitor: NewVisitor
    ) -> None:
        says(baton, consent_mode="granted")
        page = opened(new_visitor(), site)
        page.get_by_text("Prices").click()
        page.wait_for_url("**/pricing")
        page.evaluate("setTimeout(() => history.back())")  # when this is answered: the page goes with its answers
        settled(page, lambda: stored()["page_view"] == 3)
        page.goto(f"{site.origin}/app/")
        page.click("#orders")
        settled(page, lambda: stored()["page_view"] == 5)
        pages = [event["page"] for event in events() if event["type"] == "page_view"]
        assert [one.removeprefix(site.origin) for one in pages] == ["/", "/pricing", "/", "/app/", "/app/orders"]

    def test_what_was_done_without_a_network_comes_later_and_two_tabs_are_one_visit(
        self, baton: Site, site: Website, new_visitor: NewVisitor
    ) -> None:
        says(baton, consent_mode="granted")
        visitor = new_visitor()
        page = opened(visitor, site, "/pricing")
        other = opened(visitor, site)
        settled(page, lambda: stored()["page_view"] == 2)
        with offline(visitor):
            page.get_by_text("Ask for a demo").click()
            page.wait_for_timeout(1000)
            drain_inbox()
            assert stored()["demo_requested"] == 0
        settled(page, lambda: stored()["demo_requested"] == 1, seconds=20)
        other.close()
        assert Visitor.objects.count() == 1
        assert len({event["visit"] for event in events()}) == 1

    def test_a_steered_browser_is_a_program(self, baton: Site, site: Website, new_visitor: NewVisitor) -> None:
        says(baton, consent_mode="granted")
        page = opened(new_visitor(init=STEERED), site)
        settled(page, lambda: stored()["page_view"])
        assert set(VisitorEvent.objects.values_list("machine", flat=True)) == {Machine.HEADLESS}


class TestConsent:
    def test_given_late_it_tells_of_the_page_and_withdrawn_it_ends_everything(
        self, baton: Site, site: Website, new_visitor: NewVisitor
    ) -> None:
        page = opened(new_visitor(), site)
        page.wait_for_timeout(500)
        assert is_empty(page)
        page.goto(f"{site.origin}/pricing")
        settled(page, lambda: counted().get(("page_view", f"{site.origin}/")) or counted())
        assert not Visitor.objects.exists()
        page.evaluate("baton.consent('granted')")
        settled(page, lambda: stored()["page_view"] == 1)
        page.evaluate("baton.consent('denied')")
        settled(page, lambda: not VisitorEvent.objects.exists())
        assert is_empty(page)
        page.goto(f"{site.origin}/thanks")
        page.goto(f"{site.origin}/contact")
        settled(page, lambda: len(counted()) >= 2)
        assert not VisitorEvent.objects.exists()

    @pytest.mark.parametrize(("mode", "init"), [("denied", ""), ("granted", GPC)])
    def test_those_who_say_no_are_counted_and_nothing_tells_them_apart(
        self, baton: Site, site: Website, new_visitor: NewVisitor, mode: str, init: str
    ) -> None:
        says(baton, consent_mode=mode)
        for _visitor in range(2):
            page = opened(new_visitor(init=init), site, "/pricing?gclid=XyZ")
            page.get_by_text("Ask for a demo").click()
            page.evaluate("baton.identify('ada@example.com')")
            page.get_by_text("Home").click()
        wanted = {"page_view": 4, "demo_requested": 2, "ad_clicked": 2}
        settled(page, lambda: times().keys() >= wanted.keys() and times()["page_view"] >= wanted["page_view"])
        assert {kind: times()[kind] for kind in wanted} == wanted
        assert not Visitor.objects.exists()
        assert not Lead.objects.exists()


class TestIdentification:
    def test_with_a_token_of_the_sites_server_the_past_is_the_leads(
        self, baton: Site, site: Website, new_visitor: NewVisitor
    ) -> None:
        key = new_server_key(site=baton, now=clock.now())
        token = hmac.new(key.encode(), b"ada@example.com", "sha256").hexdigest()
        page = opened(new_visitor(), site, "/?utm_source=google&utm_medium=cpc&gclid=XyZ")
        page.evaluate("baton.consent('granted')")
        page.get_by_text("Prices").click()
        page.wait_for_url("**/pricing")
        page.evaluate("token => baton.identify('ada@example.com', {firstName: 'Ada'}, {token})", token)
        settled(page, lambda: Activity.objects.filter(type__key="page_view").count() == 2)
        lead = Lead.objects.get()
        assert (lead.email, lead.first_name, str(lead.first_channel)) == ("ada@example.com", "Ada", "Paid search")
        assert not VisitorEvent.objects.exists()
        page.get_by_text("Ask for a demo").click()
        settled(page, lambda: Activity.objects.filter(lead=lead, type__key="demo_requested").exists())
        assert is_given(lead.pk, "tracking")
        page.evaluate("baton.consent('denied')")
        settled(page, lambda: not is_given(lead.pk, "tracking"))

    def test_who_comes_by_a_link_of_our_mail_is_known_and_the_address_does_not_keep_it(
        self, baton: Site, site: Website, new_visitor: NewVisitor, make_lead: Callable[..., Lead]
    ) -> None:
        ada = make_lead(email="ada@example.com")
        page = opened(new_visitor(), site, f"/pricing?a=b&baton={sign_of(ada, baton, now=clock.now())}")
        assert "baton=" not in page.url
        assert "a=b" in page.url
        page.evaluate("baton.consent('granted')")
        settled(page, lambda: Activity.objects.filter(lead=ada, type__key="page_view").exists())
        assert Identification.objects.get().is_verified

    def test_a_form_within_the_page_makes_the_lead_to_whom_the_visits_belong(
        self, baton: Site, site: Website, new_visitor: NewVisitor, live_server: LiveServer
    ) -> None:
        says(baton, consent_mode="granted")
        form = new_form(asks=("email",), least_seconds=0)
        page = opened(new_visitor(), site, "/pricing")
        source = f"{live_server.url}/f/{form.public_id}/embed.js"
        page.evaluate("src => document.body.append(Object.assign(document.createElement('script'), {src}))", source)
        page.get_by_label("Email").fill("ada@firm.example.com")
        page.get_by_role("button", name="Send").click()
        page.get_by_text("Thank you").wait_for()
        visitor = page.evaluate("baton.visitor()")
        assert str(Submission.objects.get().visitor) == visitor
        if Submission.objects.get().verdict == "suspect":  # a steered browser says so
            take_anyway(Submission.objects.get(), now=clock.now())
            settle(Submission.objects.get().pk, now=clock.now())
        settled(page, lambda: Activity.objects.filter(type__key="page_view").exists())
        assert Identification.objects.get().is_verified

    def test_a_claim_of_somebody_known_changes_nothing(
        self, baton: Site, site: Website, new_visitor: NewVisitor, make_lead: Callable[..., Lead]
    ) -> None:
        known = make_lead(email="ada@example.com", first_name="Ada")
        says(baton, consent_mode="granted")
        page = opened(new_visitor(), site, "/pricing")
        page.evaluate("baton.identify('ada@example.com', {firstName: 'Eve'})")
        settled(page, Identification.objects.exists)
        known.refresh_from_db()
        assert (known.first_name, Identification.objects.get().state) == ("Ada", "candidate")
        assert not Activity.objects.filter(lead=known).exists()

    def test_after_reset_it_is_somebody_else(self, baton: Site, site: Website, new_visitor: NewVisitor) -> None:
        says(baton, consent_mode="granted")
        page = opened(new_visitor(), site, "/pricing")
        page.evaluate("baton.identify('one@example.com')")
        page.evaluate("baton.reset()")
        page.get_by_text("Ask for a demo").click()
        settled(page, lambda: stored()["demo_requested"])
        assert Visitor.objects.exclude(key__startswith="user:").count() == 2  # what has an account is one as well
