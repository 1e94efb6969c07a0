"""What somebody did to a draft last, kept in their session so that they can take it back."""

from typing import Any, Final

from django.http import HttpRequest

from scoring.criteria.undoing import Change
from scoring.models import Criteria

KEY: Final = "changes_of_draft"
MOST: Final = 10
# A session is read with every request; a rule of a thousand long values is not kept in it.
LONGEST: Final = 50_000


def remember(request: HttpRequest, draft: Criteria, change: Change | None) -> None:
    """The newest comes first. Of one draft at a time: whoever changes another cannot go back in the first."""
    if change is None:
        return
    changes = [change.as_json(), *_changes(request, draft)][:MOST]
    if len(repr(changes[0])) > LONGEST:
        changes = []
    request.session[KEY] = {"number": draft.number, "changes": changes}


def last_change(request: HttpRequest, draft: Criteria) -> Change | None:
    changes = _changes(request, draft)
    return Change(**changes[0]) if changes else None


def forget_last(request: HttpRequest, draft: Criteria) -> None:
    request.session[KEY] = {"number": draft.number, "changes": _changes(request, draft)[1:]}


def _changes(request: HttpRequest, draft: Criteria) -> list[dict[str, Any]]:
    stored = request.session.get(KEY) or {}
    return list(stored["changes"]) if stored.get("number") == draft.number else []
