"""A message in a chat: JSON for an incoming webhook of Slack, or a card for one of Teams.

What people wrote is never markup there. Slack: `&`, `<` and `>` are escaped, so no link, mention or @channel comes of
a name (https://docs.slack.dev/messaging/formatting-message-text). Teams: such text is in runs of plain text, which
read no markdown, and a mention needs an entity that no card of ours has.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from lib.text import header_text
from outbox.models import ChatWebhook

_BROADCAST: Final = re.compile(r"@(?=(channel|here|everyone)\b)", re.IGNORECASE)
WORD_JOINER: Final = "\u2060"


@dataclass(frozen=True, kw_only=True)
class Message:
    """What is said, whatever the product: a headline with its page, lines below it, each with a page or without."""

    headline: str
    url: str
    lines: list[tuple[str, str]]


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
