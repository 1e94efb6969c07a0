"""The mails of a form: the link by which an address is confirmed, and what somebody gets who has sent it."""

from datetime import datetime

from django.utils.translation import gettext as _

from capture.models import Submission
from capture.web_forms.as_lead import person_of
from capture.web_forms.links import confirm_link
from leads.normalise import email_key
from outbox import letters


def ask_to_confirm(submission: Submission, *, email: str, now: datetime) -> None:
    """One mail an hour to one address, whoever fills in the form how often."""
    words = _(
        "Somebody, probably you, filled in “%(title)s” with this address.\n\n"
        "Follow this link and press the button there to confirm it:\n%(link)s\n\n"
        "If it was not you, do nothing: nothing is kept of the address that is not confirmed."
    )
    letters.write(
        address=email,
        subject=_("Confirm your address: %(title)s") % {"title": submission.form.title},
        text=words % {"title": submission.form.title, "link": confirm_link(submission)},
        dedupe_key=_key("confirm", submission, email, f"{now:%Y%m%d%H}"),
        now=now,
    )


def thank(submission: Submission, *, email: str, now: datetime) -> None:
    """The mail of the form, where it has one: once a day to one address."""
    form = submission.form
    if form.mail_subject:
        letters.write(
            address=email,
            subject=form.mail_subject,
            text=form.mail_text,
            dedupe_key=_key("thanks", submission, email, f"{now:%Y%m%d}"),
            now=now,
        )


def _key(what: str, submission: Submission, email: str, when: str) -> str:
    return f"form-{what}:{submission.form_id}:{person_of(email_key(email))}:{when}"
