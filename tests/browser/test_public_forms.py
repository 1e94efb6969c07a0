"""A form as people meet it: on its own page, with and without JavaScript, and within a page of another origin."""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from capture.models import Form, Submission, Verdict
from leads.models import Activity, Lead
from tests.browser.conftest import Visit
from tests.browser.test_pages import expect_sound
from tests.capture.web_forms.conftest import BROWSER, new_form

pytestmark = pytest.mark.browser
Serve = Callable[[str, str], str]


def a_form(**fields: object) -> Form:
    """One that a test may fill in as fast as it likes."""
    form = new_form(asks=("email", "first_name", "country", "is_decision_maker"), least_seconds=0, **fields)
    form.form_fields.filter(ask="first_name").update(is_required=True, help="As on your passport.")
    wording = {"label": "News", "consent_text": "Write to me about news.", "purpose": "email"}
    form.form_fields.create(position=9, ask="consent", **wording)
    return form


@pytest.fixture
def serve() -> Iterator[Serve]:
    """`serve(html, policy)`: the address of a page of another origin, with that content security policy."""
    servers = []

    def start(html: str, policy: str) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                is_page = self.path.split("?")[0] == "/"
                self.send_response(200 if is_page else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Security-Policy", policy)
                self.end_headers()
                self.wfile.write(html.encode() if is_page else b"")

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/"

    yield start
    for server in servers:
        server.shutdown()


def within(live_server: LiveServer, form: Form) -> tuple[str, str]:
    """A page that holds the form, and the strictest policy under which it works."""
    source = live_server.url + reverse("public_forms:embed", args=[form.public_id])
    html = (
        "<!doctype html><html lang=en><title>Shop</title><link rel=icon href=data:,>"
        f"<main><h1>Our shop</h1><script src='{source}' async></script></main>"
    )
    return html, (
        f"default-src 'none'; script-src {live_server.url}; connect-src {live_server.url}; img-src data:; "
        "require-trusted-types-for 'script'"
    )


class TestItsOwnPage:
    @pytest.mark.parametrize(("width", "javascript"), [(1280, True), (390, False)])
    def test_somebody_is_told_what_is_wrong_mends_it_and_is_thanked(
        self, visit: Visit, width: int, javascript: bool
    ) -> None:
        form = a_form()
        page = visit(
            None,
            reverse("public_forms:page", args=[form.public_id]),
            width=width,
            javascript=javascript,
            user_agent=BROWSER,
        )
        if javascript:
            expect_sound(page)
        page.get_by_label("Email").fill("ada@firm")
        page.get_by_role("button", name="Send").click()
        expect(page.locator(".field-error")).to_have_count(2)
        if javascript:
            expect_sound(page)
        page.get_by_label("Email").fill("ada@firm.example.com")
        page.get_by_label("First name").fill("Ada")
        page.get_by_label("Write to me about news.").check()
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
        assert Lead.objects.get().first_name == "Ada"
        assert Submission.objects.get(verdict=Verdict.TAKEN).consents[0]["is_given"] is True
        assert page.context.cookies() == []


class TestWithinAPage:
    @pytest.mark.parametrize("width", [1280, 390])
    def test_under_a_strict_policy_of_another_origin(
        self, visit: Visit, live_server: LiveServer, serve: Serve, width: int
    ) -> None:
        form = a_form()
        address = serve(*within(live_server, form))
        page = visit(None, f"{address}?utm_campaign=spring", width=width, user_agent=BROWSER)
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_text("This must be filled in.").first).to_be_visible()
        assert page.evaluate("document.querySelector('main div').shadowRoot.activeElement.name") == "email"
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        page.get_by_label("Email").fill("ada@firm.example.com")
        page.get_by_label("First name").fill("Ada")
        page.get_by_label("Yes").check()
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_role("heading", name="Thank you")).to_be_focused()
        activity = Activity.objects.select_related("page", "campaign").get()
        assert Lead.objects.get().is_decision_maker is True
        assert activity.campaign is not None
        assert activity.campaign.key == "spring"
        assert Submission.objects.get(verdict=Verdict.TAKEN).page.startswith(address)

    def test_where_the_policy_lets_it_ask_nothing_there_is_a_link(
        self, browser: Browser, transactional: None, live_server: LiveServer, serve: Serve
    ) -> None:
        form = a_form()
        html, policy = within(live_server, form)
        address = serve(html, policy.replace(f"connect-src {live_server.url}", "connect-src 'none'"))
        page = browser.new_page()  # whose console says aloud what is refused
        page.goto(address)
        link = page.get_by_role("link", name="Open the form")
        expect(link).to_have_attribute("href", live_server.url + reverse("public_forms:page", args=[form.public_id]))
        page.close()


class TestTheEditor:
    def test_questions_are_dragged_and_the_page_is_sound(self, visit: Visit, marketer: User) -> None:
        form = new_form(asks=("email", "first_name", "city"))
        page = visit(marketer, reverse("forms:questions", args=[form.public_id]))
        expect_sound(page)
        handles = page.locator("[data-handle]")
        start, end = handles.nth(2).bounding_box(), handles.nth(0).bounding_box()
        assert start
        assert end
        page.mouse.move(start["x"] + 8, start["y"] + 8)
        page.mouse.down()
        page.mouse.move(end["x"] + 8, end["y"] - 4, steps=5)
        with page.expect_navigation():
            page.mouse.up()
        expect(page.locator(".question-words a").first).to_have_text("City")
        assert [one.ask for one in form.form_fields.all()] == ["city", "email", "first_name"]

    @pytest.mark.parametrize("width", [1280, 390])
    def test_its_pages_are_sound(self, visit: Visit, marketer: User, width: int) -> None:
        form = a_form(takes_posts=True)
        sent = {"email": ["ada@firm.example.com"], "Vorname": ["Ada"]}
        one = Submission.objects.create(
            form=form, received_at=form.created_at, came_by="post", raw=sent, verdict="suspect", code="x", reason="Why."
        )
        page = visit(marketer, reverse("forms:list"), width=width)
        expect_sound(page)
        for name in ("questions", "settings", "website", "submissions", "archive"):
            page.goto(reverse(f"forms:{name}", args=[form.public_id]))
            expect_sound(page)
        page.goto(reverse("forms:submission", args=[form.public_id, one.public_id]))
        expect_sound(page)
