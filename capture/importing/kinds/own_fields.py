"""Fields that the organisation has defined itself, as columns of a file."""

from typing import Any

from capture.importing.cell_types import TEXT
from capture.importing.kinds.declaration import Field, Values
from leads.custom_fields.catalogue import fields_in_use


def own_fields(about: str, *, prefix: str) -> list[Field]:
    """The fields in use of leads or companies; the prefix stands before their keys. Their kinds read the cells."""
    return [
        Field(f"{prefix}.{field.key}", field.label, field.help_text, TEXT, f"{_word(field.key)} {_word(field.label)}")
        for field in fields_in_use(about)
    ]


def _word(text: str) -> str:
    return "".join(text.split())


def own_values(values: Values, *, prefix: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The values without those of own fields, and those by their keys."""
    start = f"{prefix}."
    own = [key for key in values if key.startswith(start)]
    if not own:  # nearly always
        return dict(values), {}
    others = {key: value for key, value in values.items() if not key.startswith(start)}
    return others, {key.removeprefix(start): values[key] for key in own}
