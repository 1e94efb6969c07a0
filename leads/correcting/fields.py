"""What a person may correct of a lead and of a company, by name, with values as JSON has them.

"company" is where a lead works, as [name, domain]; "custom.visits" a custom field of a lead, "company_custom.tier" one
of a company. Nothing known is "" for a text, None for everything else.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _

from accounts.models import User
from leads.buying_roles import BuyingRole
from leads.custom_fields.catalogue import by_path
from leads.models import Company, Lead
from lib.numbers import number

Plain = str | int | float | bool | list[str] | None
Values = Mapping[str, Plain]

OF_LEAD: Final = (
    "email", "first_name", "last_name", "phone", "job_title", "country", "city", "budget", "buying_role",
    "do_not_contact",
)  # fmt: skip
OF_COMPANY: Final = ("name", "domain", "industry", "employees", "country", "owner")
NOBODY: Final = ["", ""]


class Outdated(Exception):
    """Somebody else corrected the same meanwhile: `current` has what is stored by now, by name."""

    def __init__(self, current: Values) -> None:
        super().__init__(", ".join(sorted(current)))
        self.current = current


def of_lead(lead: Lead) -> dict[str, Plain]:
    """All that may be corrected of a lead, read with its company."""
    values: dict[str, Plain] = {name: getattr(lead, name) for name in OF_LEAD}
    values["company"] = [lead.company.name, lead.company.domain or ""] if lead.company else NOBODY
    return values | {f"custom.{key}": value for key, value in lead.custom.items()}


def of_company(company: Company) -> dict[str, Plain]:
    """All that may be corrected of a company; its owner by their key."""
    values: dict[str, Plain] = {name: getattr(company, name) for name in OF_COMPANY if name != "owner"}
    values |= {"domain": company.domain or "", "owner": company.owner_id}
    return values | {f"company_custom.{key}": value for key, value in company.custom.items()}


def differing(stated: Values, known: Values, *, seen: Values) -> list[str]:
    """The names of what is said otherwise than it is known; what is said as it was seen is not said at all.

    Raises Outdated where something else is known by now than was seen.
    """
    names = [name for name, value in stated.items() if value != seen.get(name, known.get(name))]
    late = {
        name: known.get(name) for name in names if name in seen and known.get(name) not in (seen[name], stated[name])
    }
    if late:
        raise Outdated(late)
    return [name for name in names if stated[name] != known.get(name)]


def undoable(data: Mapping[str, Any], known: Values) -> dict[str, Plain]:
    """What taking a correction back would store, by name: what is still as it made it. `data` is what it recorded."""
    before, after = data.get("before") or {}, data.get("after") or {}
    return {name: before.get(name) for name, value in after.items() if known.get(name) == value}


def field_words(name: str) -> str:
    """A field as its page calls it. The record may be older than the field's name."""
    custom = by_path(name)
    if custom is not None:
        return custom.label
    try:
        return str(Lead._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # noqa: SLF001
    except FieldDoesNotExist:
        return name


def company_field_words(name: str) -> str:
    """The same of a company's."""
    known = by_path(name) is None and name in OF_COMPANY
    return str(Company._meta.get_field(name).verbose_name) if known else field_words(name)  # type: ignore[union-attr]  # noqa: SLF001


def value_words(name: str, value: object) -> str:
    """A value in words; "nothing" where there is none."""
    custom = by_path(name)
    if value in (None, "", [], NOBODY):
        return _("nothing")
    if custom is not None:
        return custom.words(value)
    match value:
        case bool():
            words = _("yes") if value else _("no")
        case [str() as called, str() as domain]:
            words = called or domain
        case int() if name == "owner":
            words = str(User.objects.filter(pk=value).first() or value)
        case int() | float():
            words = number(value)
        case _ if name == "buying_role" and value in BuyingRole.values:
            words = str(BuyingRole(value).label)
        case _:
            words = str(value)
    return words


def undone_words(undone: Sequence[str], left: Sequence[str], *, names: Callable[[str], str] = field_words) -> str:
    """What was taken back of a correction, and what was changed again since and stays."""
    if not undone:
        return _("All of it was changed again since. Nothing was taken back.")
    words = _("As before again: %(fields)s.") % {"fields": ", ".join(map(names, undone))}
    if not left:
        return words
    return f"{words} " + _("Changed again since, and left: %(fields)s.") % {"fields": ", ".join(map(names, left))}


def change_words(
    before: Mapping[str, object], after: Mapping[str, object], *, names: Callable[[str], str] = field_words
) -> Iterator[str]:
    """Each change as "phone “1” instead of “2”"; of what is sensitive the field alone. `names` calls the fields."""
    for name in after:
        custom = by_path(name)
        if custom is not None and custom.is_sensitive:
            yield custom.label
            continue
        yield _("%(field)s “%(after)s” instead of “%(before)s”") % {
            "field": names(name),
            "after": value_words(name, after[name]),
            "before": value_words(name, before.get(name)),
        }
