"""What will happen to the leads that were chosen, in counts: how many change, how many stay as they are and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import ngettext

from leads.bulk.tagging import values_for
from leads.correcting.fields import NOBODY, Plain, of_lead
from leads.models import BulkChange, Lead
from leads.models.bulk_change import Doing

_OF_CONTACT: Final = {Doing.LEAVE_ALONE: True, Doing.CONTACT: False}


@dataclass(frozen=True, slots=True)
class Foretold:
    """How many change, and sentences with counts about all."""

    changes: int
    sentences: Sequence[str]


def values_of(doing: Doing) -> dict[str, Plain]:
    """What is stored where that says it all."""
    return {"do_not_contact": _OF_CONTACT[doing]} if doing in _OF_CONTACT else {}


def foretell(change: BulkChange, doing: Doing, values: dict[str, Plain]) -> Foretold:
    """Counted now, by what the person sees now; what somebody does meanwhile is seen when it is done."""
    visible = list(Lead.objects.visible_to(change.actor).filter(pk__among=change.lead_ids).select_related("company"))
    there = [lead for lead in visible if lead.erased_at is None]
    stated = {} if doing == Doing.ERASE else values
    known = [of_lead(lead) for lead in there] if stated else []
    same = sum(
        all(before.get(name) == value for name, value in values_for(doing, stated, before).items()) for before in known
    )
    replaced = sum(
        any(before.get(name) not in (None, "", [], NOBODY, value) for name, value in stated.items()) for before in known
    )
    changes = len(there) - same
    sentences = [_changing(doing, changes)]
    if doing == Doing.SET_FIELD and replaced:
        words = ngettext("%(count)d of them has another value, which is replaced.",
                         "%(count)d of them have another value, which is replaced.", replaced)  # fmt: skip
        sentences.append(words % {"count": replaced})
    if same:
        words = ngettext("%(count)d lead is so already and stays as it is.",
                         "%(count)d leads are so already and stay as they are.", same)  # fmt: skip
        sentences.append(words % {"count": same})
    if erased := len(visible) - len(there):
        words = ngettext("%(count)d lead was erased and stays as it is.",
                         "%(count)d leads were erased and stay as they are.", erased)  # fmt: skip
        sentences.append(words % {"count": erased})
    if gone := change.total - len(visible):
        words = ngettext("%(count)d lead is not yours to see any more, or was merged.",
                         "%(count)d leads are not yours to see any more, or were merged.", gone)  # fmt: skip
        sentences.append(words % {"count": gone})
    return Foretold(changes, sentences)


def _changing(doing: Doing, count: int) -> str:
    match doing:
        case Doing.LEAVE_ALONE:
            words = ngettext(
                "Nobody contacts %(count)d lead any more: it is not promoted and not written to, whatever it does.",
                "Nobody contacts %(count)d leads any more: they are not promoted and not written to, whatever they do.",
                count,
            )
        case Doing.CONTACT:
            words = ngettext(
                "%(count)d lead can go to sales again, and gets mail as far as its consents allow.",
                "%(count)d leads can go to sales again, and get mail as far as their consents allow.",
                count,
            )
        case Doing.ERASE:
            words = ngettext(
                "All that is personal of %(count)d lead goes, for good. The address is refused from now on.",
                "All that is personal of %(count)d leads goes, for good. Their addresses are refused from now on.",
                count,
            )
        case Doing.ADD_TAGS:
            words = ngettext("%(count)d lead gets the tag, beside those it has.",
                             "%(count)d leads get the tag, beside those they have.", count)  # fmt: skip
        case Doing.TAKE_TAGS:
            words = ngettext("%(count)d lead loses the tag; its others stay.",
                             "%(count)d leads lose the tag; their others stay.", count)  # fmt: skip
        case _:
            words = ngettext("%(count)d lead gets the value.", "%(count)d leads get the value.", count)
    return words % {"count": count}
