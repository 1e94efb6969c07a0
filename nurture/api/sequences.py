"""The API of sequences: other systems read them, put leads into them and take them out."""

import uuid
from typing import ClassVar, cast

import django_filters
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import exceptions, generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import ApiKey
from leads.events import Agent
from leads.models import Lead
from lib import clock
from lib.api import body_of
from nurture.api.scopes import SEQUENCES_READ, SEQUENCES_WRITE
from nurture.models import Enrolment, Sequence
from nurture.sequences import entering, leaving
from nurture.sequences.entering import NotRunning


class Refused(exceptions.APIException):
    """The lead does not enter; the detail says why."""

    status_code = 409
    default_code = "not_enrolled"


class SequenceSerializer(serializers.ModelSerializer[Sequence]):
    """A sequence, and whether it runs."""

    id = serializers.UUIDField(source="public_id", read_only=True)

    class Meta:
        model = Sequence
        fields: ClassVar = ["id", "name", "state", "created_at", "changed_at"]
        read_only_fields = fields


class EnrolmentSerializer(serializers.ModelSerializer[Enrolment]):
    """One lead in one sequence: at which step, and how it ended."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    sequence = serializers.UUIDField(source="sequence.public_id", read_only=True)
    lead = serializers.UUIDField(source="lead.public_id", read_only=True)

    class Meta:
        model = Enrolment
        fields: ClassVar = [
            "id", "sequence", "lead", "state", "reason", "step", "due_at", "entered_at", "ended_at",
        ]  # fmt: skip
        read_only_fields = fields


class NewEnrolmentSerializer(serializers.Serializer[object]):
    """Which lead enters."""

    lead = serializers.UUIDField(help_text="The id of the lead.")


class SequenceApiFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Those that run, alone."""

    class Meta:
        model = Sequence
        fields = ("state",)


class SequenceListView(generics.ListAPIView[Sequence]):
    """All sequences, newest first."""

    scopes: ClassVar = {"GET": SEQUENCES_READ}
    serializer_class = SequenceSerializer
    queryset = Sequence.objects.all()
    filterset_class = SequenceApiFilter


class SequenceView(generics.RetrieveAPIView[Sequence]):
    """One sequence."""

    scopes: ClassVar = {"GET": SEQUENCES_READ}
    serializer_class = SequenceSerializer
    queryset = Sequence.objects.all()
    lookup_field = "public_id"
    filter_backends = ()


class EnrolmentsView(APIView):
    """A lead enters a sequence."""

    scopes: ClassVar = {"POST": SEQUENCES_WRITE}

    @extend_schema(
        request=NewEnrolmentSerializer,
        responses={
            201: EnrolmentSerializer,
            409: OpenApiResponse(description="The sequence does not take the lead now; `detail` says why."),
        },
    )
    def post(self, request: Request, public_id: uuid.UUID) -> Response:
        """201 with the enrolment; 409 says why the lead does not enter, such as that it is in it already."""
        sequence = get_object_or_404(Sequence, public_id=public_id)
        asked = NewEnrolmentSerializer(data=body_of(request))
        if not asked.is_valid():
            error = exceptions.ValidationError(asked.errors)
            error.status_code = 422
            raise error
        lead = get_object_or_404(Lead, public_id=asked.validated_data["lead"])
        agent = _agent(request)
        try:
            entered = entering.enrol(sequence.pk, [lead.pk], how=Enrolment.How.API, agent=agent, now=clock.now())
        except NotRunning as not_running:
            raise Refused(_("This sequence is not running."), "not_running") from not_running
        if entered.refused:
            raise Refused(_("The lead %(why)s.") % {"why": entered.refused[lead.pk]})
        return Response(EnrolmentSerializer(entered.enrolments[0]).data, status=201)


class EnrolmentView(APIView):
    """One enrolment, which can be ended."""

    scopes: ClassVar = {"GET": SEQUENCES_READ, "DELETE": SEQUENCES_WRITE}

    @extend_schema(responses={200: EnrolmentSerializer})
    def get(self, request: Request, public_id: uuid.UUID) -> Response:
        """How far the lead is."""
        return Response(EnrolmentSerializer(_enrolment(public_id)).data)

    @extend_schema(responses={200: EnrolmentSerializer})
    def delete(self, request: Request, public_id: uuid.UUID) -> Response:
        """The lead leaves the sequence; saying it again changes nothing."""
        leaving.take_out(_enrolment(public_id).pk, agent=_agent(request), now=clock.now())
        return Response(EnrolmentSerializer(_enrolment(public_id)).data)


def _enrolment(public_id: uuid.UUID) -> Enrolment:
    return get_object_or_404(Enrolment.objects.select_related("sequence", "lead"), public_id=public_id)


def _agent(request: Request) -> Agent:
    key = cast("ApiKey", request.auth)  # HasScope lets nobody in without one
    return Agent(name=f"API key {key.name}"[:100])
