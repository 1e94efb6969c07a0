"""How long a lead that comes back from sales rests: so long it is not promoted again, whatever it scores."""

from datetime import timedelta
from typing import Final

from handoff.models import Reason

# Nobody answered, which is no fault of the lead's.
AFTER_BREACH: Final = timedelta(0)


def after(reason: Reason) -> timedelta:
    """As long as the reason says for which sales returned it."""
    return timedelta(days=reason.rest_days)
