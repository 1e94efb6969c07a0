"""A page, a piece of content or a campaign named in a form: typed as it is called, with what there is suggested.

There may be a hundred thousand pages, so nothing lists them all.
"""

from typing import Any, Final

from django import forms
from django.db.models import Model, Q, QuerySet
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _

from lib.folding import Fold, fold

SUGGESTED: Final = 40


class NamedField(forms.ModelChoiceField[Any]):
    """One row by its key, or by a name that only one row has. `listed`: the fields by which people call it."""

    widget = forms.TextInput

    def __init__(self, queryset: QuerySet[Any], *, listed: tuple[str, ...] = ("name",), **kwargs: Any) -> None:
        super().__init__(queryset, required=False, **kwargs)
        self.listed = listed

    def prepare_value(self, value: Any) -> Any:
        """The key of the row whose number is stored; what somebody typed as it was typed."""
        if isinstance(value, int):
            return self.queryset.filter(pk=value).values_list("key", flat=True).first() if self.queryset else ""
        return super().prepare_value(value)

    def to_python(self, value: Any) -> Model | None:
        words = " ".join(str(value or "").replace("\0", "").split())
        if not words:
            return None
        for name in ("key", *self.listed):
            same = list(self.rows.alias(known_as=Fold(name)).filter(known_as=fold(words))[:2])
            if len(same) == 1:
                return same[0]  # type: ignore[no-any-return]
            if same:
                raise forms.ValidationError(
                    _("More than one is called “%(words)s”. Write its key: %(keys)s ...")
                    % {"words": words[:100], "keys": ", ".join(row.key for row in same)}
                )
        raise forms.ValidationError(
            _("There is nothing called “%(words)s”. Choose one that is suggested while you type, or leave it empty.")
            % {"words": words[:100]}
        )

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(str(self.prepare_value(initial) or "") != str(data or ""))

    @property
    def rows(self) -> QuerySet[Any]:
        """All that may be named."""
        if self.queryset is None:
            raise TypeError("A field without rows.")
        return self.queryset.order_by("key")

    def suggested(self, typed: str = "") -> list[tuple[str, str]]:
        """The first so many keys that hold what was typed, each with what it is called."""
        rows = self.rows
        if words := typed.replace("\0", "").strip():
            condition = Q(key__icontains=words)
            for name in self.listed:
                condition |= Q(**{f"{name}__icontains": words})
            rows = rows.filter(condition)
        return [(row.key, str(row)) for row in rows[:SUGGESTED]]

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> BoundField:
        """The widget learns where its suggestions stand."""
        bound = super().get_bound_field(form, field_name)
        self.widget.attrs |= {"list": f"{bound.auto_id}_suggested", "autocomplete": "off"}
        return bound
