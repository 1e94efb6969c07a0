"""A column that names a kind of news."""

from typing import Any

from django.db import models

from outbox import kinds


class KindField(models.CharField[str, str]):
    """Its choices are the registered kinds; to a migration it is a column of text, so none knows a kind."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"max_length": 30, "choices": kinds.choices, **options})

    def deconstruct(self) -> Any:
        name, _path, args, options = super().deconstruct()
        del options["choices"]
        return name, "django.db.models.CharField", args, options
