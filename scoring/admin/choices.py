"""Choices read once for all the rules on a page; Django would read them again for every rule."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from django import forms
from django.db.models import Model

from accounts.admin import Autocomplete

AUTOCOMPLETE: Final = ("asset", "page", "campaign", "channel")


class KnownChoice(Autocomplete):
    """An autocomplete that knows the names of what is chosen already; for anything else it asks the database."""

    known: Mapping[str, str] = MappingProxyType({})

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        chosen = [each for each in value if each]
        if not all(each in self.known for each in chosen):
            return super().optgroups(name, value, attr)
        options = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        options += [self.create_option(name, each, self.known[each], True, 1) for each in chosen]
        return [(None, options, 0)]


class SharedChoices:
    """Mixin for an inline formset: its forms choose from the same lists, each of which is read at most once."""

    # Fields whose choices are all of a queryset.
    listed: Sequence[str] = ()

    def add_fields(self, form: forms.ModelForm[Any], index: int | None) -> None:
        super().add_fields(form, index)  # type: ignore[misc]
        for name in self.listed:
            field = form.fields.get(name)
            if isinstance(field, forms.ModelChoiceField):
                field.choices = self._choices(name, field)
        for name in AUTOCOMPLETE:
            field = form.fields.get(name)
            if field is not None and isinstance(field.widget, KnownChoice):
                field.widget.known = self._known(name)

    def _choices(self, name: str, field: Any) -> list[tuple[Any, str]]:
        cache: dict[str, list[tuple[Any, str]]] = self.__dict__.setdefault("_held_choices", {})
        # activity_type and after_activity_type are two fields with one list.
        key = f"{field.queryset.model.__name__} {field.empty_label or ''}"
        if key not in cache:
            cache[key] = list(field.choices)
        return cache[key]

    def _known(self, name: str) -> dict[str, str]:
        """Names by key of what the stored rows have chosen; they were read with the rows."""
        cache: dict[str, dict[str, str]] = self.__dict__.setdefault("_held_names", {})
        if name not in cache:
            rows: Iterable[Any] = self.get_queryset()  # type: ignore[attr-defined]
            chosen: Iterable[Model | None] = (getattr(row, name) for row in rows)
            cache[name] = {str(each.pk): str(each) for each in chosen if each is not None}
        return cache[name]
