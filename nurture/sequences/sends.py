"""By which key a mail that a step sends is known, for ever; what waits to be sent is called off with its enrolment."""

from collections.abc import Iterable
from datetime import datetime

from nurture.models import Enrolment, StepRun
from nurture.sending.owing import call_off

# It came to the end, or went on: what its last step sends is sent.
WHOLE = (Enrolment.Reason.END, Enrolment.Reason.WENT_ON)


def send_key(enrolment_id: int, step_id: str) -> str:
    """Nobody comes to a step twice, so it is one mail."""
    return f"sequence:{enrolment_id}:{step_id}"


def call_off_sends(ended: Iterable[Enrolment], *, now: datetime) -> None:
    """Mails of enrolments that ended early, and that nobody has begun to send, are not sent any more."""
    early = [one.pk for one in ended if one.reason not in WHOLE]
    if early:
        taken_steps = StepRun.objects.filter(enrolment__in=early).values_list("enrolment_id", "step")
        call_off([send_key(*run) for run in taken_steps], now=now)
