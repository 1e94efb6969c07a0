"""A draft changed in the product, a part at a time: its settings, one rule, one higher threshold.

Several people may write one draft at once. Each change holds the version, and names what the person had before them:
who changes a part that somebody else changed meanwhile is shown both texts first, and nothing is lost. Parts do not get
in each other's way, nor does the order of the rules. A proposed version is not changed here: it is taken back first.
"""

import hashlib
import json
from typing import Any, Final

from django.db import transaction
from django.forms import ModelForm
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import EDITING
from scoring.criteria.arranging import last_place, why_needed
from scoring.criteria.content import BAR_FIELDS, CRITERIA_FIELDS, RULE_FIELDS, plain_fields
from scoring.criteria.refusals import too_many_rules
from scoring.models import Criteria, Rule, SourceBar
from scoring.models.criteria import MOST_RULES

Part = Criteria | Rule | SourceBar
# Where a rule stands and whether it is in use have buttons of their own: a form neither shows nor writes them.
ASKED: Final = tuple(name for name in RULE_FIELDS if name not in ("position", "is_enabled"))


class EditRefused(Exception):
    """Nothing was changed; the message tells a person why and what to do."""


class NotADraft(EditRefused):
    """Only drafts are changed."""


class PartGone(EditRefused):
    """Somebody else deleted it."""


def may_be_edited(criteria: Criteria, user: User) -> bool:
    """Whether this person writes this version."""
    return criteria.state == Criteria.State.DRAFT and user.has_role(*EDITING)


def held_draft(number: int) -> Criteria:
    """The draft, locked until the commit. Raises NotADraft, and Criteria.DoesNotExist."""
    criteria = Criteria.objects.select_for_update().get(number=number)
    if criteria.state != Criteria.State.DRAFT:
        raise NotADraft(
            _("Version %(number)d is %(state)s by now, so nothing was changed. Make a draft of it, or take it back.")
            % {"number": number, "state": criteria.get_state_display()}
        )
    return criteria


def is_new(part: Part) -> bool:
    """Whether it is not stored yet."""
    return part._state.adding  # noqa: SLF001 (Django's way to ask)


def digest_of(part: Part) -> str:
    """What a person sees who opens this part: another digest, another text. Empty for a part that is not stored."""
    if is_new(part):
        return ""
    columns = plain_fields(part, FIELDS[type(part)])
    if isinstance(part, Rule):
        columns["requires"] = sorted(part.requires.values_list("pk", flat=True))
    canonical = json.dumps(columns, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


FIELDS: Final[dict[type[Part], tuple[str, ...]]] = {Criteria: CRITERIA_FIELDS, Rule: ASKED, SourceBar: BAR_FIELDS}


@transaction.atomic
def save_part(draft: Criteria, form: ModelForm[Any]) -> Part:
    """Stores what the (valid) form asked about, and no more; `draft` is held. A new rule comes last.

    Raises EditRefused when there are rules enough.
    """
    part: Part = form.save(commit=False)
    if not is_new(part):
        part.save(update_fields=form._meta.fields)  # noqa: SLF001 (Django's way to the fields)
    else:
        if isinstance(part, Rule):
            if (number := draft.rules.count() + 1) > MOST_RULES:
                raise EditRefused(too_many_rules(number))
            part.position = last_place(draft)
        part.save()
    form.save_m2m()
    return part


@transaction.atomic
def remove(part: Rule | SourceBar) -> None:
    """Deletes it; its draft is held. Raises EditRefused where a combination needs the rule."""
    if isinstance(part, Rule) and (needed := why_needed(part)):
        raise EditRefused(needed)
    part.delete()


def switch(rule: Rule) -> None:
    """Puts a rule out of use, or back to use; its draft is held."""
    rule.is_enabled = not rule.is_enabled
    rule.save(update_fields=["is_enabled"])
