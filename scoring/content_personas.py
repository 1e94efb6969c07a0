"""The personas content is made for."""

from leads.content import personas
from scoring.models import Persona


def _names() -> list[str]:
    return list(Persona.objects.order_by("name").values_list("name", flat=True))


personas.offer(_names)
