"""A link in a mail leads on to what stood in it, and what a person did by it is known; what a scanner did is not."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from leads.models import Activity, Lead, Machine
from leads.models.erasure import ErasureReason
from leads.privacy.erasing import erase
from nurture.mails.results import results
from nurture.models import MailSend, MailVersion
from nurture.sending import sender
from tests.nurture.mailing import TEST, approved, send_to, willing
from tests.outbox.sink import Sink, listening

pytestmark = pytest.mark.django_db
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
TARGET = "https://example.com/guide?a=1&b=2"
MINUTE = timedelta(minutes=1)
BLOCKS = [
    {"kind": "text", "text": "Read [the post](https://example.com/post) or [leave]({{ preference_link }})."},
    {"kind": "button", "label": "Get the guide", "url": TARGET},
]


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    with listening() as sink:
        sink.use(settings)
        yield sink


@pytest.fixture
def version(marketer: User, now: datetime) -> MailVersion:
    return approved(by=marketer, now=now, blocks=BLOCKS)


@pytest.fixture
def links(version: MailVersion, make_lead: Callable[..., Lead], sink: Sink, now: datetime) -> list[str]:
    """The paths of what can be clicked in the mail that Ada got, without the way to her preferences."""
    lead = willing(make_lead, now - timedelta(days=1), first_name="Ada", email="ada@example.com")
    send_to(version, [lead], now=now)
    sender.send_batch(now=now)
    [message] = sink.messages
    text, html = (part.get_content() for part in message.iter_parts())
    assert TARGET in text
    assert "https://example.com/" not in html
    assert "clicks.invalid" not in html
    return [urlsplit(link).path for link in re.findall(r'href="([^"]+/m/[^"]+)"', html)]


@pytest.fixture
def follow(client: Client, now: datetime) -> Callable[..., Any]:
    """`follow(path, after=...)`: as a person's browser does."""

    def go(path: str, *, after: timedelta = MINUTE, method: str = "get", agent: str = BROWSER) -> Any:
        with time_machine.travel(now + after, tick=False):
            return getattr(client, method)(path, headers={"user-agent": agent}, REMOTE_ADDR="192.0.2.7")

    return go


def done() -> list[tuple[str, str, int]]:
    """Where each click led, of which mail it was, and who did it."""
    rows = Activity.objects.filter(type__key="email_clicked").select_related("extra").order_by("pk")
    return [(each.extra.properties["link"], each.extra.properties["mail"], each.machine) for each in rows]


def test_each_leads_on_to_its_own_and_is_known(links: list[str], follow: Callable[..., Any]) -> None:
    answers = [follow(link) for link in links]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert [answer["Location"] for answer in answers] == ["https://example.com/post", TARGET]
    assert done() == [("https://example.com/post", "Welcome", Machine.HUMAN), (TARGET, "Welcome", Machine.HUMAN)]
    assert MailSend.objects.get().clicked_at is not None


def test_twice_a_day_counts_once(links: list[str], follow: Callable[..., Any]) -> None:
    for after in (MINUTE, 2 * MINUTE, timedelta(days=1)):
        follow(links[1], after=after)
    assert len(done()) == 2


@pytest.mark.parametrize(
    ("asked", "machine"),
    [
        ({"after": timedelta(seconds=2)}, Machine.SCANNER),
        ({"method": "head"}, Machine.SCANNER),
        ({"agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"}, Machine.CRAWLER),
    ],
)
def test_a_scanner_is_led_on_and_is_no_interest(
    links: list[str], follow: Callable[..., Any], asked: dict[str, Any], machine: Machine
) -> None:
    assert follow(links[1], **asked)["Location"] == TARGET
    assert [each[2] for each in done()] == [machine]
    assert MailSend.objects.get().clicked_at is None
    follow(links[1])
    assert [each[2] for each in done()] == [machine, Machine.HUMAN]


def test_nothing_leads_anywhere_else(links: list[str], follow: Callable[..., Any], version: MailVersion) -> None:
    token, number = links[1].split("/")[-2:]
    for path in (f"/m/{token}/2", f"/m/{token}x/{number}", f"/m/x/{number}", f"/m/{token}/99999999999999999999"):
        assert follow(path).status_code == 404, path
    assert follow(links[1], method="post").status_code == 405
    assert done() == []


def test_who_was_erased_is_led_on_and_not_known(links: list[str], follow: Callable[..., Any], now: datetime) -> None:
    erase(lead_id=Lead.objects.get().pk, reason=ErasureReason.ASKED, agent=TEST, now=now)
    assert follow(links[1]).status_code in {302, 404}
    assert not Activity.objects.filter(type__key="email_clicked").exists()


def test_its_page_says_in_how_many_a_person_clicked(
    links: list[str], follow: Callable[..., Any], client: Client, marketer: User, version: MailVersion
) -> None:
    follow(links[0])
    follow(links[1])
    assert results([version.mail_id])[version.mail_id].clicked == 1
    client.force_login(marketer)
    page = client.get(reverse("mails:detail", args=[version.mail.public_id])).content.decode()
    assert "Clicked by a person" in page
    assert ">100%<" in "".join(page.split())
