"""How the schema describes what every request of the API has in common: how it fails, and what else a body must be."""

from typing import Any, Final

from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers
from rest_framework.generics import GenericAPIView

PROBLEM_TYPE: Final = "application/problem+json"
_OF_ALL: Final = {
    "401": "No key, or one that is not valid.",
    "403": "The key lacks the scope.",
    "406": "Asked for another form than JSON.",
}
_OF_BODIES: Final = {
    "400": "The body is no JSON that can be read, or holds nothing.",
    "411": "The length of the body is not said.",
    "413": "The body is too large.",
    "415": "The body is compressed, or of another type than JSON.",
    "422": "A field cannot be used; `errors` says which and why.",
}
_UNKNOWN_PARAMETER: Final = {"400": "A parameter is unknown or cannot be used; `errors` says which and why."}
_NOT_FOUND: Final = {"404": "There is nothing at this address."}


class ProblemSerializer(serializers.Serializer[object]):
    """What went wrong, as RFC 9457 has it. `code` is for programs, `detail` for people."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(required=False)
    detail = serializers.CharField()
    errors = serializers.DictField(required=False, help_text="By field: what is wrong, with its code.")  # type: ignore[assignment]


class ProblemSchema(AutoSchema):
    """A view's schema with the problems it can answer; a serializer adds to its own with `schema_extra`."""

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for code, why in self._problems().items():
            if code not in bodies:
                answer = self._get_response_for_code(ProblemSerializer, code, [PROBLEM_TYPE], direction)  # type: ignore[no-untyped-call]
                bodies[code] = {**answer, "description": why}
        return dict(sorted(bodies.items()))

    def _problems(self) -> dict[str, str]:
        if self.method == "POST":
            return _OF_ALL | _OF_BODIES
        has_parameters = not isinstance(self.view, GenericAPIView) or bool(self.view.filter_backends)
        is_findable = "{" in self.path or bool(getattr(self.view, "paginator", None))
        return _OF_ALL | (_UNKNOWN_PARAMETER if has_parameters else {}) | (_NOT_FOUND if is_findable else {})

    def _map_serializer(self, serializer: Any, direction: Any, bypass_extensions: bool = False) -> Any:  # noqa: FBT001, FBT002 (as its parent has it)
        schema = super()._map_serializer(serializer, direction, bypass_extensions)  # type: ignore[no-untyped-call]
        return {**schema, **getattr(serializer, "schema_extra", {})} if "properties" in schema else schema
