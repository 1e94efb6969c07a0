"""The mail a delivery becomes. Its links open pages; nothing is decided by following one."""

from collections.abc import Mapping
from datetime import date, datetime
from email.utils import formataddr
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from handoff.models import Delivery, Handoff, News
from leads.models import Lead
from lib.text import header_text

SUBJECTS: Final[dict[str, str | Promise]] = {
    News.PASSED: gettext_lazy("%(lead)s waits for you until %(due)s"),
    News.BREACHED: gettext_lazy("%(lead)s was not answered by %(due)s"),
    News.REVIEW_DUE: gettext_lazy("Version %(version)d of the criteria is to be reviewed"),
}
TEMPLATES: Final[dict[str, str]] = {
    News.PASSED: "passed",
    News.BREACHED: "breached",
    News.REVIEW_DUE: "review_due",
}


class Undeliverable(Exception):
    """Trying again cannot help; the message says why."""


def send(delivery: Delivery) -> None:
    """Sends it; raises Undeliverable, or whatever the mail server's side raises."""
    recipient = delivery.recipient
    if recipient is None or not recipient.is_active:
        raise Undeliverable("The recipient is no longer active.")
    try:
        validate_email(recipient.email)
    except ValidationError as refused:
        raise Undeliverable("The recipient's address is not one address.") from refused
    compose(delivery, recipient).send()


def compose(delivery: Delivery, recipient: User) -> EmailMultiAlternatives:
    """The message, in the reader's time zone. Its Message-ID is the delivery's for ever."""
    handoff = delivery.handoff
    with timezone.override(_zone_of(recipient)):
        context = _about(delivery.about) if handoff is None else _context(handoff)
        context["recipient"] = header_text(recipient.name)
        template = f"handoff/mail/{TEMPLATES[delivery.kind]}"
        message = EmailMultiAlternatives(
            subject=header_text(SUBJECTS[delivery.kind] % context),
            body=render_to_string(f"{template}.txt", context),
            to=[formataddr((header_text(recipient.name), recipient.email))],
            headers={"Message-ID": message_id(delivery), "Auto-Submitted": "auto-generated"},
        )
        message.attach_alternative(render_to_string(f"{template}.html", context), "text/html")
    return message


def message_id(delivery: Delivery) -> str:
    """The same on every attempt, so that a mail that comes twice is recognised."""
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    return f"<{delivery.public_id}@{host.replace(':', '-')}>"


def _about(about: Mapping[str, Any]) -> dict[str, Any]:
    """What is not about one handoff: a version of the criteria, a day and a page."""
    return {
        "version": about["version"],
        "due": date_format(date.fromisoformat(about["due_on"]), "j F Y"),
        "url": f"{settings.BASE_URL}{about['path']}",
    }


def _context(handoff: Handoff) -> dict[str, Any]:
    lead = handoff.lead
    return {
        "lead": header_text(lead.name, 100),
        "work": header_text(_work(lead)),
        "assignee": header_text(str(handoff.assignee or "")),
        "is_fast_track": handoff.is_fast_track,
        "passed": _moment(handoff.passed_at),
        "due": _moment(handoff.respond_by),
        "zone": timezone.get_current_timezone_name(),
        "total": handoff.receipt.get("total"),
        "threshold": handoff.receipt.get("threshold"),
        "reasons": list(best_reasons(handoff.receipt)),
        "url": f"{settings.BASE_URL}{reverse('handoff:detail', args=[handoff.public_id])}",
    }


def best_reasons(receipt: Mapping[str, Any], most: int = 3) -> list[dict[str, Any]]:
    """The lines that brought most points."""
    earned = [line for line in receipt.get("lines", []) if line.get("points", 0) > 0]
    earned.sort(key=lambda line: -line["points"])
    return [{"name": header_text(str(line["name"])), "points": line["points"]} for line in earned[:most]]


def _work(lead: Lead) -> str:
    company = lead.company.name if lead.company else ""
    if lead.job_title and company:
        return _("%(title)s at %(company)s") % {"title": lead.job_title, "company": company}
    return lead.job_title or company


def _moment(moment: datetime | None) -> str:
    return date_format(timezone.localtime(moment), "D j M Y, H:i") if moment else ""


def _zone_of(user: User) -> ZoneInfo:
    try:
        return ZoneInfo(user.time_zone)
    except (ValueError, OSError):  # an unknown name must not keep the mail back
        return ZoneInfo("UTC")
