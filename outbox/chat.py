"""The message a delivery becomes in a chat: JSON for an incoming webhook of Slack, or a card for one of Teams.

What people wrote is never markup there. Slack: `&`, `<` and `>` are escaped, so no link, mention or @channel comes of
a name (https://docs.slack.dev/messaging/formatting-message-text). Teams: such text is in runs of plain text, which
read no markdown, and a mention needs an entity that no card of ours has.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from lib import http
from lib.numbers import number
from lib.text import header_text
from outbox import news
from outbox.digest import digest_of
from outbox.mail import Overtaken, Undeliverable, recipient_of
from outbox.models import ChatWebhook, Delivery, News

MOST_LISTED: Final = 20  # a card of Teams may have 28 kB
GONE: Final = (404, 410)
LONGEST_WAIT: Final = timedelta(hours=6)
_BROADCAST: Final = re.compile(r"@(?=(channel|here|everyone)\b)", re.IGNORECASE)
WORD_JOINER: Final = "\u2060"


class Gone(Exception):
    """The webhook does not exist any more."""


class Refused(Exception):
    """The other side answered, but did not take it."""


class TooMany(Exception):
    """The other side wants us to wait; `wait` says how long, if it said so."""

    def __init__(self, sentence: str, wait: timedelta | None) -> None:
        super().__init__(sentence)
        self.wait = wait


@dataclass(frozen=True, kw_only=True)
class Message:
    """What is said, whatever the product: a headline with its page, lines below it, each with a page or without."""

    headline: str
    url: str
    lines: list[tuple[str, str]]


def send(delivery: Delivery, *, now: datetime) -> None:
    """Posts it; raises Undeliverable, Overtaken, Gone, TooMany, Refused or what lib/http.py raises."""
    webhook = delivery.webhook
    if webhook is None or not webhook.is_active:
        raise Overtaken("The webhook is not in use.")
    recipient_of(delivery)
    with news.in_time_zone_of(delivery.recipient):
        message = compose(delivery)
    try:
        post(webhook, message, message_id=str(delivery.public_id), now=now)
    except http.NotAllowed as refused:
        raise Undeliverable(str(refused)) from refused


def post(
    webhook: ChatWebhook, message: Message, *, message_id: str, now: datetime, in_all: float = http.IN_ALL
) -> None:
    """Sends the message; the id is the same on every attempt, for whoever keeps the webhook to recognise."""
    body = BODIES[webhook.product](message)
    answer = http.post_json(webhook.url, body, headers={"Webhook-Id": message_id}, in_all=in_all)
    said = f"{answer.status} {header_text(answer.body.decode(errors='replace'), 200)}".strip()
    if answer.status in GONE:
        raise Gone(said)
    if answer.status == 429:
        raise TooMany(said, _wait(answer.headers.get("retry-after", ""), now=now))
    if not 200 <= answer.status < 300:
        raise Refused(said)


def test_message(webhook: ChatWebhook, *, url: str) -> Message:
    """What “Send a test message” posts."""
    return Message(
        headline=_("Baton can post here as “%(name)s”") % {"name": header_text(webhook.name)}, url=url, lines=[]
    )


def compose(delivery: Delivery) -> Message:
    """The message in the time zone in force."""
    return Message(headline=news.sentence(delivery), url=news.address_of(delivery), lines=_lines(delivery))


def _lines(delivery: Delivery) -> list[tuple[str, str]]:
    if delivery.kind == News.DIGEST:
        digest = digest_of(delivery, most=MOST_LISTED)
        lines = [(f"{label}: {number(count)}", "") for label, count in digest.counts] + digest.lines
        if digest.left_out:
            lines.append((_("%(count)s more are in Baton.") % {"count": number(digest.left_out)}, ""))
        return lines
    if delivery.handoff is None:
        return [(str(delivery.about["why"]), "")] if delivery.about.get("why") else []
    facts = news.facts(delivery)
    said = [facts["work"], facts["reason_text"]]
    if delivery.kind in news.WAITING:
        said += [f"+{reason['points']} {reason['name']}" for reason in facts["reasons"]]
        said.append(str(facts["afterwards"]) if facts["is_waiting"] else "")
    return [(line, "") for line in said if line]


def slack(message: Message) -> dict[str, Any]:
    """The body of an incoming webhook: blocks, and the plain text that notifications show."""
    rows = [f"<{url}|{_label(line)}>" if url else _escaped(line) for line, url in message.lines]
    text = "\n".join([f"*<{message.url}|{_label(message.headline)}>*", *rows])
    return {
        "text": _escaped(message.headline),
        "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "verbatim": True, "text": part}} for part in _parts(text)
        ],
        "unfurl_links": False,
        "unfurl_media": False,
    }


def teams(message: Message) -> dict[str, Any]:
    """What a workflow “when a webhook request is received” posts: one adaptive card."""
    lines = [
        _run(line) | ({"selectAction": {"type": "Action.OpenUrl", "url": url}} if url else {})
        for line, url in message.lines
    ]
    rows = [{"type": "RichTextBlock", "inlines": [line]} for line in lines]
    return {
        "type": "message",
        "attachments": [
            {
                "contentType": "application/vnd.microsoft.card.adaptive",
                "contentUrl": None,
                "content": {
                    "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                    "type": "AdaptiveCard",
                    "version": "1.4",
                    "body": [
                        {
                            "type": "RichTextBlock",
                            "inlines": [_run(message.headline) | {"weight": "Bolder", "size": "Medium"}],
                        },
                        *rows,
                    ],
                    "actions": [{"type": "Action.OpenUrl", "title": _("Open in Baton"), "url": message.url}],
                },
            }
        ],
    }


BODIES: Final = {ChatWebhook.Product.SLACK.value: slack, ChatWebhook.Product.TEAMS.value: teams}


def _run(text: str) -> dict[str, Any]:
    return {"type": "TextRun", "text": _quiet(text)}


def _escaped(text: str) -> str:
    return _quiet(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _label(text: str) -> str:
    """Of a link, which a bar would end."""
    return _escaped(text).replace("|", "/")


def _quiet(text: str) -> str:
    """One line, in which @channel calls nobody even where names are linked."""
    return _BROADCAST.sub(f"@{WORD_JOINER}", header_text(text, 500))


def _parts(text: str, longest: int = 2900) -> list[str]:
    """Whole lines in as many blocks as it takes: Slack takes 3,000 characters in one."""
    parts = [""]
    for line in text.split("\n"):
        if parts[-1] and len(parts[-1]) + len(line) >= longest:
            parts.append("")
        parts[-1] += f"\n{line}" if parts[-1] else line
    return parts


def _wait(written: str, *, now: datetime) -> timedelta | None:
    """What Retry-After asks for, in seconds or as a date; between a second and six hours."""
    if written.isascii() and written.isdecimal() and len(written) < 10:
        wait = timedelta(seconds=int(written))
    else:
        try:
            wait = parsedate_to_datetime(written) - now
        except (ValueError, TypeError):
            return None
    return min(max(wait, timedelta(seconds=1)), LONGEST_WAIT)
