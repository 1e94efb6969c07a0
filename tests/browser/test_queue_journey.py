"""A rep's day in the queue, in a browser: by mouse, by keyboard alone, without JavaScript, and against a colleague."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from handoff.lifecycle import transitions
from handoff.models import Contact, Handoff, SlaPolicy
from leads.events import SYSTEM, Agent
from leads.inputs import LeadInput
from leads.intake import take_leads
from leads.models import Lead
from scoring.engine.definition import in_force
from scoring.models import Score
from tests.browser.conftest import Visit
from tests.browser.test_pages import expect_sound
from tests.handoff.conftest import ANSWERS, RECEIPT

pytestmark = pytest.mark.browser

Passed = Callable[..., Handoff]


@pytest.fixture
def passed(rep: User) -> Passed:
    """`passed("Ada")`: a lead of that name that waits for `rep`, passed so many hours ago."""

    def make(name: str, *, to: User = rep, hours: int = 1, is_shared: bool = False) -> Handoff:
        at = timezone.now() - timedelta(hours=hours)
        given = LeadInput(email=f"{name}@example.com", first_name=name, company="Acme", job_title="Founder")
        take_leads([given], agent=Agent(name="test"), now=at)
        lead = Lead.objects.get(first_name=name)
        criteria = in_force()
        assert criteria is not None
        score = Score(lead=lead, criteria=criteria, total=35, is_fast_track=False)
        handoff = transitions.open_handoff(
            lead=lead, score=score, receipt=RECEIPT, policy=SlaPolicy.objects.get(), agent=SYSTEM, now=at
        )
        return transitions.pass_to_sales(
            handoff_id=handoff.pk, assignee=to, agent=SYSTEM, now=at, is_shared=is_shared, because="of a rule"
        )

    return make


def expect_focus(page: Page, name: str) -> None:
    """The row of this lead holds the focus."""
    expect(page.locator("tr[data-row]:focus-within th a")).to_have_text(name)


def poll(page: Page) -> None:
    """What happens every half minute."""
    with page.expect_response(lambda answer: answer.url.endswith("/queue/")):
        page.evaluate("htmx.ajax('GET', '/queue/', {target: '#queue', swap: 'outerHTML', source: '#queue'})")
    page.wait_for_timeout(100)


def fill_answers(page: Page) -> None:
    for field, words in ANSWERS.items():
        page.fill(f"#id_{field}", words)


class TestWithTheMouse:
    @pytest.mark.parametrize("width", [1280, 390])
    def test_accept_call_and_qualify_without_leaving_the_list(
        self, visit: Visit, rep: User, passed: Passed, width: int
    ) -> None:
        handoff = passed("Ada", hours=3)
        for name in ("Bea", "Cleo"):
            passed(name)
        page = visit(rep, "/queue/", width=width)
        page.get_by_role("button", name="Accept lead Ada").click()
        expect(page.locator("#toasts")).to_contain_text("Ada is accepted.")
        # On a phone the list shows one row: the lead to be called, though it has moved down.
        goes_on_with = "Ada" if width == 390 else "Bea"
        expect_focus(page, goes_on_with)
        expect(page.get_by_role("link", name=goes_on_with, exact=True)).to_be_in_viewport()

        page.get_by_role("link", name="Log contact Ada").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("How did you try to reach Ada?")
        expect_sound(page)
        dialog.get_by_role("group", name="Call").get_by_label("we talked").check()
        dialog.get_by_label("Note").fill("Wants an offer.")
        dialog.get_by_role("button", name="Log a contact").click()
        expect(dialog).to_be_hidden()
        expect(page.locator("#queue")).to_contain_text("1 contact: call, we talked")

        page.get_by_role("link", name="Qualify Ada", exact=True).click()
        expect(dialog).to_contain_text("Wants an offer.")
        dialog.get_by_role("button", name="Qualify as SQL").click()
        expect(dialog).to_contain_text("There is a problem")
        fill_answers(page)
        dialog.get_by_role("button", name="Qualify as SQL").click()
        expect(dialog).to_be_hidden()
        expect(page.locator("#queue")).to_contain_text("Sales qualified leads (SQLs) without an end yet")
        assert page.url.endswith("/queue/")
        expect_sound(page)

        page.get_by_role("link", name="Won Ada").click()
        page.get_by_label("Amount").fill("1200")
        page.get_by_role("button", name="Record the customer").click()
        page.wait_for_url("**/queue/")
        handoff.refresh_from_db()
        assert (handoff.state, handoff.lead.stage, handoff.lead.amount) == ("qualified", "customer", Decimal(1200))

    def test_a_rejection_as_other_needs_words_and_keeps_what_was_begun(
        self, visit: Visit, rep: User, passed: Passed
    ) -> None:
        handoff = passed("Ada")
        page = visit(rep, "/queue/")
        page.get_by_role("link", name="Reject Ada").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Other").check()
        dialog.get_by_role("button", name="Reject lead").click()
        expect(dialog).to_contain_text("needs a sentence of your own")
        dialog.get_by_label("In your words").fill("Is a friend of ours.")
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        page.get_by_role("link", name="Reject Ada").click()
        expect(dialog.get_by_label("In your words")).to_have_value("Is a friend of ours.")
        dialog.get_by_role("button", name="Reject lead").click()
        expect(dialog).to_be_hidden()
        handoff.refresh_from_db()
        assert (handoff.state, handoff.reason_text) == ("rejected", "Is a friend of ours.")


class TestWithTheKeyboard:
    def test_every_answer_and_on_to_the_next_row(self, visit: Visit, rep: User, passed: Passed) -> None:
        first, second, third = (passed(name, hours=hours) for name, hours in (("Ada", 9), ("Bea", 6), ("Cleo", 3)))
        page = visit(rep, "/queue/")
        press = page.keyboard.press
        press("j")
        press("j")
        expect_focus(page, "Bea")
        press("ArrowUp")
        expect_focus(page, "Ada")
        press("a")
        expect(page.locator("#toasts")).to_contain_text("Ada is accepted.")
        expect_focus(page, "Bea")

        press("r")
        expect(page.get_by_role("dialog")).to_contain_text("Why do you reject Bea?")
        expect(page.locator("#decision")).to_be_focused()
        press("Tab")
        press("Space")
        press("Enter")
        expect(page.get_by_role("dialog")).to_be_hidden()
        expect_focus(page, "Cleo")

        press("j")
        expect_focus(page, "Ada")
        press("x")
        expect(page.get_by_role("dialog")).to_contain_text("How did you try to reach Ada?")
        expect(page.locator("#decision")).to_be_focused()
        press("Tab")
        press("Space")
        press("Enter")
        expect(page.get_by_role("dialog")).to_be_hidden()
        expect_focus(page, "Ada")
        assert Contact.objects.get().outcome == "talked"

        press("?")
        help_ = page.locator("#keys")
        for words in ("Accept lead (on a row)", "Log a contact (on a row)", "Show what is new"):
            expect(help_).to_contain_text(words)
        press("Escape")
        states = [Handoff.objects.get(pk=one.pk).state for one in (first, second, third)]
        assert states == ["accepted", "rejected", "waiting"]

    def test_a_call_is_noted_with_two_keys(self, visit: Visit, rep: User, passed: Passed) -> None:
        for name, hours in (("Ada", 9), ("Bea", 6)):
            handoff = passed(name, hours=hours)
            transitions.accept(handoff_id=handoff.pk, actor=rep, now=timezone.now())
        page = visit(rep, "/queue/")
        press = page.keyboard.press
        press("j")
        expect_focus(page, "Bea")
        press("4")
        assert not Contact.objects.exists()
        press("c")
        expect(page.get_by_role("button", name="No answer")).to_be_visible()
        expect_sound(page)
        press("4")
        expect(page.locator("#toasts")).to_contain_text("The contact with Bea is noted.")
        expect_focus(page, "Bea")
        contact = Contact.objects.get()
        assert (contact.handoff.lead.first_name, contact.way, contact.outcome) == ("Bea", "call", "no_answer")
        press("?")
        for keys, words in (("c", "Log a call (on a row)"), ("c 4", "No answer (on a row)"), ("x", "Log a contact")):
            line = page.locator("#keys dt:visible", has_text=re.compile(rf"^\s*{keys}\s*$")).first
            expect(line.locator("xpath=following-sibling::dd[1]")).to_contain_text(words)

    def test_a_manager_gives_a_lead_away_from_its_row(
        self, visit: Visit, rep: User, other_rep: User, manager: User, passed: Passed
    ) -> None:
        handoff = passed("Ada")
        page = visit(manager, "/queue/")
        page.keyboard.press("j")
        page.keyboard.press("s")
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("Who gets Ada?")
        expect_sound(page)
        dialog.get_by_role("button", name="Give the lead away").click()
        expect(dialog).to_contain_text("Choose who gets them.")
        dialog.get_by_label("Otto Rep").check()
        dialog.get_by_role("button", name="Give the lead away").click()
        expect(dialog).to_be_hidden()
        expect(page.locator("#toasts")).to_contain_text("1 lead was given to Otto Rep.")
        expect(page.locator("#queue")).to_contain_text("Otto Rep")
        handoff.refresh_from_db()
        assert handoff.assignee == other_rep

    def test_an_answer_quicker_than_the_page_stays_in_the_list(self, visit: Visit, rep: User, passed: Passed) -> None:
        for name, hours in (("Ada", 9), ("Bea", 6)):
            passed(name, hours=hours)
        page = visit(rep, "/queue/")
        page.evaluate(
            """document.body.addEventListener("htmx:afterSwap", (event) => setTimeout(() => {
                const form = document.querySelector("#answer form");
                form?.querySelector("[type=radio]").click();
                form?.requestSubmit();
            }))"""
        )
        page.keyboard.press("j")
        page.keyboard.press("r")
        expect(page.locator("#toasts")).to_contain_text("Ada is rejected")
        expect_focus(page, "Bea")

    def test_a_clock_that_ends_meanwhile_does_not_lose_the_place(self, visit: Visit, rep: User, passed: Passed) -> None:
        for name, hours in (("Ada", 9), ("Bea", 6)):
            passed(name, hours=hours)
        page = visit(rep, "/queue/")
        page.evaluate(
            """document.body.addEventListener("queue-changed", () => setTimeout(() =>
                document.body.dispatchEvent(new CustomEvent("clock-ended"))))"""
        )
        page.keyboard.press("j")
        page.keyboard.press("a")
        expect(page.locator("#toasts")).to_contain_text("Ada is accepted.")
        expect_focus(page, "Bea")

    def test_enter_opens_the_lead_and_no_key_acts_without_a_row(self, visit: Visit, rep: User, passed: Passed) -> None:
        handoff = passed("Ada")
        page = visit(rep, "/queue/")
        page.keyboard.press("a")
        expect_focus(page, "Ada")
        handoff.refresh_from_db()
        assert handoff.state == "waiting"
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/queue/{handoff.public_id}/")


class TestOnAPhone:
    @pytest.mark.parametrize("key", ["accept_and_qualify", "reject", "contact", "recycle", "disqualify", "reassign"])
    def test_a_decision_stands_on_one_screen(
        self, visit: Visit, rep: User, other_rep: User, manager: User, passed: Passed, key: str
    ) -> None:
        handoff = passed("Ada")
        if key not in ("accept_and_qualify", "reject", "reassign"):
            transitions.accept(handoff_id=handoff.pk, actor=rep, now=timezone.now())
        page = visit(manager, "/queue/", width=390)
        page.set_viewport_size({"width": 390, "height": 844})
        page.locator(f"#{key}-{handoff.public_id}").click()
        dialog = page.locator("#answer")
        expect(dialog.locator("#decision")).to_be_visible()
        expect(dialog.locator(".form-actions .button").last).to_be_in_viewport(ratio=1)
        assert dialog.evaluate("dialog => dialog.scrollHeight <= dialog.clientHeight")

    def test_the_first_lead_and_its_answers_do(self, visit: Visit, rep: User, passed: Passed) -> None:
        handoff = passed("Ada")
        page = visit(rep, "/queue/", width=390)
        page.set_viewport_size({"width": 390, "height": 844})
        expect(page.locator(f"#reject-{handoff.public_id}")).to_be_in_viewport(ratio=1)


class TestWithoutJavascript:
    def test_accept_log_and_qualify_on_pages(self, visit: Visit, rep: User, passed: Passed) -> None:
        handoff = passed("Ada")
        page = visit(rep, "/queue/", javascript=False)
        page.get_by_role("button", name="Accept lead Ada").click()
        page.wait_for_url(f"**/queue/{handoff.public_id}/")
        page.get_by_role("link", name="Log a contact").first.click()
        page.get_by_role("group", name="LinkedIn").get_by_label("they answered in writing").check()
        page.get_by_role("button", name="Log a contact").click()
        expect(page.locator("main")).to_contain_text("LinkedIn: they answered in writing")
        page.get_by_role("link", name="Qualify as SQL").click()
        fill_answers(page)
        page.get_by_role("button", name="Qualify as SQL").click()
        page.wait_for_url("**/queue/")
        expect(page.locator("main")).to_contain_text("Sales qualified leads (SQLs) without an end yet")
        handoff.refresh_from_db()
        assert handoff.state == "qualified"

    def test_a_call_is_noted_from_its_row(self, visit: Visit, rep: User, passed: Passed) -> None:
        handoff = passed("Ada")
        transitions.accept(handoff_id=handoff.pk, actor=rep, now=timezone.now())
        page = visit(rep, "/queue/", javascript=False)
        page.get_by_text("Log call").click()
        page.get_by_role("button", name="Left a message").click()
        page.wait_for_url(f"**/queue/{handoff.public_id}/")
        expect(page.locator("main")).to_contain_text("Call: left a message")

    def test_a_rejection_as_other_needs_words(self, visit: Visit, rep: User, passed: Passed) -> None:
        passed("Ada")
        page = visit(rep, "/queue/", javascript=False)
        page.get_by_role("link", name="Reject Ada").click()
        page.get_by_label("Other").check()
        page.get_by_role("button", name="Reject lead").click()
        expect(page.locator("main")).to_contain_text("needs a sentence of your own")
        page.get_by_label("In your words").fill("Is a friend of ours.")
        page.get_by_role("button", name="Reject lead").click()
        page.wait_for_url("**/queue/")
        expect(page.locator("main")).to_contain_text("Is a friend of ours.")


class TestTwoReps:
    def test_the_first_to_accept_has_it_and_the_second_reads_who(
        self, visit: Visit, rep: User, other_rep: User, passed: Passed
    ) -> None:
        handoff = passed("Ada", is_shared=True)
        mine, theirs = visit(rep, "/queue/"), visit(other_rep, "/queue/")
        theirs.get_by_role("link", name="Qualify Ada", exact=True).click()
        expect(theirs.get_by_role("dialog")).to_contain_text("What did Ada tell you?")
        fill_answers(theirs)
        mine.get_by_role("button", name="Accept lead Ada").click()
        expect(mine.locator("#toasts")).to_contain_text("Ada is accepted.")
        poll(theirs)
        expect(theirs.locator("#id_problem")).to_have_value(ANSWERS["problem"])
        expect(theirs.locator("#queue")).to_contain_text("Ana Rep was first")
        theirs.get_by_role("button", name="Accept and qualify as SQL").click()
        expect(theirs.get_by_role("alert")).to_contain_text("Ana Rep accepted this lead on")
        expect(theirs.get_by_role("dialog")).to_contain_text(ANSWERS["problem"])
        expect_sound(theirs)
        handoff.refresh_from_db()
        assert (handoff.state, handoff.assignee) == ("accepted", rep)

    def test_a_click_that_comes_too_late_says_who_was_first(
        self, visit: Visit, rep: User, other_rep: User, passed: Passed
    ) -> None:
        passed("Ada", is_shared=True)
        mine, theirs = visit(rep, "/queue/"), visit(other_rep, "/queue/")
        mine.get_by_role("button", name="Accept lead Ada").click()
        expect(mine.locator("#toasts")).to_contain_text("Ada is accepted.")
        theirs.get_by_role("button", name="Accept lead Ada").click()
        expect(theirs.locator("#toasts")).to_contain_text("Ana Rep accepted this lead on")
        expect(theirs.locator("#queue")).to_contain_text("Ana Rep was first")


class TestWhatIsNew:
    def test_it_is_in_its_place_at_once_when_nobody_is_in_the_list(
        self, visit: Visit, rep: User, passed: Passed
    ) -> None:
        passed("Ada", hours=3)
        page = visit(rep, "/queue/")
        passed("Bea", hours=9)
        poll(page)
        expect(page.locator("#queue-news")).to_contain_text("1 new lead.")
        expect(page.get_by_role("row").nth(1)).to_contain_text("Bea new")
        expect(page.locator("#queue-lede")).to_contain_text("2 leads wait for your answer")

    def test_it_moves_nothing_while_somebody_works_there(self, visit: Visit, rep: User, passed: Passed) -> None:
        passed("Ada", hours=3)
        page = visit(rep, "/queue/")
        page.keyboard.press("j")
        passed("Bea", hours=9)
        passed("Cleo", hours=6)
        poll(page)
        news = page.locator("#queue-news")
        expect(news).to_contain_text("2 new leads.")
        expect(page.get_by_role("row").nth(1)).to_contain_text("Ada")
        expect_focus(page, "Ada")
        page.keyboard.press("u")
        expect(page.get_by_role("row").nth(1)).to_contain_text("Bea new")
        expect_focus(page, "Ada")
        expect_sound(page)

    def test_a_clock_runs_by_itself(self, visit: Visit, rep: User, passed: Passed) -> None:
        passed("Ada", hours=17)
        page = visit(rep, "/queue/")
        clock = page.locator(".clock").first
        expect(clock).to_contain_text("6 h 59 min left")
        assert "clock-fine" in str(clock.get_attribute("class"))
        page.evaluate(
            "document.querySelector('.clock').dataset.due = new Date(Date.now() + 89.5 * 6e4).toISOString();"
            "document.dispatchEvent(new Event('visibilitychange'))"
        )
        expect(clock).to_contain_text("1 h 29 min left")
        assert "clock-soon" in str(clock.get_attribute("class"))


class TestSignedOut:
    def test_what_was_typed_stays_to_be_copied_else_the_sign_in_page_comes(
        self, visit: Visit, rep: User, passed: Passed
    ) -> None:
        passed("Ada")
        page = visit(rep, "/queue/")
        page.get_by_role("link", name="Qualify Ada").click()
        page.fill("#id_problem", "Slow audits")
        page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
        page.get_by_role("button", name="Accept and qualify as SQL").click()
        expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("You are signed out.")
        expect(page.locator("#id_problem")).to_have_value("Slow audits")
        page.keyboard.press("Escape")
        page.keyboard.press("u")
        page.wait_for_url("**/accounts/login/**")


class TestPrint:
    def test_the_queue_on_paper_has_the_leads_and_no_buttons(self, visit: Visit, rep: User, passed: Passed) -> None:
        passed("Ada")
        page = visit(rep, "/queue/")
        page.emulate_media(media="print")
        expect(page.get_by_role("row").nth(1)).to_contain_text("Ada")
        expect(page.get_by_role("button", name="Accept lead Ada")).to_be_hidden()
        expect(page.locator(".rail")).to_be_hidden()
        expect(page.get_by_text("Show what is new")).to_be_hidden()
