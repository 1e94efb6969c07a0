"""The kinds of files, in the order in which they are offered."""

from typing import Final

from capture.importing.kinds.activities import ACTIVITIES
from capture.importing.kinds.companies import COMPANIES
from capture.importing.kinds.consents import CONSENTS, SUPPRESSIONS
from capture.importing.kinds.declaration import Kind
from capture.importing.kinds.leads import LEADS
from capture.importing.kinds.outcomes import OUTCOMES
from capture.importing.kinds.spend import SPEND

KINDS: Final[dict[str, Kind]] = {
    kind.key: kind for kind in (LEADS, COMPANIES, ACTIVITIES, OUTCOMES, SPEND, CONSENTS, SUPPRESSIONS)
}


def kind_of(key: str) -> Kind:
    """The kind of that key."""
    return KINDS[key]
