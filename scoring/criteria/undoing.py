"""A change of a draft as what was and what is, so that whoever made it can take it back.

A change names only the parts it touched. It is taken back where they still are as it left them; what other people
changed elsewhere in the draft stays. Kept as JSON, by whoever made it (their session).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from scoring.criteria.arranging import why_needed
from scoring.criteria.content import BAR_FIELDS, CRITERIA_FIELDS, RULE_FIELDS, plain_fields
from scoring.criteria.editing import EditRefused
from scoring.models import Criteria, Rule, SourceBar
from scoring.models.criteria import MOST_RULES

# Columns by what a part is called: "version", "rule 12", "bar 3". None: there is none.
Said = Mapping[str, Mapping[str, Any] | None]
VERSION: Final = "version"


class CannotUndo(EditRefused):
    """It is not as the change left it any more."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """What somebody did to a draft, in words, and the parts it touched before and after."""

    words: str
    was: Said
    now_is: Said

    def as_json(self) -> dict[str, Any]:
        return {"words": self.words, "was": self.was, "now_is": self.now_is}


def whole(draft: Criteria) -> Said:
    """Everything the draft says, part by part, in four statements."""
    state: dict[str, Mapping[str, Any] | None] = {VERSION: plain_fields(draft, CRITERIA_FIELDS)}
    for rule in Rule.objects.filter(criteria=draft).prefetch_related("requires"):
        needed = sorted(part.pk for part in rule.requires.all())
        state[f"rule {rule.pk}"] = {**plain_fields(rule, RULE_FIELDS), "requires": needed}
    for bar in SourceBar.objects.filter(criteria=draft):
        state[f"bar {bar.pk}"] = plain_fields(bar, BAR_FIELDS)
    return state


def changed(words: str, *, was: Said, now_is: Said) -> Change | None:
    """The change between two states of a draft; None where nothing is different."""
    touched = [name for name in {**was, **now_is} if was.get(name) != now_is.get(name)]
    if not touched:
        return None
    return Change(
        words=words,
        was={name: was.get(name) for name in touched},
        now_is={name: now_is.get(name) for name in touched},
    )


@transaction.atomic
def undo(draft: Criteria, change: Change) -> None:
    """Puts the parts back as they were; `draft` is held. Raises CannotUndo."""
    current = whole(draft)
    if any(current.get(name) != left for name, left in change.now_is.items()):
        raise CannotUndo(_("Somebody changed this again since, so it stays as it is now."))
    came = [name for name, was in change.was.items() if was is None]
    back = {name: was for name, was in change.was.items() if was is not None}
    _delete(came)
    try:
        with transaction.atomic():
            _store(draft, back)
    except IntegrityError:
        raise CannotUndo(_("Something it names is not there any more, so it stays as it is now.")) from None
    if draft.rules.count() > MOST_RULES:
        raise CannotUndo(_("The version is full, so what you deleted cannot come back. Delete another rule first."))


def _delete(names: list[str]) -> None:
    for name in names:
        sort, _space, key = name.partition(" ")
        if sort == "bar":
            SourceBar.objects.filter(pk=key).delete()
            continue
        rule = Rule.objects.get(pk=key)
        if needed := why_needed(rule):
            raise CannotUndo(needed)
        rule.delete()


def _store(draft: Criteria, back: Said) -> None:
    """Rules first, then what combinations need of them."""
    for name, columns in back.items():
        sort, _space, key = name.partition(" ")
        if columns is None:
            continue
        stored = {column: value for column, value in columns.items() if column != "requires"}
        if sort == VERSION:
            Criteria.objects.filter(pk=draft.pk).update(**stored)
        else:
            model = Rule if sort == "rule" else SourceBar
            row = model(pk=int(key), criteria=draft, **stored)
            row.full_clean(exclude=["criteria"], validate_unique=False, validate_constraints=False)
            row.save()
    there = set(draft.rules.values_list("pk", flat=True))
    for name, columns in back.items():
        if columns and (needed := columns.get("requires")):
            if not there.issuperset(needed):
                raise CannotUndo(_("A rule that it needs is not there any more, so it stays as it is now."))
            Rule.objects.get(pk=name.partition(" ")[2]).requires.set(needed)
