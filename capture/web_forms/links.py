"""Signed addresses that stand in our own mails, so whoever follows one has the mailbox."""

import uuid
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.core import signing
from django.urls import reverse

from capture.models import Form, Submission
from leads.models import Lead

# How long a link to a form tells who follows it.
KNOWN_FOR: Final = timedelta(days=90)
# The name of the part of the address.
NAME: Final = "you"
_LEAD: Final = "capture.web_forms.links.lead"
_CONFIRM: Final = "capture.web_forms.links.confirm"


class BadLink(ValueError):
    """The address was not made here, or is too old."""


def form_link(form: Form, lead: Lead) -> str:
    """The address of the form in a mail to this lead: what is known already is not asked there."""
    about = signing.dumps([str(form.public_id), str(lead.public_id)], salt=_LEAD)
    return f"{settings.BASE_URL}{reverse('public_forms:page', args=[form.public_id])}?{NAME}={about}"


def lead_of(text: str, *, form: Form) -> Lead | None:
    """The lead whose mail the address of this form stood in, or None."""
    if not text:
        return None
    try:
        form_id, lead_id = signing.loads(text, salt=_LEAD, max_age=KNOWN_FOR)
    except signing.BadSignature:
        return None
    return Lead.objects.filter(public_id=lead_id).first() if form_id == str(form.public_id) else None


def confirm_link(submission: Submission) -> str:
    """The address by which somebody confirms what was sent. Until when it counts, the submission says."""
    about = signing.dumps(submission.public_id.hex, salt=_CONFIRM)
    path = reverse("public_forms:confirm", args=[submission.form.public_id, about])
    return f"{settings.BASE_URL}{path}"


def submission_of(text: str, *, form: Form) -> Submission:
    """Raises BadLink."""
    try:
        public_id = uuid.UUID(signing.loads(text, salt=_CONFIRM))
        return Submission.objects.select_related("form").get(form=form, public_id=public_id)
    except (signing.BadSignature, ValueError, Submission.DoesNotExist) as error:
        raise BadLink(text[:20]) from error
