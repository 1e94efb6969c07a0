"""The API of leads as other systems read them."""

from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.urls import reverse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response

from leads.api.offered_fields import offered
from leads.api.scopes import LEADS_READ
from leads.api.serializers import LeadSerializer
from leads.filters import LeadApiFilter
from leads.merging.merging import survivor_behind
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
    """One lead by its public id; the id of one that was merged into another leads to that one."""

    scopes: ClassVar = {"GET": LEADS_READ}
    serializer_class = LeadSerializer
    lookup_field = "public_id"
    filter_backends = ()

    @extend_schema(
        responses={200: LeadSerializer, 301: OpenApiResponse(description="It was merged; the lead it is now is there.")}
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            survivor = survivor_behind(self.kwargs["public_id"])
            if survivor is None or not self.get_queryset().filter(public_id=survivor).exists():
                raise
        # Undone, it is there again: nobody keeps the answer.
        headers = {"Location": request.build_absolute_uri(reverse("leads_api:lead", args=[survivor]))}
        return Response(status=301, headers=headers | {"Cache-Control": "no-store"})

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
