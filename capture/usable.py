"""Takes many inputs at once, though the database may refuse one of them."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import DataError, IntegrityError
from django.utils.translation import gettext as _

from leads.normalise import Refusal

Input = TypeVar("Input")
Result = TypeVar("Result")


def take_usable(
    inputs: Sequence[Input], take: Callable[[Sequence[Input]], list[Result | Refusal]], *, field: str = ""
) -> list[Result | Refusal]:
    """Takes all inputs; when the database refuses one, halves until it is found, so that the others are stored.

    Returns what became of each, in order. `take` is a transaction, or a savepoint of the caller's; `field` is what the
    refusal of such an input names.
    """
    if not inputs:
        return []
    try:
        return take(inputs)
    except (DataError, IntegrityError, UnicodeEncodeError):
        if len(inputs) == 1:
            message = _("The database cannot keep a value of this. Check for very large numbers and odd characters.")
            return [Refusal("cannot_be_stored", field, message)]
        middle = len(inputs) // 2
        return [
            *take_usable(inputs[:middle], take, field=field),
            *take_usable(inputs[middle:], take, field=field),
        ]
