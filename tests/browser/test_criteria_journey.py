"""The agreement changes once, in a browser: draft, what-if, two signatures, publication, and the queue fills."""

import re
import zlib
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from handoff.tasks import pass_from_backlog
from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput
from leads.intake import take_activities
from leads.models import Lead
from scoring.criteria.examples import draft_from_example
from scoring.models import Criteria, Rule, Score
from scoring.tasks import score_everybody
from tests.browser.conftest import Visit
from tests.browser.test_pages import expect_sound
from tests.handoff.promoting import drain_and_promote

pytestmark = pytest.mark.browser

SHEET = re.compile(rb"/Type\s*/Page\b")
STREAM = re.compile(rb"FlateDecode.*?stream\r?\n(.*?)endstream", re.DOTALL)
# Chromium clips a sheet to what its margins leave, in units of 0.24 points.
CLIP = re.compile(rb"\.2\d+ 0 0 -\.2\d+ 0 [\d.]+ cm\nq\n([\d.]+) ([\d.]+) [\d.]+ [\d.]+ re\n")


def looked_at_the_price(email: str, name: str) -> Lead:
    """A clerk of a company that fits: 10 points, and 10 for the pricing page. 30 make an MQL."""
    now = timezone.now()
    who = LeadInput(email=email, first_name=name, last_name="Byte", job_title="Clerk", company="Byte", employees=120)
    looked = ActivityInput(
        message_id=name, type="page_view", page="/pricing", lead=who, occurred_at=now - timedelta(days=2)
    )
    take_activities([looked], agent=Agent(name="website"), source="website", now=now)
    drain_and_promote(now=now)
    return Lead.objects.get(email=email)


def margins(pdf: bytes) -> tuple[int, int]:
    """Left and top of the first sheet, in millimetres."""
    clips = [clip for stream in STREAM.findall(pdf) if (clip := CLIP.search(zlib.decompress(stream)))]
    left, top = (round(float(units) * 0.24 / 72 * 25.4) for units in clips[0].groups())
    return left, top


def take_step(page: Page, label: str) -> None:
    """A button on the page of a version, then the same on the page that says what it will do."""
    page.get_by_role("link", name=label, exact=True).first.click()
    page.get_by_role("button", name=label, exact=True).click()
    page.wait_for_url(re.compile(r"/criteria/\d+/$"))


class TestTheAgreementChanges:
    @pytest.mark.parametrize("javascript", [True, False])
    def test_draft_what_if_sign_publish_queue(
        self, visit: Visit, marketer: User, manager: User, rep: User, javascript: bool
    ) -> None:
        bob = looked_at_the_price("bob@example.com", "Bob")
        assert Score.objects.get(lead=bob).total == 20

        page = visit(marketer, "/criteria/", javascript=javascript)
        page.get_by_role("link", name="Start from something else").click()
        page.get_by_role("link", name="Start from it").click()
        page.get_by_role("button", name="Make a draft from this version").click()
        page.wait_for_url("**/criteria/2/")

        page.get_by_role("link", name="Visited the pricing page.").click()
        page.get_by_label("Points", exact=True).fill("20")
        if javascript:
            expect(page.locator(".matching-answer")).to_contain_text("20 points, once. 1 lead matches now")
        page.get_by_role("button", name="Save").click()
        sentence = page.get_by_role("listitem").filter(has_text="Visited the pricing page")
        expect(sentence).to_contain_text("20 points, once")
        if javascript:
            expect(sentence).to_contain_text("1 lead, 0 customers")
        page.get_by_role("button", name="Delete “Joined a programme”").click()
        expect(page.locator(".undo")).to_contain_text("Deleted “Joined a programme”")
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("link", name="Joined a programme.")).to_be_visible()

        page.goto("/criteria/what-if/?" + f"points_{self.pricing().pk}=20")
        expect(page.locator("#what-if-answer")).to_contain_text("Newly")

        page.goto("/criteria/2/")
        take_step(page, "Propose for signature")
        page.get_by_label("Your comment").fill("Prices tell more than downloads do.")
        page.get_by_role("button", name="Add comment").click()
        expect(page.locator("#comments")).to_contain_text("Prices tell more than downloads do.")
        take_step(page, "Sign for marketing")
        expect(page.locator("main")).to_contain_text("Needs the signature of sales.")

        page = visit(manager, "/criteria/2/", javascript=javascript)
        expect(page.locator("main")).to_contain_text("Mara Marketer signed for marketing")
        take_step(page, "Sign for sales")
        take_step(page, "Put into force")
        page.goto("/criteria/")
        expect(page.locator("main")).to_contain_text("Scoring every lead under version 2")
        score_everybody()  # what a worker does
        if not javascript:
            page.reload()
        expect(page.locator("main")).to_contain_text("1 lead was scored under version 2 by")

        pass_from_backlog()  # what a worker does within minutes
        bob.refresh_from_db()
        assert (bob.stage, bob.status, bob.owner_id) == ("mql", "awaiting_sales", rep.pk)
        page = visit(rep, "/queue/", javascript=javascript)
        expect(page.get_by_role("link", name="Bob Byte").first).to_be_visible()

    def pricing(self) -> Rule:
        return Criteria.objects.get(number=1).rules.get(name="Visited the pricing page")


class TestPages:
    @pytest.mark.parametrize("width", [1280, 390])
    def test_where_drafts_start_and_what_is_said_are_sound(self, visit: Visit, marketer: User, width: int) -> None:
        draft_from_example("careful", actor=marketer, now=timezone.now())
        page = visit(marketer, "/criteria/start/", width=width)
        expect_sound(page)
        page.get_by_text("14 rules").click()
        expect_sound(page)
        page.goto("/criteria/2/")
        page.get_by_label("Your comment").fill("Is a webinar needed?")
        page.get_by_role("button", name="Add comment").click()
        expect_sound(page)


class TestPrint:
    def test_an_agreement_is_one_sheet(self, visit: Visit, marketer: User, rep: User) -> None:
        """The six rules Baton comes with, and fourteen with everything there is to say about them."""
        draft_from_example("careful", actor=marketer, now=timezone.now())
        page = visit(rep, "/criteria/")
        for path in ("/criteria/", "/criteria/1/", "/criteria/2/"):
            page.goto(path)
            pdf = page.pdf(format="A4", prefer_css_page_size=True)
            assert len(SHEET.findall(pdf)) == 1, path
            assert margins(pdf) == (14, 12), path
