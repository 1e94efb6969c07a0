"""The filters in force as a sentence, of which each part can be taken away."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from leads.custom_fields.catalogue import by_path
from leads.custom_fields.conditions import COMPARISONS
from leads.filters import LeadFilter
from leads.listing.phrases import PHRASES

# A custom field, how it is compared and with what are one part.
OF_CUSTOM: Final = ("custom", "compare", "value")


@dataclass(frozen=True, slots=True)
class Part:
    """Such as "from Germany", and the address of the list without it."""

    text: str
    remove_url: str


def parts(chosen: LeadFilter, query: QueryDict) -> list[Part]:
    """The parts of the sentence, in the order of the form; what could not be read is none."""
    return [Part(text, _without(names, query)) for names, text in _phrases(chosen, query)]


def words(chosen: LeadFilter, query: QueryDict) -> str:
    """The filters as the end of a sentence; empty where there is none."""
    return ", ".join(text for _names, text in _phrases(chosen, query))


def _phrases(chosen: LeadFilter, query: QueryDict) -> Iterator[tuple[tuple[str, ...], str]]:
    errors, answers = chosen.form.errors, chosen.form.cleaned_data
    for name, field in chosen.form.fields.items():
        value = answers.get(name)
        if not value or name in errors or (name in OF_CUSTOM and name != "custom"):
            continue
        if name == "custom":
            if "value" not in errors:
                yield OF_CUSTOM, _of_custom(value, answers)
            continue
        asked = query.get(name, "").strip()
        label = str(value) if hasattr(value, "pk") else str(dict(getattr(field, "choices", ())).get(asked, value))
        yield (name,), PHRASES[name](value, label)


def _of_custom(path: str, answers: dict[str, str]) -> str:
    custom, compared = by_path(path), COMPARISONS[answers["compare"] or "has_value"]
    words = {"field": custom.label if custom else path, "how": compared.label, "value": answers["value"]}
    if compared.needs_value:
        return _("whose %(field)s %(how)s “%(value)s”") % words
    return _("whose %(field)s %(how)s") % words


def _without(names: tuple[str, ...], query: QueryDict) -> str:
    rest = query.copy()
    for gone in (*names, "page"):
        rest.pop(gone, None)
    return f"?{rest.urlencode()}"
