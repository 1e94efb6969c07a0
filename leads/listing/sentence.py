"""The filters in force as a sentence, of which each part can be taken away."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.http import QueryDict
from django.utils.translation import gettext as _

from leads.custom_fields.catalogue import by_path
from leads.custom_fields.conditions import COMPARISONS
from leads.filter_groups import OF_CUSTOM, SHOWN, FilterGroups, parameter_of
from leads.filters import LeadFilter
from leads.listing.phrases import PHRASES

# A custom field, how it is compared and with what are one part.
PART_OF_CUSTOM: Final = ("custom", *OF_CUSTOM)


@dataclass(frozen=True, slots=True)
class Part:
    """Such as "from Germany", and the address of the list without it."""

    text: str
    remove_url: str
    # Whether "or" stands before it.
    is_instead: bool = False


@dataclass(frozen=True, slots=True)
class GroupWords:
    """What a group asks for, and the address of the list whose form shows it."""

    text: str
    url: str
    is_shown: bool


def parts(chosen: FilterGroups, query: QueryDict) -> list[Part]:
    """The parts of the sentence, in the order of the form; what could not be read is none."""
    all_parts: list[Part] = []
    for number, one in chosen.asking.items():
        for place, (names, text) in enumerate(_phrases(one, query)):
            gone = [parameter_of(number, name) for name in names]
            all_parts.append(Part(text, _without(gone, query), is_instead=bool(all_parts) and not place))
    return all_parts


def words(chosen: FilterGroups, query: QueryDict) -> str:
    """The filters as the end of a sentence; empty where there is none."""
    return _("; or ").join(filter(None, (_words(one, query) for one in chosen.asking.values())))


def groups(chosen: FilterGroups, query: QueryDict) -> list[GroupWords]:
    """Each group that the form can show, where there are several."""
    texts = {number: _words(one, query) for number, one in chosen.asking.items()}
    if chosen.shown not in texts:
        texts[chosen.shown] = _("not said yet")
    if len(texts) == 1:
        return []
    return [
        GroupWords(text, _with(query, SHOWN, number), is_shown=number == chosen.shown)
        for number, text in sorted(texts.items())
    ]


def _phrases(chosen: LeadFilter, query: QueryDict) -> Iterator[tuple[tuple[str, ...], str]]:
    errors, answers = chosen.form.errors, chosen.form.cleaned_data
    for name, field in chosen.form.fields.items():
        value = answers.get(name)
        if not value or name in errors or name in OF_CUSTOM:
            continue
        if name == "custom":
            if "value" not in errors:
                yield PART_OF_CUSTOM, _of_custom(value, answers)
            continue
        asked = query.get(chosen.form.add_prefix(name), "").strip()
        label = str(value) if hasattr(value, "pk") else str(dict(getattr(field, "choices", ())).get(asked, value))
        yield (name,), PHRASES[name](value, label)


def _of_custom(path: str, answers: dict[str, str]) -> str:
    custom, compared = by_path(path), COMPARISONS[answers["compare"] or "has_value"]
    words = {"field": custom.label if custom else path, "how": compared.label, "value": answers["value"]}
    if compared.needs_value:
        return _("whose %(field)s %(how)s “%(value)s”") % words
    return _("whose %(field)s %(how)s") % words


def _without(names: Sequence[str], query: QueryDict) -> str:
    rest = query.copy()
    for gone in (*names, "page", SHOWN):
        rest.pop(gone, None)
    return f"?{rest.urlencode()}"


def _words(one: LeadFilter, query: QueryDict) -> str:
    return ", ".join(text for _names, text in _phrases(one, query))


def _with(query: QueryDict, name: str, value: str) -> str:
    other = query.copy()
    other.pop("page", None)
    other[name] = value
    return f"?{other.urlencode()}"
