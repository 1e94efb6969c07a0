"""What a fit rule may ask about: one thing known about a lead or its company."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q
from django.db.models.expressions import Combinable
from django.utils.functional import Promise

from leads.models import Lead
from scoring.registry.field_types import TEXT, FieldType, FieldValue
from scoring.registry.operators import OPERATORS, Operator


@dataclass(frozen=True, kw_only=True, slots=True)
class FitField:
    """One thing known about a lead or its company. `path` is an ORM path from Lead."""

    key: str
    label: str | Promise
    path: str
    type: FieldType = TEXT
    # The path of the column that holds it as it is compared, where there is one.
    key_path: str = ""
    # The answer when it is not the column itself, in SQL and of a loaded lead.
    computed: Combinable | None = None
    read: Callable[[Lead], FieldValue | None] | None = None
    # What is stored for a value of a list, where people write one thing in several ways.
    spelled: Callable[[FieldValue], FieldValue] | None = None
    # How a value of a rule is said, where it is not stored as people say it.
    words: Callable[[FieldValue], FieldValue] | None = None
    # Its place in the list of what an agreement may demand before sales calls (Criteria.required_fields); 0: not in it.
    place_before_a_call: int = 0

    @property
    def operators(self) -> list[Operator]:
        """Those that suit it, in the order of a form."""
        return [operator for operator in OPERATORS.values() if self.type in operator.types]

    def expression(self) -> Combinable:
        """The field of a Lead queryset's row; NULL or an empty text when it is not known."""
        return F(self.path) if self.computed is None else self.computed

    def comparable(self) -> Combinable:
        """The field as its type is compared."""
        return F(self.key_path) if self.key_path else self.type.comparable(self.expression())

    def known(self) -> Q:
        """Whether it is known, for a queryset of leads."""
        return self.type.known(self.expression())

    def value(self, lead: Lead) -> FieldValue | None:
        """What is known about this lead, or None; company and first channel are read when needed."""
        answer: Any = lead
        if self.read is not None:
            answer = self.read(lead)
        else:
            for name in self.path.split("__"):
                answer = getattr(answer, name, None)
        return None if answer == "" else answer
