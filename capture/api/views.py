"""The API of what comes in: activities, and leads created or updated. Thin: reads, makes one domain call, answers."""

from typing import ClassVar, Final, NamedTuple, cast

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.authentication import key_that_may
from accounts.models import ApiKey
from capture.api.batch import events_of
from capture.api.fields import read_lead
from capture.api.scopes import EVENTS_WRITE, LEADS_WRITE
from capture.api.serializers import (
    ActivityBatchSerializer,
    IntakeResultSerializer,
    LeadInputSerializer,
    StoredSerializer,
)
from capture.events import take_events
from capture.inbox import append
from capture.usable import take_usable
from leads.api.serializers import LeadSerializer
from leads.api.views import LeadListView
from leads.events import Agent
from leads.inputs import Taken
from leads.intake import take_leads
from leads.normalise import Refusal
from lib import clock
from lib.api import Unusual, body_of, plain_body
from lib.strict_json import BadJSON

# RFC 7240: the sender does not wait until the events are taken.
ASYNC: Final = "respond-async"
JSON: Final = "application/json"
RENDERER: Final = JSONRenderer()
TAKEN_OR_STORED: Final = PolymorphicProxySerializer(
    component_name="TakenOrStored",
    serializers=[IntakeResultSerializer, StoredSerializer],
    resource_type_field_name=None,
)


class Answer(NamedTuple):
    """What is answered to a request."""

    data: dict[str, object]
    status: int
    headers: dict[str, str]


class ActivitiesView(APIView):
    """What leads did, one event or a batch of them. Repeating a message changes nothing."""

    scopes: ClassVar = {"POST": EVENTS_WRITE}

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """The usual request is answered at once: going through the framework takes longer than storing an event."""
        try:
            key, events = _plainly_sent(request)
        except (Unusual, BadJSON, exceptions.ParseError):
            told: HttpResponseBase = super().dispatch(request, *args, **kwargs)
            return told
        answer = _take(events, key=key, request=request)
        headers = {"Allow": "POST, OPTIONS"} | answer.headers
        return HttpResponse(RENDERER.render(answer.data), status=answer.status, headers=headers, content_type=JSON)

    @extend_schema(
        request=ActivityBatchSerializer,
        parameters=[
            OpenApiParameter(
                "Prefer", str, OpenApiParameter.HEADER, enum=[ASYNC], description="Acknowledge arrival (RFC 7240)."
            )
        ],
        responses={202: TAKEN_OR_STORED, 422: IntakeResultSerializer},
        examples=[
            OpenApiExample(
                "A visit to the pricing page",
                request_only=True,
                value={
                    "message_id": "7f2c1d",
                    "type": "page_view",
                    "occurred_at": "2026-03-10T09:00:00Z",
                    "lead": {"email": "ada@example.com", "company": "Example"},
                    "page": "/pricing",
                    "channel": "organic_search",
                },
            )
        ],
    )
    def post(self, request: Request) -> Response:
        """202 when at least one event was taken, 422 when none was; each event has its result, in order.

        An event that cannot be used is kept in quarantine with its reason; the others are stored. With `Prefer:
        respond-async` all events are stored as they came and acknowledged at once with 202 and `{"stored": count}`;
        within seconds each is taken or kept in quarantine, in the order of arrival.
        """
        answer = _take(events_of(body_of(request)), key=_key(request), request=request)
        return Response(answer.data, status=answer.status, headers=answer.headers)


class LeadsView(LeadListView):
    """All leads, newest first; POST creates or updates one by e-mail or external id of the key's system."""

    scopes: ClassVar = {**LeadListView.scopes, "POST": LEADS_WRITE}

    @extend_schema(request=LeadInputSerializer, responses={200: LeadSerializer, 201: LeadSerializer})
    def post(self, request: Request) -> Response:
        """201 when the lead is new, 200 when it was known; 422 names the field that cannot be used."""
        now, key = clock.now(), _key(request)
        try:
            lead_input = read_lead(body_of(request), system=key.system)
        except Refusal as refusal:
            raise _unusable(refusal) from refusal
        agent = _agent(key)
        [result] = take_usable([lead_input], lambda part: take_leads(part, agent=agent, now=now), field="lead")
        if isinstance(result, Refusal):
            raise _unusable(result)
        lead = self.get_queryset().get(pk=result.lead_id)
        return Response(LeadSerializer(lead).data, status=201 if result.outcome == "created" else 200)


def _plainly_sent(request: HttpRequest) -> tuple[ApiKey, list[object]]:
    """The key and the events of a request with which nothing is wrong or unusual; raises what says so otherwise."""
    key = key_that_may(EVENTS_WRITE, request) if request.method == "POST" else None
    if key is None:
        raise Unusual
    return key, events_of(plain_body(request))


def _take(events: list[object], *, key: ApiKey, request: HttpRequest | Request) -> Answer:
    now, agent, source = clock.now(), _agent(key), _source(key)
    if _is_content_with_arrival(request):
        append(events, source=source, system=key.system, agent=agent, now=now)
        return Answer({"stored": len(events)}, 202, {"Preference-Applied": ASYNC})
    arrived = [(event, now) for event in events]
    results = take_events(arrived, agent=agent, source=source, system=key.system, now=now)
    is_none_taken = all(isinstance(result, Refusal) for result in results)
    return Answer(_told(results), 422 if is_none_taken else 202, {})


def _is_content_with_arrival(request: HttpRequest | Request) -> bool:
    return ASYNC in {preference.strip().lower() for preference in request.META.get("HTTP_PREFER", "").split(",")}


def _told(results: list[Taken | Refusal]) -> dict[str, object]:
    rows: list[dict[str, object]] = []
    for index, result in enumerate(results):
        if isinstance(result, Refusal):
            rows.append(
                {
                    "index": index,
                    "status": "quarantined",
                    "code": result.code,
                    "field": result.field,
                    "detail": result.message,
                }
            )
        else:
            status = "duplicate" if result.outcome == "duplicate" else "accepted"
            rows.append({"index": index, "status": status, "lead": result.public_id})
    counts = {name: sum(row["status"] == name for row in rows) for name in ("accepted", "duplicate", "quarantined")}
    return {**counts, "results": rows}


def _unusable(refusal: Refusal) -> exceptions.APIException:
    error = exceptions.ValidationError({refusal.field: [exceptions.ErrorDetail(refusal.message, refusal.code)]})
    error.status_code = 422
    return error


def _key(request: Request) -> ApiKey:
    return cast("ApiKey", request.auth)  # HasScope lets nobody in without one


def _agent(key: ApiKey) -> Agent:
    return Agent(name=f"API key {key.name}"[:100])


def _source(key: ApiKey) -> str:
    # The name, not the key: after a rotation the integration's repeated messages are still repetitions.
    return f"api:{key.name}"
