"""The bell in a browser: it counts, the page of a lead silences it, and all of it works without JavaScript."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from handoff.models import Handoff
from outbox.models import Notice, NoticeChoice, QuietHours
from tests.browser.conftest import Visit
from tests.browser.test_pages import lead_with_history

pytestmark = pytest.mark.browser


class TestBell:
    def test_the_page_of_the_lead_takes_the_number_away(self, visit: Visit, rep: User) -> None:
        lead_with_history(timezone.now() - timedelta(minutes=5))
        page = visit(rep, "/leads/")
        expect(page.locator('[data-key="g b"] .bell-count')).to_have_text("1")
        assert Notice.objects.get().read_at is None
        # That it is seen is said once it is shown; until the bell was asked it has no number either.
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.goto(reverse("handoff:detail", args=[Handoff.objects.get().public_id]))
        expect(page.locator('[data-key="g b"] .bell-count')).to_have_text("")
        assert Notice.objects.get().read_at is not None

    @pytest.mark.parametrize("javascript", [True, False])
    def test_a_notice_opens_what_it_tells_of_and_is_read(self, visit: Visit, rep: User, *, javascript: bool) -> None:
        lead_with_history(timezone.now() - timedelta(minutes=5))
        page = visit(rep, "/queue/", javascript=javascript)
        page.get_by_role("link", name="Notices").click()
        expect(page.locator(".notice-unread")).to_have_count(1)
        page.get_by_role("button", name="Ada Lovelace waits for you until").click()
        page.wait_for_url("**/queue/**-**/")
        page.get_by_role("link", name="Notices").click()
        expect(page.get_by_text("You have read everything.")).to_be_visible()
        expect(page.get_by_role("link", name="Ada Lovelace waits for you until")).to_be_visible()

    @pytest.mark.parametrize("width", [1280, 390])
    def test_choosing_what_one_is_told(self, visit: Visit, rep: User, width: int) -> None:
        page = visit(rep, "/notices/", width=width)
        page.get_by_role("link", name="Choose what you are told").click()
        page.get_by_label("Half of the time to answer is over: By mail").uncheck()
        page.locator("#id_starts_at").fill("19:00")
        page.locator("#id_ends_at").fill("07:00")
        page.get_by_role("button", name="Save the choices").click()
        expect(page.locator("#toasts")).to_contain_text("This is how you are told from now on.")
        assert [choice.kind for choice in NoticeChoice.objects.filter(by_mail=False)] == ["handoff.half_time"]
        assert str(QuietHours.objects.get()) == "19:00-07:00"
