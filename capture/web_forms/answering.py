"""The mails of a form: the link by which an address is confirmed, and what somebody gets who has sent it."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from capture.library.links import delivery_path
from capture.models import Submission
from capture.web_forms.as_lead import person_of
from capture.web_forms.links import confirm_link
from leads.consent.preferences import unsubscribe_url
from leads.normalise import email_key
from outbox import letters

CONFIRM: Final = "confirm"
THANKS: Final = "thanks"


def ask_to_confirm(submission: Submission, *, email: str, now: datetime) -> None:
    """One mail an hour to one address, whoever fills in the form how often.

    It is no mailing: it answers what was done with the address, and without it nothing is sent to anybody.
    """
    words = _(
        "Somebody, probably you, filled in “%(title)s” with this address.\n\n"
        "Follow this link and press the button there to confirm it:\n%(link)s\n\n"
        "If it was not you, do nothing: nothing is kept of the address that is not confirmed."
    )
    letters.write(
        address=email,
        subject=_("Confirm your address: %(title)s") % {"title": submission.form.title},
        text=words % {"title": submission.form.title, "link": confirm_link(submission)},
        dedupe_key=_key(CONFIRM, submission, email, f"{now:%Y%m%d%H}"),
        now=now,
    )


def thank(submission: Submission, *, email: str, now: datetime) -> None:
    """The mail of the form, where it has one or gives content: once a day to one address.

    Only the mail has the link to the content, for who follows that shows that the address is theirs.
    """
    form, link = submission.form, _link_to_content(submission, now=now)
    parts = [form.mail_text if form.mail_subject else "", link]
    if not any(parts):
        return
    unsubscribe = ""
    if submission.lead is not None:
        unsubscribe = unsubscribe_url(submission.lead, now=now)
        parts.append(choices_foot(unsubscribe))
    letters.write(
        address=email,
        subject=form.mail_subject or _("Your copy of “%(content)s”") % {"content": form.asset},
        text="\n\n".join(part for part in parts if part),
        dedupe_key=_key(THANKS, submission, email, f"{now:%Y%m%d}"),
        unsubscribe_url=unsubscribe,
        now=now,
    )


def choices_foot(url: str) -> str:
    """The last lines of our mail to a lead: the way to what they allow, as near as the mail itself."""
    words = _("Choose what you want to hear of, or nothing at all:")
    return f"-- \n{words}\n{url}"


def _link_to_content(submission: Submission, *, now: datetime) -> str:
    asset, lead = submission.form.asset, submission.lead
    if asset is None or lead is None or not asset.can_be_delivered:
        return ""
    words = _("“%(content)s” is here for you:\n%(link)s")
    return words % {"content": asset, "link": f"{settings.BASE_URL}{delivery_path(asset, lead, now=now)}"}


def _key(what: str, submission: Submission, email: str, when: str) -> str:
    return f"{key_before(what, submission.form_id, person_of(email_key(email)))}{when}"


def key_before(what: str, form_id: int, person: str) -> str:
    """How the keys of such mails of a form to one person begin; when it was follows."""
    return f"form-{what}:{form_id}:{person}:"
