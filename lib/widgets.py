"""Fields of forms as people see them."""

from collections.abc import Mapping
from typing import Any

from django import forms


class TextArea(forms.Textarea):
    """Django's, but a line break is one character, as the browser counts it: forms send it as two."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        value = super().value_from_datadict(data, files, name)
        return value.replace("\r\n", "\n") if isinstance(value, str) else value
