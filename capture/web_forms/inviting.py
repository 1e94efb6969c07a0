"""A mail to a lead with its own link to a form: what is known of the person is not asked there."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from capture.event_kinds import FORM_LINK_SENT
from capture.models import Form
from capture.web_forms.answering import choices_foot
from capture.web_forms.links import form_link
from leads.consent.permission import why_not_written_to
from leads.consent.preferences import unsubscribe_url
from leads.events import Agent, Entry, record
from leads.lifecycle import locked
from lib.zones import organisation_day
from outbox import letters


class NotSent(Exception):
    """The mail is not written; the message says why."""


@transaction.atomic
def invite(*, lead_id: int, form: Form, subject: str, text: str, actor: User, now: datetime) -> None:
    """Owes the lead a mail with its link to this form, once a day. Raises NotSent."""
    [lead] = locked([lead_id])
    reason = why_not_written_to(lead)
    if not reason and form.is_archived:
        reason = _("The form takes nothing any more.")
    key = f"{link_key_before(form.pk, lead.pk)}{organisation_day(now):%Y%m%d}"
    if not reason and letters.is_written(key):
        reason = _("They got the link to this form today already.")
    if reason:
        raise NotSent(reason)
    link = form_link(form, lead)
    unsubscribe = unsubscribe_url(lead, now=now)
    letters.write(
        address=lead.email,
        subject=subject,
        text=f"{text.strip()}\n\n{link}\n\n{choices_foot(unsubscribe)}",
        dedupe_key=key,
        unsubscribe_url=unsubscribe,
        now=now,
    )
    sent = Entry(lead_id=lead.pk, kind=FORM_LINK_SENT, at=now, data={"form": form.name})
    record([sent], agent=Agent(user=actor), now=now)


def link_key_before(form_id: int, lead_id: int) -> str:
    """How the keys of these mails to one lead begin; the day follows."""
    return f"form-link:{form_id}:{lead_id}:"
