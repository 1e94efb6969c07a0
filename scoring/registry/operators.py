"""What a fit rule or a condition of a persona may ask of a field. One class is all there is to say about an operator.

A new one is declared here, above OPERATORS, and is then offered in the admin, checked, compiled, put into words and
compared with others everywhere. Its key is stored with rules, so it never changes.
"""

from collections.abc import Sequence
from typing import ClassVar, Final

from django.db.models import Func, Lookup, Q
from django.db.models.expressions import Combinable
from django.db.models.fields.json import HasAnyKeys
from django.db.models.lookups import GreaterThanOrEqual, In, LessThanOrEqual
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from lib.folding import fold
from scoring.engine.expressions import holds_any
from scoring.registry.field_types import (
    AMOUNT,
    CHOICE,
    CHOICES,
    DATE,
    LARGEST_NUMBER,
    NUMBER,
    TEXT,
    YES_NO,
    FieldType,
    FieldValue,
    UnfitValue,
    ordinal,
)

MOST_VALUES: Final = 1000
# A number no field can hold, on either side.
NO_LIMIT: Final = LARGEST_NUMBER + 1

Values = Sequence[FieldValue]
Condition = Q | Func | Lookup[bool]


class Operator:
    """One way to compare a field with values. What is not known matches nothing, unless the operator asks for that."""

    key: ClassVar[str]
    # What the choice is called in a form.
    label: ClassVar[str | Promise]
    # The condition in words, with %(field)s and, as needed, %(values)s or %(low)s and %(high)s.
    sentence: ClassVar[str | Promise]
    # The types of fields it suits, and how many values it takes.
    types: ClassVar[tuple[FieldType, ...]]
    fewest: ClassVar[int] = 1
    most: ClassVar[int] = MOST_VALUES
    # Whether the order of the values and their spelling mean nothing.
    is_list: ClassVar[bool] = False
    # Of a list: how values that came to it or went from it are told, with %(values)s.
    came: ClassVar[str | Promise] = gettext_lazy("It also looks for %(values)s.")
    gone: ClassVar[str | Promise] = gettext_lazy("It no longer looks for %(values)s.")
    # Whether it asks if the field is known, and whether it matches where it is not.
    asks_whether_known: ClassVar[bool] = False
    matches_unknown: ClassVar[bool] = False

    def takes(self, count: int) -> bool:
        return self.fewest <= count <= self.most

    def check_number(self, values: Sequence[object]) -> None:
        """Raises UnfitValue when there are too few or too many."""
        if not self.takes(len(values)):
            raise UnfitValue(self._wrong_number())

    def check(self, values: Values) -> None:
        """Raises UnfitValue when values that suit the field do not suit the operator."""

    def matches(self, kind: FieldType, answer: Combinable, comparable: Combinable, values: Values) -> Q:
        """Whether a lead matches, for a queryset of leads.

        `answer` is the field, `comparable` the field as its type is compared; `values` are clean.
        """
        return kind.known(answer) & Q(self.compare(kind, comparable, values))

    def compare(self, kind: FieldType, comparable: Combinable, values: Values) -> Condition:
        """The condition on an answer that is known."""
        raise NotImplementedError

    # What lint knows of it. Where something cannot be said, both rules may match.

    def only(self, values: Values) -> Values | None:
        """The values of which a matching field has one; None when it may have others."""
        return None

    def admits(self, value: FieldValue, values: Values) -> bool:
        """Whether a field with exactly this value can match."""
        return True

    def span(self, values: Values) -> tuple[int, int]:
        """From where to where a number may be, both included; without end for what is no range."""
        return -NO_LIMIT, NO_LIMIT

    def _wrong_number(self) -> str:
        if self.most == 0:
            return _("This condition takes no values.")
        if self.fewest == self.most:
            return ngettext(
                "This condition takes %(number)s value.", "This condition takes %(number)s values.", self.most
            ) % {"number": self.most}
        return _("This condition takes between %(least)s and %(most)s values.") % {
            "least": self.fewest,
            "most": self.most,
        }


def alike(values: Values) -> frozenset[str]:
    """The values of a list, so that those that mean the same are equal."""
    return frozenset(fold(str(value)) for value in values)


class Is(Operator):
    key = "is"
    label = gettext_lazy("is one of")
    sentence = gettext_lazy("%(field)s is %(values)s")
    types = (TEXT, NUMBER, AMOUNT, DATE, CHOICE, YES_NO)
    is_list = True

    def compare(self, kind: FieldType, comparable: Combinable, values: Values) -> Q:
        return Q(In(comparable, [kind.literal(value) for value in values]))

    def only(self, values: Values) -> Values:
        return values

    def admits(self, value: FieldValue, values: Values) -> bool:
        return fold(str(value)) in alike(values)


class IsNot(Operator):
    key = "is_not"
    label = gettext_lazy("is none of")
    sentence = gettext_lazy("%(field)s is not %(values)s")
    types = (TEXT, NUMBER, AMOUNT, CHOICE)
    is_list = True
    came = gettext_lazy("It also leaves out %(values)s.")
    gone = gettext_lazy("It no longer leaves out %(values)s.")

    def compare(self, kind: FieldType, comparable: Combinable, values: Values) -> Q:
        return ~Q(In(comparable, [kind.literal(value) for value in values]))

    def admits(self, value: FieldValue, values: Values) -> bool:
        return fold(str(value)) not in alike(values)


