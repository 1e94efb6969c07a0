"""Progressive profiling: which questions are asked this time.

What is hidden tells that we know something, so it is hidden only from who has shown that they are the lead: by a link
in our own mail. A cookie alone hides nothing, an address that is typed hides nothing, and nothing is ever filled in
beforehand. The address is asked always.
"""

from collections.abc import Sequence

from capture.models import Form, FormField
from capture.web_forms.askables import askables
from capture.web_forms.known_leads import known_value
from capture.web_forms.needed import needed_before_a_call
from leads.models import Lead


def asked_now(form: Form, questions: Sequence[FormField], lead: Lead | None) -> list[FormField]:
    """All that are asked always, and of the queue the first ones whose answers are not known, so many at once: those
    first that have to be known before somebody calls.

    `lead` is who has shown to be it, with its company; None: nobody has.
    """
    known = askables()
    queue = [one for one in questions if one.is_queued and one.ask in known]
    if lead is not None:
        queue = [one for one in queue if known_value(known[one.ask], lead, lead.company) in (None, "", [])]
    needed = needed_before_a_call() if form.questions_at_once and queue else ()
    # Sorting keeps the order of the others.
    queue.sort(key=lambda one: one.ask not in needed)
    if form.questions_at_once:
        queue = queue[: form.questions_at_once]
    turn = {one.pk for one in queue}
    return [one for one in questions if not one.is_queued or one.pk in turn]


def names_of_queue(questions: Sequence[FormField]) -> str:
    """The names of those whose turn it is, as the page sends them back."""
    return " ".join(one.name for one in questions if one.is_queued)
