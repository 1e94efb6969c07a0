"""A post to a form: first it is kept, then it is taken, in this order, so that what is acknowledged is never lost."""

import logging
import uuid
from datetime import datetime, timedelta
from typing import Final

from django.db import Error

from capture.models import Form, Submission, Verdict
from capture.web_forms import marks
from capture.web_forms.as_lead import person_of
from capture.web_forms.checks import Sent, Suspicion, suspicion, too_often
from capture.web_forms.reading import values_by_key
from capture.web_forms.taking import Outcome, settle
from leads.normalise import Refusal, email_key
from lib.limits import CannotCount

logger = logging.getLogger(__name__)

# The request that brought it takes it at once; only what it leaves behind is a sweeper's.
TURN: Final = timedelta(seconds=30)


def receive(form: Form, sent: Sent, *, now: datetime) -> Outcome:
    """Keeps what was sent, and takes it if nothing speaks against it.

    Returns what became of it: also where taking failed, or nobody could count how much comes from there, for then it
    is kept and the sweeper takes it. Raises checks.TooMany, and the database's errors where it could not even be kept.
    """
    mark = marks.read_mark(sent.raw.get(marks.NAME, [""])[-1], form=form)
    is_counted, too_many = _counted(form, sent)
    suspected = suspicion(form, sent, mark, now=now) or too_many
    submission = Submission.objects.create(
        form=form,
        received_at=now,
        came_by=sent.came_by,
        raw={name: list(values) for name, values in sent.raw.items()},
        page=sent.page[:500],
        visitor=_visitor(sent),
        person=_person(form, sent),
        showing=mark.showing if mark else "",
        verdict=Verdict.SUSPECT if suspected else Verdict.TO_TAKE,
        code=suspected.code if suspected else "",
        reason=suspected.reason if suspected else "",
        next_try_at=None if suspected else now + TURN,
    )
    if suspected or not is_counted:
        return Outcome(submission)
    try:
        return settle(submission.pk, now=now)
    except Error:
        logger.exception("Submission %s is kept; the database did not answer when it was to be taken.", submission.pk)
        return Outcome(submission)


def _counted(form: Form, sent: Sent) -> tuple[bool, Suspicion | None]:
    """Whether it could be counted, and whether that speaks against it."""
    try:
        return True, too_often(form, sent)
    except CannotCount:
        return False, None


def _visitor(sent: Sent) -> uuid.UUID | None:
    try:
        return uuid.UUID(sent.raw.get("_visitor", [""])[-1])
    except ValueError:
        return None


def _person(form: Form, sent: Sent) -> str:
    """Whose address it was sent under; empty where it is none."""
    try:
        return person_of(email_key(values_by_key(form, sent.raw).get("email", [""])[-1]))
    except Refusal:
        return ""
