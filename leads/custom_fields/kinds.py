"""What a custom field can hold. One object is all there is to say about a kind: how a value is read, stored and told.

A value is stored as JSON: a text, a number, a day as 2026-03-10, true or false, the key of a choice, or a list of such
keys in the order of the choices. Its key is stored with fields, so it never changes.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, Final

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.normalise import Refusal, not_longer
from lib.folding import fold
from lib.number_reading import NotANumber, TwoReadings, read_number
from lib.numbers import number
from lib.text import is_storable, storable
from lib.zones import organisation_day

LONGEST_TEXT: Final = 500
# JSON numbers of so many digits are the same in Python, in PostgreSQL and in a browser.
MOST_DIGITS: Final = 15
MOST_CHOICES: Final = 100
LONGEST_TAG: Final = 50
MOST_TAGS: Final = 50
_FIRST_DAY: Final = date(1900, 1, 1)
_LAST_DAY: Final = date(2199, 12, 31)
_YES: Final = frozenset({"1", "yes", "y", "true", "t", "x", "si", "sí", "sim", "oui", "ja"})
_NO: Final = frozenset({"0", "no", "n", "false", "f", "nao", "não", "non", "nein", "nee"})
# What other systems write between several answers; a comma only where nothing else does.
_BETWEEN: Final = re.compile(r"[;|\n]")
BETWEEN_TAGS: Final = re.compile(r"[;|,\n]")

Value = str | int | float | bool | list[str]


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a field that offers some. A retired one is no longer offered, and understood for ever."""

    key: str
    label: str
    is_retired: bool = False

    def stored(self) -> dict[str, object]:
        return asdict(self)


class Kind:
    """One kind. There is one object of each, in KINDS."""

    key: ClassVar[str]
    label: ClassVar[str | Promise]
    # What a person who chooses it has to know.
    help_text: ClassVar[str | Promise]
    has_choices: ClassVar[bool] = False

    def read(self, value: object, *, field: str, choices: Sequence[Choice]) -> Value | None:
        """The value as it is stored, None where nothing is said; raises Refusal that names `field`."""
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        return self._read(value.strip() if isinstance(value, str) else value, field=field, choices=choices)

    def _read(self, value: object, *, field: str, choices: Sequence[Choice]) -> Value | None:
        raise NotImplementedError

    def words(self, value: object, *, choices: Mapping[str, Choice]) -> str:
        """A stored value as pages say it."""
        return str(value)


class Text(Kind):
    key = "text"
    label = gettext_lazy("Text")
    help_text = gettext_lazy("Any words, at most 500 characters.")

    def _read(self, value: object, *, field: str, choices: Sequence[Choice]) -> str:
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)  # a postal code that a program took for a number
        if not isinstance(value, str):
            raise Refusal("not_text", field, _("%(field)s has to be text.") % {"field": field})
        return not_longer(storable(value), field, LONGEST_TEXT)


class Number(Kind):
    key = "number"
    label = gettext_lazy("Number")
    help_text = gettext_lazy("Such as a counter that another system keeps. With or without decimals.")

    def _read(self, value: object, *, field: str, choices: Sequence[Choice]) -> int | float:
        exact = self._exact(value, field)
        if not exact.is_finite() or len(exact.normalize().as_tuple().digits) > MOST_DIGITS or abs(exact) >= 10**15:
            raise Refusal(
                "invalid_number",
                field,
                _("%(field)s has to be a number of at most %(most)s digits.") % {"field": field, "most": MOST_DIGITS},
            )
        return int(exact) if exact == exact.to_integral_value() else float(exact)

    def _exact(self, value: object, field: str) -> Decimal:
        try:
            if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
                return Decimal(str(value))
            if isinstance(value, str):
                return read_number(value)
        except TwoReadings as readings:
            raise Refusal(
                "two_readings",
                field,
                _("“%(text)s” in %(field)s can be read as %(one)s or as %(other)s.")
                % {
                    "text": storable(str(value)[:40]),
                    "field": field,
                    "one": f"{readings.thousands:f}",
                    "other": f"{readings.decimals.normalize():f}",
                },
            ) from readings
        except NotANumber:
            pass
        raise Refusal("invalid_number", field, _("%(field)s has to be a number.") % {"field": field})

    def words(self, value: object, *, choices: Mapping[str, Choice]) -> str:
        exact = Decimal(str(value)).normalize()
        return number(exact, max(0, -int(exact.as_tuple().exponent)))


class Date(Kind):
    key = "date"
    label = gettext_lazy("Date")
    help_text = gettext_lazy("A day, such as the end of a contract.")

    def _read(self, value: object, *, field: str, choices: Sequence[Choice]) -> str:
        day = self._day(value)
        if day is None or not _FIRST_DAY <= day <= _LAST_DAY:
            raise Refusal(
                "invalid_date", field, _("%(field)s has to be a day, written like 2026-03-10.") % {"field": field}
            )
        return day.isoformat()

    def _day(self, value: object) -> date | None:
        try:
            if isinstance(value, str):
                value = datetime.fromisoformat(value) if len(value) > len("2026-03-10") else date.fromisoformat(value)
            if isinstance(value, datetime):
                return organisation_day(value) if value.tzinfo else value.date()
        except (ValueError, OverflowError):
            return None
        return value if isinstance(value, date) else None

    def words(self, value: object, *, choices: Mapping[str, Choice]) -> str:
        return date_format(date.fromisoformat(str(value)), "j F Y")


