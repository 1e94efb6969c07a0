"""What a form can ask: fields of the lead and of its company, each declared once."""

from dataclasses import dataclass
from typing import Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from leads.custom_fields.catalogue import fields_in_use
from leads.models.custom_field import About, CustomField

Kind = Literal["text", "email", "phone", "number", "country", "yes_no", "own"]


class UnknownAskable(LookupError):
    """Nothing of this key can be asked."""


@dataclass(frozen=True, kw_only=True)
class Askable:
    """Something a form can ask."""

    # What is stored with a question, and what the field of the page is called, so it never changes.
    key: str
    label: str | Promise
    kind: Kind
    # The attribute of LeadInput that takes it; empty: a field of the organisation's own.
    column: str = ""
    longest: int = 200
    # By which a browser offers what the person typed elsewhere (WHATWG's names).
    autocomplete: str = ""
    # The field of the organisation's own, which says itself how it is drawn and read.
    own: CustomField | None = None
    # It is about the company, which other leads may share.
    is_of_company: bool = False


_OF_LEADS: Final = (
    Askable(key="email", label=_("E-mail address"), kind="email", column="email", longest=254, autocomplete="email"),
    Askable(
        key="first_name",
        label=_("First name"),
        kind="text",
        column="first_name",
        longest=100,
        autocomplete="given-name",
    ),
    Askable(
        key="last_name", label=_("Last name"), kind="text", column="last_name", longest=100, autocomplete="family-name"
    ),
    Askable(key="phone", label=_("Phone"), kind="phone", column="phone", longest=40, autocomplete="tel"),
    Askable(
        key="job_title",
        label=_("Job title"),
        kind="text",
        column="job_title",
        longest=150,
        autocomplete="organization-title",
    ),
    Askable(
        key="company", label=_("Company"), kind="text", column="company", longest=200, autocomplete="organization"
    ),
    Askable(
        key="industry", label=_("Industry"), kind="text", column="industry", longest=100, is_of_company=True
    ),
    Askable(
        key="employees", label=_("Employees of the company"), kind="number", column="employees", is_of_company=True
    ),
    Askable(key="country", label=_("Country"), kind="country", column="country", autocomplete="country"),
    Askable(key="city", label=_("City"), kind="text", column="city", longest=100, autocomplete="address-level2"),
    Askable(key="budget", label=_("Budget"), kind="number", column="budget"),
    Askable(key="is_decision_maker", label=_("Decides on buying"), kind="yes_no", column="is_decision_maker"),
)  # fmt: skip


def askables() -> dict[str, Askable]:
    """All that can be asked, by key, in the order in which it is offered: what everybody keeps, then one's own fields.

    What is sensitive can be asked where it is said why one may keep it.
    """
    own = (
        field
        for about in (About.LEAD, About.COMPANY)
        for field in fields_in_use(about)
        if field.lawful_basis or not field.is_sensitive
    )
    return {one.key: one for one in (*_OF_LEADS, *map(_of_own_field, own))}


def askable(key: str) -> Askable:
    """Raises UnknownAskable."""
    try:
        return askables()[key]
    except KeyError as error:
        raise UnknownAskable(key) from error


def field_name(key: str) -> str:
    """How what is asked is called in what is posted."""
    return key.replace(".", "_")


def _of_own_field(field: CustomField) -> Askable:
    is_of_company = field.about == About.COMPANY
    return Askable(key=field.path, label=field.label, kind="own", own=field, is_of_company=is_of_company)
