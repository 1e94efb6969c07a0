"""Tells programs from people. What a program did is kept, marked with the reason, and worth nothing."""

from collections.abc import Collection
from functools import lru_cache
from typing import Any, Final

import crawleruseragents
from django.http import HttpRequest

from capture.data_centres import is_in_data_centre
from leads.models import Machine

# What the script of a site found in the browser, by the name it gives it.
HIDDEN_LINK: Final = "hidden_link"
STEERED: Final = "webdriver"
# User agents of browsers without a window.
_WITHOUT_WINDOW: Final = ("HeadlessChrome", "PhantomJS", "SlimerJS", "jsdom")
# Headers by which a browser or a mail program says that nobody looks yet.
_PURPOSES: Final = ("HTTP_SEC_PURPOSE", "HTTP_PURPOSE", "HTTP_X_PURPOSE", "HTTP_X_MOZ")
# No person clicks sooner after a mail was delivered; those who read before people do are done within moments.
SOONEST: Final = 5.0  # seconds


def verdict(
    *,
    declared: bool = False,
    user_agent: str = "",
    marks: Collection[str] = (),
    address: str = "",
    since_delivery: float | None = None,
    is_open: bool = False,
) -> Machine:
    """Who did it: what the sender says, else the first sign that gives a program away.

    `address` is the IP address it was done from; `since_delivery` how many seconds after a mail was delivered, of
    which `is_open` says that it was opened and not a link in it.
    """
    if not (declared or user_agent or marks or address) and since_delivery is None:
        return Machine.HUMAN  # of most events nothing of this is said
    agent = user_agent[:512]
    is_at_once = since_delivery is not None and 0 <= since_delivery < SOONEST
    signs = (
        (declared, Machine.DECLARED),
        (HIDDEN_LINK in marks, Machine.HIDDEN_LINK),
        (STEERED in marks or any(name in agent for name in _WITHOUT_WINDOW), Machine.HEADLESS),
        (bool(agent) and _is_crawler(agent), Machine.CRAWLER),
        (is_at_once, Machine.PREFETCH if is_open else Machine.SCANNER),
        (bool(address) and is_in_data_centre(address), Machine.DATA_CENTRE),
    )
    return next((machine for is_so, machine in signs if is_so), Machine.HUMAN)


def verdict_on(request: HttpRequest, *, address: str = "", since_delivery: float | None = None) -> Machine:
    """Who asks for this page: for links in mails, which are followed before anybody reads them.

    HEAD asks whether something is there, and a prefetch loads what may be looked at later.
    """
    if request.method == "HEAD":
        return Machine.SCANNER
    if any(_is_ahead(request.META.get(name)) for name in _PURPOSES):
        return Machine.PREFETCH
    agent = request.META.get("HTTP_USER_AGENT", "")
    return verdict(user_agent=agent, address=address, since_delivery=since_delivery)


def _is_ahead(purpose: Any) -> bool:
    return bool(purpose) and any(word in purpose.lower() for word in ("prefetch", "prerender", "preview"))


@lru_cache(maxsize=4096)
def _is_crawler(user_agent: str) -> bool:
    return bool(crawleruseragents.is_crawler(user_agent))