class Contains(Operator):
    """Whole words: letters and digits between anything else; several words in this order, next to each other."""

    key = "contains"
    label = gettext_lazy("contains a word of")
    sentence = gettext_lazy("%(field)s contains %(values)s")
    types = (TEXT,)
    is_list = True

    def check(self, values: Values) -> None:
        if not all(any(map(str.isalnum, str(value))) for value in values):
            raise UnfitValue(_("Each value needs at least one letter or digit."))

    def compare(self, kind: FieldType, comparable: Combinable, values: Values) -> Condition:
        return holds_any(comparable, [str(value) for value in values])


class Includes(Operator):
    """Of a field that holds several answers: whether one of these is among them."""

    key = "includes"
    label = gettext_lazy("includes one of")
    sentence = gettext_lazy("%(field)s includes %(values)s")
    types = (CHOICES,)
    is_list = True

    def compare(self, kind: FieldType, comparable: Combinable, values: Values) -> Condition:
        return Q(HasAnyKeys(comparable, [str(value) for value in values]))


class Excludes(Operator):
    """Of a field that holds several answers: whether none of these is among them."""

    key = "excludes"
    label = gettext_lazy("includes none of")
    sentence = gettext_lazy("%(field)s does not include %(values)s")
    types = (CHOICES,)
    is_list = True
    came = gettext_lazy("It also leaves out %(values)s.")
    gone = gettext_lazy("It no longer leaves out %(values)s.")

    def compare(self, kind: FieldType, comparable: Combinable, values: Values) -> Condition:
        return ~Q(HasAnyKeys(comparable, [str(value) for value in values]))


class Range(Operator):
    """Numbers, or days, from one to another."""

    types = (NUMBER, AMOUNT, DATE)

    def admits(self, value: FieldValue, values: Values) -> bool:
        low, high = self.span(values)
        return low <= ordinal(value) <= high


class Between(Range):
    key = "between"
    label = gettext_lazy("is between (two numbers or days, both included)")
    sentence = gettext_lazy("%(field)s is between %(low)s and %(high)s")
    fewest = most = 2

    def check(self, values: Values) -> None:
        low, high = self.span(values)
        if low > high:
            raise UnfitValue(_("The smaller or earlier one comes first."))

    def compare(self, kind: FieldType, comparable: Combinable, values: Values) -> Q:
        return Q(GreaterThanOrEqual(comparable, values[0])) & Q(LessThanOrEqual(comparable, values[1]))

    def span(self, values: Values) -> tuple[int, int]:
        return ordinal(values[0]), ordinal(values[1])


class AtLeast(Range):
    key = "at_least"
    label = gettext_lazy("is at least")
    sentence = gettext_lazy("%(field)s is at least %(values)s")
    most = 1

    def compare(self, kind: FieldType, comparable: Combinable, values: Values) -> Condition:
        return GreaterThanOrEqual(comparable, values[0])

    def span(self, values: Values) -> tuple[int, int]:
        return ordinal(values[0]), NO_LIMIT


class AtMost(Range):
    key = "at_most"
    label = gettext_lazy("is at most")
    sentence = gettext_lazy("%(field)s is at most %(values)s")
    most = 1

    def compare(self, kind: FieldType, comparable: Combinable, values: Values) -> Condition:
        return LessThanOrEqual(comparable, values[0])

    def span(self, values: Values) -> tuple[int, int]:
        return -NO_LIMIT, ordinal(values[0])


class IsKnown(Operator):
    key = "is_known"
    label = gettext_lazy("is known")
    sentence = gettext_lazy("%(field)s is known")
    types = (TEXT, NUMBER, AMOUNT, DATE, CHOICE, CHOICES, YES_NO)
    fewest = most = 0
    asks_whether_known = True

    def matches(self, kind: FieldType, answer: Combinable, comparable: Combinable, values: Values) -> Q:
        return kind.known(answer)


class IsUnknown(Operator):
    key = "is_unknown"
    label = gettext_lazy("is not known")
    sentence = gettext_lazy("%(field)s is not known")
    types = (TEXT, NUMBER, AMOUNT, DATE, CHOICE, CHOICES, YES_NO)
    fewest = most = 0
    asks_whether_known = True
    matches_unknown = True

    def matches(self, kind: FieldType, answer: Combinable, comparable: Combinable, values: Values) -> Q:
        return ~kind.known(answer)


# In the order in which a form offers them.
OPERATORS: Final[dict[str, Operator]] = {
    operator.key: operator
    for operator in (
        Is(),
        IsNot(),
        Contains(),
        Includes(),
        Excludes(),
        Between(),
        AtLeast(),
        AtMost(),
        IsKnown(),
        IsUnknown(),
    )
}


def choices() -> list[tuple[str, str | Promise]]:
    """For the columns that hold a key. Asked when needed, so a new operator needs no migration."""
    return [(operator.key, operator.label) for operator in OPERATORS.values()]
