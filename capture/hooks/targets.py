"""What a value of a message can be, declared by the fields that files have as well."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext

from capture.importing import cell_types
from capture.importing.cell_types import CellType
from capture.importing.kinds.activities import ACTIVITIES
from capture.importing.kinds.declaration import Field
from capture.importing.kinds.leads import LEADS
from capture.importing.values import Reading
from leads.models import Purpose

# Of a lead, what a message may say; the rest of a file's fields are of the activity, or are said by the hook.
_NOT_OF_LEADS: Final = frozenset({"external_system", "opted_out", "channel", "campaign", "landing_page", "created_at"})
_OF_ACTIVITIES: Final = ("occurred_at", "page", "asset", "campaign", "channel", "seconds", "message_id", "note")
CONSENT: Final = "consent."
# How tools say beside yes and no that a box was ticked.
_TICKED: Final[Mapping[str, str]] = {
    "on": "yes", "agreed": "yes", "accepted": "yes", "granted": "yes", "checked": "yes", "opt_in": "yes",
    "off": "no", "denied": "no", "unchecked": "no", "opt_out": "no",
}  # fmt: skip


def _agreed(text: str, field: str, reading: Reading) -> bool:
    return cell_types.yes_or_no(_TICKED.get(text.casefold(), text), field, reading)


_AGREED: Final = CellType(_agreed, cell_types.YES_NO.fits)


def targets() -> Mapping[str, Field]:
    """By key, in the order in which they are offered: who it is, what is known of them, what they did, consent."""
    of_leads = [field for field in LEADS.fields if field.key not in _NOT_OF_LEADS]
    of_activities = [field for key in _OF_ACTIVITIES if (field := ACTIVITIES.field(key))]
    words = [Field(f"{CONSENT}{one.key}", _consent(one.label), type=_AGREED) for one in Purpose.objects.all()]
    return {field.key: field for field in (*of_leads, *of_activities, *words)}


def _consent(label: str) -> str:
    return gettext("Agrees: %(purpose)s") % {"purpose": label}
