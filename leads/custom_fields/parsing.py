"""Reads what is said of custom fields, once: each value by its kind."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from leads.custom_fields.catalogue import all_fields
from leads.custom_fields.kinds import Value
from leads.models.custom_field import About
from leads.normalise import Refusal
from lib.text import storable


def parse_custom(custom: Mapping[str, object], *, about: About, refuse: Callable[[Refusal], None]) -> dict[str, Value]:
    """The values as they are stored, by key; what says nothing is left out.

    What a retired field or choice says is kept: senders go on for a while. `refuse` gets a Refusal for each value that
    cannot be used, whose field is "custom.visits" or "company_custom.tier"; it raises it, or collects it.
    """
    if not custom:
        return {}
    known, values = all_fields(about), dict[str, Value]()
    prefix = "custom" if about == About.LEAD else "company_custom"
    for key, value in custom.items():
        field = known.get(key)
        name = f"{prefix}.{storable(key[:60])}"
        if field is None:
            refuse(Refusal("unknown_field", name, _unknown(name, known)))
            continue
        try:
            read = field.type.read(value, field=name, choices=field.all_choices)
        except Refusal as refusal:
            refuse(refusal)
            continue
        if read is not None:
            values[key] = read
    return values


def _unknown(name: str, known: Mapping[str, object]) -> str:
    if not known:
        return _("%(field)s is no field here. There are no custom fields yet.") % {"field": name}
    return _("%(field)s is no field here. Known: %(known)s.") % {"field": name, "known": ", ".join(sorted(known))}
