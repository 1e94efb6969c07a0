"""Whom the company wants: its personas, the ideal customer first."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from config.demo.made import Made
from scoring.models import Persona


class Wish(NamedTuple):
    """A persona to be; each condition is a field, an operator and values."""

    name: str
    description: str
    conditions: tuple[tuple[str, str, Sequence[str | int]], ...]
    is_icp: bool = False


WISHES: Final = (
    Wish(
        "Decider in a growing company",
        "Signs the contract, and wants marketing and sales to stop arguing about leads.",
        (
            ("job_title", "contains", ["chief", "founder", "owner", "vp", "coo", "head"]),
            ("company_employees", "between", [50, 500]),
        ),
        is_icp=True,
    ),
    Wish(
        "Marketing manager",
        "Brings the leads, and is asked every month how many were any good.",
        (
            ("job_title", "contains", ["marketing", "growth", "demand generation", "content"]),
            ("company_employees", "at_least", [20]),
            ("company_industry", "is_known", []),
        ),
    ),
    Wish(
        "Sales operations",
        "Keeps the CRM, and the peace between those who fill it and those who read it.",
        (
            ("job_title", "contains", ["sales", "revenue", "crm"]),
            ("company_employees", "between", [50, 1000]),
            ("company_domain", "is_known", []),
        ),
    ),
)


def want(*, made: Made) -> None:
    """Makes them; one that somebody has made under this name stays as it is."""
    for place, wish in enumerate(WISHES, start=1):
        persona, is_new = Persona.objects.get_or_create(
            name=wish.name,
            defaults={"description": wish.description, "is_icp": wish.is_icp, "position": 10 * place},
        )
        made.add([persona] if is_new else [])
        for position, (field, operator, values) in enumerate(wish.conditions if is_new else ()):
            persona.conditions.create(field=field, operator=operator, values=values, position=position)
