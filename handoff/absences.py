"""When reps are out: who is out now, and until when."""

from datetime import datetime

from handoff.bench import running
from handoff.models import Rep


def out_until(rep: Rep, *, now: datetime) -> datetime | None:
    """Until when the rep is out; None: in."""
    return running(now=now).filter(rep=rep).order_by("-ends_at").values_list("ends_at", flat=True).first()
