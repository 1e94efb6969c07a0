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
    kept = [change.as_json(), *_kept(request, draft)][:MOST]
    if len(repr(kept[0])) > LONGEST:
        kept = []
    request.session[KEY] = {"number": draft.number, "changes": kept}


def last_change(request: HttpRequest, draft: Criteria) -> Change | None:
    kept = _kept(request, draft)
    return Change(**kept[0]) if kept else None


def forget_last(request: HttpRequest, draft: Criteria) -> None:
    request.session[KEY] = {"number": draft.number, "changes": _kept(request, draft)[1:]}


def _kept(request: HttpRequest, draft: Criteria) -> list[dict[str, Any]]:
    kept = request.session.get(KEY) or {}
    return list(kept["changes"]) if kept.get("number") == draft.number else []
