"""What a column can be mapped to, and the rules a mapping must keep."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from capture.importing.problems import Unreadable
from capture.models import ImportBatch

LEADS: Final = ImportBatch.Kind.LEADS
OUTCOMES: Final = ImportBatch.Kind.OUTCOMES


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a lead or an outcome as the mapping page and the command name it."""

    key: str
    label: str | Promise
    help: str | Promise = ""
    is_date: bool = False
    is_whole: bool = False
    is_amount: bool = False

    @property
    def is_number(self) -> bool:
        return self.is_whole or self.is_amount


_IDENTITY: Final = (
    Field("email", gettext_lazy("E-mail"), gettext_lazy("A lead is recognised by it.")),
    Field(
        "external_id",
        gettext_lazy("External id"),
        gettext_lazy("What another system calls the lead; enough without an e-mail."),
    ),
)
FIELDS: Final[dict[str, tuple[Field, ...]]] = {
    LEADS: (
        *_IDENTITY,
        Field("first_name", gettext_lazy("First name")),
        Field("last_name", gettext_lazy("Last name")),
        Field("full_name", gettext_lazy("Full name"), gettext_lazy("Is split into first and last name.")),
        Field("phone", gettext_lazy("Phone")),
        Field("job_title", gettext_lazy("Job title")),
        Field("company", gettext_lazy("Company")),
        Field("company_domain", gettext_lazy("Company website")),
        Field("industry", gettext_lazy("Industry")),
        Field("employees", gettext_lazy("Employees"), is_whole=True),
        Field("country", gettext_lazy("Country"), gettext_lazy("Two letters or a name.")),
        Field("city", gettext_lazy("City")),
        Field("budget", gettext_lazy("Budget"), is_amount=True),
        Field("is_decision_maker", gettext_lazy("Decides"), gettext_lazy("Yes or no.")),
        Field("channel", gettext_lazy("Channel"), gettext_lazy("Where the lead came from.")),
        Field("campaign", gettext_lazy("Campaign")),
        Field("landing_page", gettext_lazy("Landing page")),
        Field(
            "created_at",
            pgettext_lazy("moment", "Created"),
            gettext_lazy("When the lead first came in; otherwise now."),
            is_date=True,
        ),
    ),
    OUTCOMES: (
        *_IDENTITY,
        Field(
            "deal_id",
            gettext_lazy("Deal id"),
            gettext_lazy("What another system calls the deal; without it a deal is known by its day."),
        ),
        Field("won_at", gettext_lazy("Won"), gettext_lazy("When the deal was won."), is_date=True),
        Field("amount", gettext_lazy("Amount won"), is_amount=True),
        Field("lost_at", gettext_lazy("Lost"), gettext_lazy("When the deal was lost."), is_date=True),
        Field(
            "opportunity_at", gettext_lazy("Opportunity"), gettext_lazy("When there was a deal to win."), is_date=True
        ),
    ),
}
OUTCOME_MOMENTS: Final = ("won_at", "lost_at", "opportunity_at")


def field_keys(kind: str) -> list[str]:
    return [field.key for field in FIELDS[kind]]


def label_of(kind: str, key: str) -> str:
    """The field's name for people; a key that is none is its own name."""
    return next((str(field.label) for field in FIELDS[kind] if field.key == key), key)


def column_name(columns: Sequence[str], index: int) -> str:
    """The column's name; one without a name, or with the name of an earlier one, is told by its position."""
    name = columns[index]
    if not name:
        return _("column %(number)s, without a name") % {"number": index + 1}
    if name in columns[:index]:
        return _("%(name)s (column %(number)s)") % {"name": name, "number": index + 1}
    return name


def find_column(columns: Sequence[str], wanted: str) -> int:
    """The position of the column called `wanted`, or at `#N`; raises Unreadable when there is none or several."""
    if wanted.startswith("#") and wanted[1:].isascii() and wanted[1:].isdecimal() and len(wanted) < 5:
        if 1 <= int(wanted[1:]) <= len(columns):
            return int(wanted[1:]) - 1
        raise Unreadable(
            "no_such_column",
            _("There is no column %(wanted)s: the file has %(count)s.") % {"wanted": wanted, "count": len(columns)},
        )
    positions = [index for index, name in enumerate(columns) if name == wanted]
    positions = positions or [
        index for index, name in enumerate(columns) if name.casefold() == wanted.strip().casefold()
    ]
    if not positions:
        raise Unreadable(
            "no_such_column",
            _("There is no column “%(wanted)s”. The file has: %(columns)s.")
            % {"wanted": wanted[:100], "columns": ", ".join(columns[:30])},
        )
    if len(positions) > 1:
        raise Unreadable(
            "column_not_unique",
            _("Several columns are called “%(wanted)s”. Say which one by its position: %(positions)s.")
            % {"wanted": wanted, "positions": _(" or ").join(f"#{index + 1}" for index in positions)},
        )
    return positions[0]


def check_mapping(kind: str, mapping: Mapping[str, int], columns: Sequence[str]) -> None:
    """Raises Unreadable when a field is unknown, a column is not there, or what is needed is missing."""
    for key, index in mapping.items():
        if key not in field_keys(kind):
            raise Unreadable(
                "unknown_field",
                _("“%(key)s” is no field of %(kind)s. There are: %(keys)s.")
                % {"key": key[:60], "kind": kind, "keys": ", ".join(field_keys(kind))},
            )
        if not 0 <= index < len(columns):
            raise Unreadable("no_such_column", _("There is no column %(number)s.") % {"number": index + 1})
    if "email" not in mapping and "external_id" not in mapping:
        raise Unreadable("no_identity", _("Say which column holds the e-mail address or the external id of the lead."))
    if kind == OUTCOMES and not any(key in mapping for key in OUTCOME_MOMENTS):
        raise Unreadable("no_outcome", _("Say which column holds the day the lead was won (won_at)."))
