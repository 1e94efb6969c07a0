"""What capture adds to the list of leads: the ones that an import brought."""

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from capture.models import ImportBatch
from leads import filters
from leads.listing.phrases import says


def own_imports(request: HttpRequest | None) -> QuerySet[ImportBatch]:
    """The imports the person who looks may see."""
    user = getattr(request, "user", None)
    return ImportBatch.objects.visible_to(user) if isinstance(user, User) else ImportBatch.objects.none()


# Reached from the page of an import.
filters.offer(
    "batch",
    django_filters.ModelChoiceFilter(
        label=_("Import"),
        field_name="imported__batch",
        to_field_name="public_id",
        queryset=own_imports,
        widget=forms.HiddenInput,
    ),
    phrase=says(_("of the import %(value)s")),
)
