"""What messages say of people and companies, as intake takes it."""

from collections.abc import Mapping
from typing import Any, Final

from capture.api.fields import LARGEST_BUDGET, MOST_EMPLOYEES
from capture.segment.messages import Message
from leads.custom_fields.catalogue import fields_in_use
from leads.custom_fields.parsing import parse_custom
from leads.inputs import LeadInput
from leads.models.custom_field import About
from leads.normalise import Refusal, country_code
from lib.text import storable

# Field of the lead -> the names of the traits it is read from, the first one that is said; a point goes inside.
_TEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    "first_name": ("firstName", "first_name", "firstname"),
    "last_name": ("lastName", "last_name", "lastname"),
    "phone": ("phone", "phoneNumber", "phone_number", "mobile"),
    "job_title": ("title", "jobTitle", "job_title", "position"),
    "company": ("company.name", "company", "companyName", "company_name", "organization"),
    "company_domain": ("company.domain", "company.website", "website", "companyDomain"),
    "industry": ("company.industry", "industry"),
    "country": ("address.country", "country", "countryCode"),
    "city": ("address.city", "city"),
}
_NUMBERS: Final[Mapping[str, tuple[tuple[str, ...], int]]] = {
    "employees": (("company.employee_count", "company.employees", "company.size", "employees"), MOST_EMPLOYEES),
    "budget": (("budget",), LARGEST_BUDGET),
}
_OF_COMPANY: Final[Mapping[str, tuple[str, ...]]] = {
    "company": ("name",),
    "company_domain": ("domain", "website"),
    "industry": ("industry",),
}
_EMPLOYEES: Final = ("employees", "employee_count", "employeeCount", "size")
# The longest each may be; what is longer is no such thing.
_LONGEST: Final = {"first_name": 100, "last_name": 100, "phone": 40, "job_title": 150, "company": 200, "industry": 100,
                   "city": 100}  # fmt: skip


def lead_of(message: Message, *, system: str) -> LeadInput:
    """Who the message is about and what it says of them; values that cannot be used are left out."""
    description = said_of_company(message.traits) if message.type == "group" else said_of_person(message.traits)
    return LeadInput(
        email=message.email, external_id=message.user_id, system=system if message.user_id else "", **description
    )


def said_of_person(traits: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a lead that the traits of a person say."""
    description: dict[str, Any] = {name: _text(name, traits, places) for name, places in _TEXTS.items()}
    description |= {name: _whole(_first(traits, places), most) for name, (places, most) in _NUMBERS.items()}
    whole = _text("name", traits, ("name", "fullName"))
    if whole and not (description["first_name"] or description["last_name"]):
        first, _space, last = whole.partition(" ")
        description |= {"first_name": first[:100], "last_name": last.strip()[:100]}
    return _usable(description | {"custom": _custom(traits, About.LEAD)})


def said_of_company(traits: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a lead that the traits of a group say."""
    description: dict[str, Any] = {name: _text(name, traits, places) for name, places in _OF_COMPANY.items()}
    description |= {"employees": _whole(_first(traits, _EMPLOYEES), MOST_EMPLOYEES)}
    custom = _custom(traits, About.COMPANY) if description["company"] or description["company_domain"] else {}
    return _usable(description | {"company_custom": custom})


def _custom(traits: Mapping[str, Any], about: About) -> dict[str, Any]:
    """The traits that are custom fields of ours, as far as their values can be used."""
    asked = {field.key: traits[field.key] for field in fields_in_use(about) if field.key in traits}
    refused: list[Refusal] = []
    read = parse_custom(asked, about=about, refuse=refused.append)
    return {name: value for name, value in asked.items() if name in read}


def _usable(description: Mapping[str, Any]) -> dict[str, Any]:
    usable = {name: value for name, value in description.items() if value not in ("", None, {})}
    if "country" in usable:
        try:
            country_code(usable["country"], "country")
        except Refusal:
            del usable["country"]
    return usable


def _first(traits: Mapping[str, Any], places: tuple[str, ...]) -> Any:
    for place in places:
        outer, _point, inner = place.partition(".")
        value = traits.get(outer)
        if inner:
            value = value.get(inner) if isinstance(value, dict) else None
        if value not in (None, "") and not isinstance(value, dict | list):
            return value
    return None


def _text(name: str, traits: Mapping[str, Any], places: tuple[str, ...]) -> str:
    value = _first(traits, places)
    text = storable(str(value)).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    return text if len(text) <= _LONGEST.get(name, 253) else ""


def _whole(value: Any, most: int) -> int | None:
    """A whole number in a number or in a text of digits."""
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdecimal() and len(value) < 20:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        return None
    return value
