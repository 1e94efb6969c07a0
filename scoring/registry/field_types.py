"""What a fit field can hold. Each type says how it is cleaned, compared and told."""

import re
from datetime import date
from decimal import Decimal
from typing import ClassVar, Final

from django.db.models import BigIntegerField, Q, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce
from django.db.models.lookups import Exact
from django.utils.translation import gettext as _

from lib.folding import Fold, fold
from lib.numbers import number
from scoring.engine.expressions import is_present

LONGEST_VALUE: Final = 200
LARGEST_NUMBER: Final = 10**15
YES: Final = ("yes", "true", "1")
NO: Final = ("no", "false", "0")

# The years of a day: as many digits each, so that days are in order as texts.
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199

FieldValue = str | int | float | bool


class UnfitValue(ValueError):
    """A value of a condition cannot be used; the message tells a person why."""


class FieldType:
    """One type. There is one object of each, below."""

    key: ClassVar[str]

    def clean(self, value: object) -> FieldValue:
        """The value as it is stored; raises UnfitValue."""
        raise NotImplementedError

    def typed(self, text: str) -> FieldValue:
        """What somebody typed into a form, as this type; a text that is none comes back for `clean` to refuse."""
        return text

    def known(self, answer: Combinable) -> Q:
        """Whether there is an answer at all."""
        return Q(is_present(answer))

    def comparable(self, answer: Combinable) -> Combinable:
        """The answer as it is compared in SQL."""
        return answer

    def literal(self, value: FieldValue) -> FieldValue | Combinable:
        """A stored value as it is compared in SQL."""
        return value

    def in_sentence(self, label: str) -> str:
        """How a field of this type is called in the middle of a sentence."""
        return _("“%(label)s”") % {"label": label}

    def told(self, label: str, value: FieldValue) -> str:
        """What is known: "Job title is “VP Sales”"."""
        raise NotImplementedError


class Text(FieldType):
    """Compared as names are (lib/folding.py); an empty text is not known."""

    key = "text"

    def clean(self, value: object) -> str:
        if not isinstance(value, str) or not value.strip() or "\0" in value:
            raise UnfitValue(_("Each value has to be a text that is not empty."))
        if len(value.strip()) > LONGEST_VALUE:
            raise UnfitValue(_("A value may have %(limit)s characters.") % {"limit": LONGEST_VALUE})
        return value.strip()

    def known(self, answer: Combinable) -> Q:
        return ~Q(Exact(Coalesce(answer, Value(""), output_field=TextField()), Value("")))

    def comparable(self, answer: Combinable) -> Combinable:
        return Fold(answer)

    def literal(self, value: FieldValue) -> str:
        return fold(str(value))

    def in_sentence(self, label: str) -> str:
        """the job title, but the API key and the e-mail."""
        return _("the %(label)s") % {"label": label if label[:2].isupper() else label[:1].lower() + label[1:]}

    def told(self, label: str, value: FieldValue) -> str:
        return _("%(field)s is “%(value)s”") % {"field": label, "value": value}


class Number(FieldType):
    """A whole number."""

    key = "number"

    def clean(self, value: object) -> int:
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,16}", value.strip()):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or abs(value) > LARGEST_NUMBER:
            raise UnfitValue(_("Each value has to be a whole number."))
        return value

    def typed(self, text: str) -> int | str:
        return int(text) if text.removeprefix("-").isdecimal() and len(text) <= 20 else text

    def comparable(self, answer: Combinable) -> Combinable:
        return Cast(answer, BigIntegerField())

    def told(self, label: str, value: FieldValue) -> str:
        return _("%(field)s is %(value)s") % {"field": label, "value": number(int(value))}


class Amount(Number):
    """A number that may have decimals; it is compared with whole ones."""

    key = "amount"

    def comparable(self, answer: Combinable) -> Combinable:
        return answer

    def told(self, label: str, value: FieldValue) -> str:
        exact = Decimal(str(value)).normalize()
        words = number(exact, max(0, -int(exact.as_tuple().exponent)))
        return _("%(field)s is %(value)s") % {"field": label, "value": words}


class Date(FieldType):
    """A day, written like 2026-03-10: as texts such days are in their order."""

    key = "date"

    def clean(self, value: object) -> str:
        try:
            day = date.fromisoformat(value.strip()) if isinstance(value, str) else None
        except ValueError:
            day = None
        if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise UnfitValue(_("Each value has to be a day, written like 2026-03-10."))
        return day.isoformat()

    def told(self, label: str, value: FieldValue) -> str:
        return _("%(field)s is %(value)s") % {"field": label, "value": value}


class Choice(Text):
    """One of some answers, known by its key."""

    key = "choice"

    def comparable(self, answer: Combinable) -> Combinable:
        return answer

    def literal(self, value: FieldValue) -> str:
        return str(value)


class Choices(Choice):
    """Some of some answers: a JSON list of their keys."""

    key = "choices"

    def known(self, answer: Combinable) -> Q:
        return Q(is_present(answer))


class YesNo(FieldType):
    """Yes or no."""

    key = "yes_no"

    def clean(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise UnfitValue(_("Each value has to be yes or no."))
        return value

    def typed(self, text: str) -> bool | str:
        word = text.casefold()
        if word in (*YES, _("yes")):
            return True
        return False if word in (*NO, _("no")) else text

    def told(self, label: str, value: FieldValue) -> str:
        return (_("%(field)s: yes") if value else _("%(field)s: no")) % {"field": label}


TEXT: Final = Text()
NUMBER: Final = Number()
AMOUNT: Final = Amount()
DATE: Final = Date()
CHOICE: Final = Choice()
CHOICES: Final = Choices()
YES_NO: Final = YesNo()


def ordinal(value: FieldValue) -> int:
    """Where a number or a day stands in its order."""
    return date.fromisoformat(value).toordinal() if isinstance(value, str) else int(value)
