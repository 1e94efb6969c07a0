"""A column that names a kind of news."""

from typing import Any

from lib.fields import RegisteredField
from outbox import kinds


class KindField(RegisteredField):
    """Its choices are the registered kinds."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"max_length": 30, "choices": kinds.choices, **options})
