"""Visitors of somebody's website. Whatever breaks its policy, or throws, fails the test."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.browser.conftest import ARGUMENTS
from tests.browser.tracking.collector import Collector, collecting
from tests.browser.tracking.website import Website, policy, website
from tests.browser_install import find_browser

PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
NOT_STEERED = "--disable-blink-features=AutomationControlled"
# A way to get the browser of somebody who was never here.
NewVisitor = Callable[..., BrowserContext]


@pytest.fixture(scope="session")
def persons_browser(browser: Browser) -> Iterator[Browser]:
    """One that does not say that a program steers it, and keeps pages for the way back as people's browsers do."""
    started = browser.browser_type.launch(
        executable_path=find_browser(),
        headless=True,
        args=[*ARGUMENTS, NOT_STEERED],
        ignore_default_args=["--disable-back-forward-cache"],
    )
    yield started
    started.close()


@pytest.fixture
def new_visitor(persons_browser: Browser) -> Iterator[NewVisitor]:
    """`new_visitor(init="navigator...")`: a browser of its own that runs `init` before each page."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    def hear_all(page: Page) -> None:
        page.on("console", hear)
        page.on("pageerror", lambda error: complaints.append(str(error)))

    def make(*, init: str = "") -> BrowserContext:
        context = persons_browser.new_context(user_agent=PERSON, viewport={"width": 1280, "height": 800})
        context.on("page", hear_all)
        if init:
            context.add_init_script(init)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def site() -> Iterator[Website]:
    """Somebody's website; it loads no script yet."""
    with website() as opened:
        yield opened


@pytest.fixture
def collector(site: Website) -> Iterator[Collector]:
    """Where the website's script is from, in a test of the script alone."""
    with collecting() as opened:
        site.script, site.policy = (
            f'<script src="{opened.origin}/w/site/b.js" data-key="k" defer></script>',
            policy(opened.origin),
        )
        yield opened
