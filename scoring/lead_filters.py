"""What the lead list can be narrowed by besides what leads know of themselves."""

import django_filters
from django.utils.translation import gettext_lazy as _

from leads.filters import offer
from scoring.models import Persona

offer(
    "persona",
    django_filters.ModelChoiceFilter(
        label=_("Persona"),
        field_name="score__persona",
        queryset=Persona.objects.filter(is_active=True),
        empty_label=_("any persona"),
    ),
)
