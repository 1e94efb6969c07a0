"""The API of leads as other systems read them."""

from typing import ClassVar

from django.db.models import Prefetch, QuerySet
from rest_framework import generics

from leads.api.offered_fields import offered
from leads.api.scopes import LEADS_READ
from leads.api.serializers import LeadSerializer
from leads.filters import LeadApiFilter
from leads.models import Lead, LeadIdentifier
from leads.reading import read_with
from lib import clock


class LeadListView(generics.ListAPIView[Lead]):
    """All leads, newest first."""

    scopes: ClassVar = {"GET": LEADS_READ}
    serializer_class = LeadSerializer
    filterset_class = LeadApiFilter

    def get_queryset(self) -> QuerySet[Lead]:
        if getattr(
            self, "swagger_fake_view", False
        ):  # the schema is made where there is no database to ask for the time
            return Lead.objects.none()
        return _shown()


class LeadView(generics.RetrieveAPIView[Lead]):
    """One lead by its public id."""

    scopes: ClassVar = {"GET": LEADS_READ}
    serializer_class = LeadSerializer
    lookup_field = "public_id"
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Lead]:
        if getattr(
            self, "swagger_fake_view", False
        ):  # the schema is made where there is no database to ask for the time
            return Lead.objects.none()
        return _shown()


def _shown() -> QuerySet[Lead]:
    """Leads with all that is answered about them."""
    ids = LeadIdentifier.objects.filter(external_id__isnull=False)
    leads = Lead.objects.select_related("company", "owner", "first_channel", "last_touch__channel")
    leads = leads.prefetch_related(Prefetch("identifiers", queryset=ids, to_attr="known_ids"))
    return read_with(leads, (field.read for field in offered()), now=clock.now())
