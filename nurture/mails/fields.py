"""What of a person may stand in a mail, by names in double braces: {{ lead.first_name | default: "there" }}.

The templates are Liquid with nothing in it but these names and four filters: no tags, and no objects of ours.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from liquid import BoundTemplate, Environment
from liquid.exceptions import LiquidError

from leads.custom_fields.catalogue import fields_in_use
from leads.models import Lead
from leads.models.custom_field import About, CustomField
from lib.text import storable, unturned

FIELD: Final = re.compile(r"\{\{.*?\}\}")
PREFERENCES: Final = "preference_link"
FILTERS: Final = ("default", "capitalize", "upcase", "downcase")
# What Liquid needs to know that it has no tags.
_SYNTAX: Final = ("content", "illegal", "output")

Values = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class MergeField:
    """One thing that is known of a person, by the name that stands in a mail."""

    name: str
    label: str | Promise
    value: Callable[[Lead], str]


class FieldProblem(Exception):
    """What stands between the braces cannot be used; the message says why."""


OF_LEAD: Final = (
    MergeField(name="lead.first_name", label=gettext_lazy("First name"), value=lambda lead: lead.first_name),
    MergeField(name="lead.last_name", label=gettext_lazy("Last name"), value=lambda lead: lead.last_name),
    MergeField(name="lead.job_title", label=gettext_lazy("Job title"), value=lambda lead: lead.job_title),
    MergeField(
        name="lead.company", label=gettext_lazy("Company"), value=lambda lead: lead.company.name if lead.company else ""
    ),
    MergeField(name="lead.city", label=gettext_lazy("City"), value=lambda lead: lead.city),
    MergeField(
        name="rep.name",
        label=gettext_lazy("Name of the sales rep"),
        value=lambda lead: lead.owner.name if lead.owner else "",
    ),
)


def merge_fields() -> list[MergeField]:
    """All that may be used now: what everybody has, and fields of one's own that are not sensitive."""
    own = [_custom(field) for field in fields_in_use(About.LEAD) if not field.is_sensitive]
    return [*OF_LEAD, *own]


def _custom(field: CustomField) -> MergeField:
    def value(lead: Lead) -> str:
        stored = lead.custom.get(field.key)
        return "" if stored is None else field.words(stored)

    return MergeField(name=f"custom.{field.key}", label=field.label, value=value)


def values_of(lead: Lead, fields: Sequence[MergeField], *, preference_link: str) -> Values:
    """What each name stands for, of one person. The lead comes with its company and its owner."""
    values: dict[str, dict[str, str]] = {}
    for field in fields:
        of_whom, _dot, name = field.name.partition(".")
        values.setdefault(of_whom, {})[name] = unturned(storable(field.value(lead)))
    return {**values, PREFERENCES: preference_link}


@cache
def _environment() -> Environment:
    environment = Environment()
    environment.tags = {name: environment.tags[name] for name in _SYNTAX}
    environment.filters = {name: environment.filters[name] for name in FILTERS}
    return environment


@lru_cache(maxsize=1_000)
def template_of(expression: str) -> BoundTemplate:
    """The template of one expression, braces and all; raises LiquidError."""
    return _environment().from_string(expression)


def read(expression: str) -> None:
    """Looks at what stands between braces, braces and all; raises FieldProblem where it cannot be used."""
    try:
        analysis = template_of(expression).analyze()
    except LiquidError as error:
        message = _('“%(field)s” cannot be read: after the name only filters may stand, such as | default: "there".')
        raise FieldProblem(message % {"field": expression}) from error
    known = {field.name for field in merge_fields()} | {PREFERENCES}
    used = {".".join(map(str, variable.segments)) for many in analysis.variables.values() for variable in many}
    if not used:
        raise FieldProblem(_("“%(field)s” names no field.") % {"field": expression})
    for name in sorted(used - known):
        raise FieldProblem(_("There is no field “%(name)s”.") % {"name": name})
    for name in sorted(set(analysis.filters) - set(FILTERS)):
        message = _("There is no filter “%(name)s”. There are: %(filters)s.")
        raise FieldProblem(message % {"name": name, "filters": ", ".join(FILTERS)})


def has_fallback(expression: str) -> bool:
    """Whether it says what stands there of a person of whom the thing is not known."""
    return "default" in template_of(expression).analyze().filters or PREFERENCES in expression


def fill(expression: str, values: Values) -> str:
    """What stands in the mail of one person, as plain text."""
    return template_of(expression).render(**values)
