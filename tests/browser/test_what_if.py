"""A version with other rules tried out in a browser: an estimate, then every lead counted, without a click."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from leads.events import Agent
from leads.inputs import ActivityInput, LeadInput
from leads.intake import take_activities
from scoring.analysis import analyses
from scoring.analysis.kinds import KINDS
from scoring.whatif import sample
from tests.browser.conftest import Visit
from tests.browser.test_pages import expect_sound
from tests.handoff.promoting import drain_and_promote
from tests.scoring.shipped import make_draft

pytestmark = pytest.mark.browser
LEADS = 30


def looked() -> None:
    now = timezone.now()
    events = [
        ActivityInput(
            message_id=f"{number}-{kind}", type=kind, page="/pricing", asset="guide", channel="newsletter",
            occurred_at=now - timedelta(hours=1), lead=LeadInput(email=f"n{number}@example.com"),
        )
        for number in range(LEADS)
        for kind in ("page_view", "download")[: 1 + number % 2]
    ]  # fmt: skip
    take_activities(events, agent=Agent(name="test"), source="test", now=now)
    drain_and_promote(now=now)


class TestVersion:
    @pytest.mark.parametrize("width", [1280, 390])
    def test_the_count_starts_by_itself_and_takes_the_place_of_the_estimate(
        self, visit: Visit, width: int, marketer: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sample.draw, "__defaults__", (10,))
        looked()
        draft = make_draft(marketer, timezone.now(), threshold=15)
        draft.rules.filter(page_category="pricing").update(within_days=30)
        page = visit(marketer, reverse("scoring:version_what_if", args=[draft.number]), width=width)
        expect(page.locator(".analysis")).to_be_visible()
        expect(page.locator("#what-if-version")).to_contain_text("drawn at random")
        page.wait_for_timeout(200)
        assert analyses.answer_next(KINDS, clock=timezone.now)
        expect(page.locator("#what-if-version")).to_contain_text(f"{LEADS} leads were counted", timeout=10_000)
        expect(page.locator("#what-if-version")).not_to_contain_text("about")
        expect_sound(page)

    def test_the_estimate_follows_a_number_that_is_moved(
        self, visit: Visit, marketer: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sample.draw, "__defaults__", (10,))
        looked()
        draft = make_draft(marketer, timezone.now(), threshold=30)
        pricing = draft.rules.get(page_category="pricing")
        draft.rules.filter(pk=pricing.pk).update(within_days=30)
        address = reverse("scoring:version_what_if", args=[draft.number])
        page = visit(marketer, address)
        would = page.locator("#what-if-version .figure").first
        expect(would).to_contain_text("about 0")
        page.get_by_label(pricing.name).fill("30")
        page.keyboard.press("Tab")
        expect(would).to_contain_text(f"about {LEADS}")
        expect(page.locator("#what-if-version")).to_contain_text("With these numbers, today:")
        assert f"points_{pricing.pk}=30" in page.url
        page.get_by_role("button", name="Count every lead").click()
        page.wait_for_timeout(200)
        while analyses.answer_next(KINDS, clock=timezone.now):
            pass
        page.goto(page.url)
        expect(page.locator("#what-if-version")).to_contain_text(f"{LEADS} leads were counted")
        expect(page.get_by_label(pricing.name)).to_have_value("30")
        expect_sound(page)
