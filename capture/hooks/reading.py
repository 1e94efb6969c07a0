"""What was sent, read from its body: JSON, or the fields of a form in either of its two ways of writing."""

import io
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import QueryDict
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.utils.datastructures import MultiValueDict

from lib.bodies import BodyRefused
from lib.strict_json import BadJSON, loads

MOST_FIELDS: Final = 500
_URLENCODED: Final = "application/x-www-form-urlencoded"
_MULTIPART: Final = "multipart/form-data"
_REPLACED: Final = "\N{REPLACEMENT CHARACTER}"


class NamedAlone(FileUploadHandler):
    """Of a file only its name and how many bytes it had."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        return None

    def file_complete(self, file_size: int) -> Any:
        return UploadedFile(name=self.file_name, size=file_size)


def read_message(meta: Mapping[str, Any], content_type: str, body: bytes) -> Any:
    """The message: JSON, or the fields of a form, whatever the sender calls it. Raises BodyRefused.

    `meta` are the headers as a request has them. Of a file in a form there is {"file_name": .., "bytes": ..}.
    """
    if content_type == _URLENCODED:
        return _of_form(*_urlencoded(body))
    if content_type == _MULTIPART:
        return _of_form(*_parts(meta, body))
    try:
        value = loads(body)
    except BadJSON as error:
        raise BodyRefused(400, error.code, str(error)) from error
    if not isinstance(value, dict | list) or not value:
        raise BodyRefused(400, "not_an_object", "Send a JSON object or a list of them.")
    return value


def _of_form(sent: QueryDict, files: MultiValueDict[str, Any]) -> dict[str, Any]:
    values: dict[str, list[Any]] = {name: list(texts) for name, texts in sent.lists()}
    for name, of_name in files.lists():
        named = [{"file_name": file.name, "bytes": file.size} for file in of_name]
        values[name] = [*values.get(name, []), *named]
    fields = {name: _one_or_all(of_name) for name, of_name in values.items() if name}
    if not fields:
        raise BodyRefused(400, "no_fields", "The form holds no field.")
    return fields


def _one_or_all(values: Sequence[Any]) -> Any:
    return values[0] if len(values) == 1 else values


def _urlencoded(body: bytes) -> tuple[QueryDict, MultiValueDict[str, Any]]:
    if body.count(b"&") >= MOST_FIELDS:
        raise _too_many()
    try:
        return QueryDict(body.decode("utf-8")), MultiValueDict()
    except UnicodeDecodeError as error:
        raise _not_utf8() from error


def _parts(meta: Mapping[str, Any], body: bytes) -> tuple[QueryDict, MultiValueDict[str, Any]]:
    # What was packed has another length now.
    about = {**meta, "CONTENT_LENGTH": len(body)}
    try:
        sent, files = MultiPartParser(about, io.BytesIO(body), [NamedAlone()], "utf-8").parse()
    except TooManyFilesSent as error:
        raise _too_many() from error
    except (MultiPartParserError, RequestDataTooBig, SuspiciousOperation) as error:
        raise BodyRefused(
            400, "not_multipart", "The body is no multipart form, though Content-Type says so."
        ) from error
    if sum(len(values) for _name, values in [*sent.lists(), *files.lists()]) > MOST_FIELDS:
        raise _too_many()
    if any(_REPLACED in text for name, values in sent.lists() for text in (name, *map(str, values))):
        raise _not_utf8()
    return sent, files


def _too_many() -> BodyRefused:
    return BodyRefused(400, "too_many_fields", f"A form has at most {MOST_FIELDS} fields.")


def _not_utf8() -> BodyRefused:
    return BodyRefused(400, "not_utf8", "The form is not UTF-8.")
