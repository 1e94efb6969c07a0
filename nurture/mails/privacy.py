"""What mails keep about a person: those they were sent, and mails whose words name them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from leads.events import Agent
from leads.listing.saved_views import is_named_in
from leads.privacy.holdings import DataSubject, Holding, Row, register
from nurture.models import Mail, MailSend, MailVersion, SendState, Why

# What an erasure calls a mail whose name, or whose subject, named somebody.
NAMELESS: Final = "Mail"


def _sends(subject: DataSubject) -> Iterator[Row]:
    for send in MailSend.objects.filter(lead=subject.lead).select_related("version__mail").order_by("pk"):
        yield {
            str(_("mail")): send.version.mail.name,
            str(_("subject")): send.version.subject,
            str(_("state")): send.get_state_display(),
            str(_("why not")): send.get_reason_display(),
            str(_("created")): send.created_at,
            str(_("sent")): send.sent_at,
            str(_("clicked")): send.clicked_at,
        }


def _erase_sends(subject: DataSubject, _agent: Agent, _now: datetime) -> int:
    """No word about the person stands in them, so they stay as figures; what waits has no address any more."""
    sends = MailSend.objects.filter(lead=subject.lead)
    sends.filter(state=SendState.PENDING).update(state=SendState.NOT_SENT, reason=Why.NO_ADDRESS, lease_until=None)
    return sends.count()


def _is_named(text: str, subject: DataSubject) -> bool:
    """By an address or the whole name: half a name is a word that any mail may have."""
    lead = subject.lead
    whole = f"{lead.first_name} {lead.last_name}" if lead.first_name and lead.last_name else ""
    return is_named_in(text, [*subject.marks, whole], ())


def _texts(content: Any) -> Iterator[str]:
    """Every text of what JSON holds."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict | list):
        for part in content.values() if isinstance(content, dict) else content:
            yield from _texts(part)


def _without(content: Any, subject: DataSubject) -> Any:
    """The same, where texts that name the person are empty."""
    if isinstance(content, str):
        return "" if _is_named(content, subject) else content
    if isinstance(content, dict):
        return {name: _without(part, subject) for name, part in content.items()}
    return [_without(part, subject) for part in content] if isinstance(content, list) else content


def _is_naming(content: Mail | MailVersion, subject: DataSubject) -> bool:
    name = content.name if isinstance(content, Mail) else ""
    return any(_is_named(text, subject) for text in (name, content.subject, content.preheader, *_texts(content.blocks)))


def _naming(subject: DataSubject) -> list[Mail | MailVersion]:
    """Drafts and versions, of which there are some hundreds at most."""
    return [
        content
        for rows in (Mail.objects.order_by("pk"), MailVersion.objects.order_by("pk"))
        for content in rows
        if _is_naming(content, subject)
    ]


def _rows_naming(subject: DataSubject) -> Iterator[Row]:
    for content in _naming(subject):
        yield {str(_("subject")): content.subject, str(_("texts")): list(_texts(content.blocks))}


def _erase_naming(subject: DataSubject, _agent: Agent, _now: datetime) -> int:
    """A version that lacks words is in force no more: somebody has to read it first."""
    naming = _naming(subject)
    for content in naming:
        named = content.pk if isinstance(content, Mail) else content.mail_id
        content.subject = f"{NAMELESS} {named}" if _is_named(content.subject, subject) else content.subject
        content.preheader = _without(content.preheader, subject)
        content.blocks = _without(content.blocks, subject)
        fields = ["subject", "preheader", "blocks"]
        if isinstance(content, Mail):
            content.name = f"{NAMELESS} {named}" if _is_named(content.name, subject) else content.name
            content.edits += 1
            fields += ["name", "edits"]
        content.save(update_fields=fields)
    lacking = [content.pk for content in naming if isinstance(content, MailVersion)]
    Mail.objects.filter(approved__in=lacking).update(approved=None)
    return len(naming)


register(
    Holding(
        key="mail_sends",
        label=_("Mails they were sent, or were not and why"),
        afterwards=_("Kept as figures, without an address; what waits is not sent."),
        rows=_sends,
        count=lambda subject: MailSend.objects.filter(lead=subject.lead).count(),
        erase=_erase_sends,
    )
)
register(
    Holding(
        key="mails_naming",
        label=_("Mails whose words name them"),
        afterwards=_("Texts that named them are empty, and the mail has to be approved anew."),
        rows=_rows_naming,
        count=lambda subject: len(_naming(subject)),
        erase=_erase_naming,
    )
)
