"""What people say when they decide: the reason, the words, the four answers of an SQL."""

from typing import Final

from django.utils.translation import gettext as _

from handoff.lifecycle.refusals import Incomplete
from handoff.models import Reason
from lib.text import storable

LONGEST_TEXT: Final = 2000
LONGEST_ANSWER: Final = 300


def checked_reason(reason: Reason, outcome: str, text: str) -> str:
    """The words of a return, cleaned; raises Incomplete when the reason is not for this, or needs words."""
    if reason.outcome != outcome or not reason.is_active:
        raise Incomplete("reason", _("“%(reason)s” is not a reason for this.") % {"reason": reason})
    text = checked_words(text)
    if reason.needs_text and not text:
        raise Incomplete("text", _("“%(reason)s” needs a sentence of your own.") % {"reason": reason})
    return text


def checked_words(text: str) -> str:
    """What somebody wrote, cleaned; raises Incomplete when it is too long."""
    text = storable(text).strip()
    if len(text) > LONGEST_TEXT:
        raise Incomplete("text", _("Say it in at most %(limit)d characters.") % {"limit": LONGEST_TEXT})
    return text


def checked_answers(**answers: str) -> dict[str, str]:
    """The answers, cleaned; raises Incomplete for the first that is missing or too long."""
    checked = {field: storable(answer).strip() for field, answer in answers.items()}
    for field, answer in checked.items():
        if not answer:
            raise Incomplete(field, _("Timeline, budget, problem and who else is involved make an SQL."))
        if len(answer) > LONGEST_ANSWER:
            raise Incomplete(field, _("Say it in at most %(limit)d characters.") % {"limit": LONGEST_ANSWER})
    return checked