class YesNo(Kind):
    key = "yes_no"
    label = gettext_lazy("Yes or no")
    help_text = gettext_lazy("Three answers: yes, no, and not known.")

    def _read(self, value: object, *, field: str, choices: Sequence[Choice]) -> bool:
        if isinstance(value, bool):
            return value
        word = str(value).casefold() if isinstance(value, str | int) else ""
        if word in _YES or word in _NO:
            return word in _YES
        raise Refusal("invalid_boolean", field, _("%(field)s has to be yes or no.") % {"field": field})

    def words(self, value: object, *, choices: Mapping[str, Choice]) -> str:
        return _("yes") if value else _("no")


class OneOf(Kind):
    key = "one_of"
    label = gettext_lazy("One of several")
    help_text = gettext_lazy("One answer out of a list.")
    has_choices = True

    def _read(self, value: object, *, field: str, choices: Sequence[Choice]) -> str:
        return chosen(value, field=field, choices=choices).key

    def words(self, value: object, *, choices: Mapping[str, Choice]) -> str:
        choice = choices.get(str(value))
        return choice.label if choice else str(value)


class SomeOf(Kind):
    key = "some_of"
    label = gettext_lazy("Some of several")
    help_text = gettext_lazy("Any number of answers out of a list.")
    has_choices = True

    def _read(self, value: object, *, field: str, choices: Sequence[Choice]) -> list[str] | None:
        answers = _answers(value, choices) if isinstance(value, str) else value
        if not isinstance(answers, list | tuple | set | frozenset):
            raise Refusal("not_a_list", field, _("%(field)s has to be a list of answers.") % {"field": field})
        keys = {chosen(answer, field=field, choices=choices).key for answer in answers}
        return [choice.key for choice in choices if choice.key in keys] or None

    def words(self, value: object, *, choices: Mapping[str, Choice]) -> str:
        keys = value if isinstance(value, list) else [value]
        return ", ".join(ONE_OF.words(key, choices=choices) for key in keys)


class Tags(Kind):
    key = "tags"
    label = gettext_lazy("Tags")
    help_text = gettext_lazy("Any number of free words, such as trade fair 2026. Capitals make no difference.")

    def _read(self, value: object, *, field: str, choices: Sequence[Choice]) -> list[str] | None:
        words = BETWEEN_TAGS.split(value) if isinstance(value, str) else value
        if not isinstance(words, list | tuple | set | frozenset) or not all(isinstance(word, str) for word in words):
            raise Refusal("not_a_list", field, _("%(field)s has to be a list of words.") % {"field": field})
        tags = sorted({fold(storable(word)) for word in words} - {""})
        for tag in tags:
            not_longer(tag, field, LONGEST_TAG)
            if BETWEEN_TAGS.search(tag):  # a file would bring it back as two
                raise Refusal("not_a_tag", field, _("A tag has no comma, semicolon or line break."))
        if len(tags) > MOST_TAGS:
            raise Refusal("too_many", field, _("At most %(most)s tags are kept of one lead.") % {"most": MOST_TAGS})
        return tags or None

    def words(self, value: object, *, choices: Mapping[str, Choice]) -> str:
        return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def chosen(answer: object, *, field: str, choices: Sequence[Choice]) -> Choice:
    """The choice that is meant, by its key or its label in whatever case; raises Refusal that names `field`."""
    if isinstance(answer, str) and is_storable(answer):
        word = fold(answer)
        for choice in choices:
            if word in (choice.key, fold(choice.label)):
                return choice
    offered = ", ".join(choice.label for choice in choices if not choice.is_retired)
    raise Refusal(
        "unknown_choice",
        field,
        _("“%(answer)s” is no answer of %(field)s. Known: %(known)s.")
        % {"answer": storable(str(answer)[:40]), "field": field, "known": offered},
    )


def _answers(text: str, choices: Sequence[Choice]) -> list[str]:
    if fold(text) in {word for choice in choices for word in (choice.key, fold(choice.label))}:
        return [text]
    parts = _BETWEEN.split(text) if _BETWEEN.search(text) else text.split(",")
    return [part.strip() for part in parts if part.strip()]


TEXT: Final = Text()
NUMBER: Final = Number()
DATE: Final = Date()
YES_NO: Final = YesNo()
ONE_OF: Final = OneOf()
SOME_OF: Final = SomeOf()
TAGS: Final = Tags()
KINDS: Final[dict[str, Kind]] = {kind.key: kind for kind in (TEXT, NUMBER, DATE, YES_NO, ONE_OF, SOME_OF, TAGS)}


def kind_choices() -> list[tuple[str, str | Promise]]:
    """For a form: every kind."""
    return [(kind.key, kind.label) for kind in KINDS.values()]
