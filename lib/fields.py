"""Columns whose values a register knows."""

from collections.abc import Sequence
from typing import Any

from django.db import models


class RegisteredField(models.CharField[str, str]):
    """A key of a register, offered by its `choices`. Migrations do not list them, so that a new entry needs none."""

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, object]]:
        name, _path, arguments, options = super().deconstruct()
        options.pop("choices", None)
        return name or "", "django.db.models.CharField", arguments, options
