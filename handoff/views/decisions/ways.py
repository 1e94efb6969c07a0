"""The ways to answer a handoff, as one table: the form, the words around it, the domain call."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from handoff import contacts
from handoff.access import Purpose
from handoff.lifecycle import transitions
from handoff.lifecycle.machine import TRANSITIONS
from handoff.models import Contact, Handoff
from handoff.views.decisions.forms import (
    ContactForm,
    DisqualifyForm,
    QualifyForm,
    RecycleForm,
    RejectForm,
    WithdrawForm,
)

Text = str | Promise


@dataclass(frozen=True, kw_only=True)
class Decision:
    """One way to answer. `key` names its address, `shortcut` is its key; `carry_out` takes what the form says."""

    key: str
    starts: tuple[str, ...]
    carry_out: Callable[..., Handoff]
    form: type[forms.Form] = forms.Form
    question: Text = ""
    consequence: Text = ""
    action: Text
    done: Text
    danger: bool = False
    # What handoff/access.py asks of the person.
    door: Purpose = "decide"
    # Whether the rep goes on with this lead; else with the next one of the queue.
    stays: bool = False
    icon: str = ""
    # The button of a row of the queue, where there is little room.
    brief: Text = ""
    shortcut: str
    # What a row of the queue takes at once, without the form: the value of its choice, and its words.
    at_once: tuple[tuple[str, Text], ...] = ()


def _log(*, what: str, at: datetime | None, now: datetime, **more: Any) -> Handoff:
    """A contact as its form says it: how and what came of it in one choice, no moment for now."""
    way, _colon, outcome = what.partition(":")
    return contacts.log(way=way, outcome=outcome, at=at or now, now=now, **more).handoff


ACCEPT: Final = Decision(
    key="accept",
    door="take",
    shortcut="a",
    starts=TRANSITIONS["accept"].starts,
    carry_out=transitions.accept,
    stays=True,
    action=_("Accept lead"),
    done=_("%(lead)s is accepted. Call, then say here what came of it."),
    icon="check",
)
REJECT: Final = Decision(
    key="reject",
    brief=_("Reject"),
    shortcut="r",
    starts=TRANSITIONS["reject"].starts,
    carry_out=transitions.reject,
    form=RejectForm,
    question=_("Why do you reject %(lead)s?"),
    consequence=_("You have not talked to them. If you have, accept the lead, then send it back or disqualify it."),
    action=_("Reject lead"),
    done=_("%(lead)s is rejected: %(reason)s."),
    danger=True,
    icon="return",
)
ACCEPT_AND_QUALIFY: Final = Decision(
    key="accept_and_qualify",
    door="take",
    brief=_("Qualify"),
    shortcut="q",
    starts=TRANSITIONS["accept"].starts,
    carry_out=transitions.accept_and_qualify,
    form=QualifyForm,
    question=_("What did %(lead)s tell you?"),
    consequence=_("You have talked already: the lead is accepted and becomes an SQL in one step."),
    action=_("Accept and qualify as SQL"),
    done=_("%(lead)s is accepted and an SQL."),
    icon="check",
)
CONTACT: Final = Decision(
    key="contact",
    brief=_("Log contact"),
    shortcut="x",
    starts=contacts.STATES,
    carry_out=_log,
    form=ContactForm,
    at_once=tuple(
        (f"{Contact.Way.CALL}:{outcome}", Contact.Outcome(outcome).label)
        for outcome in contacts.OUTCOMES[Contact.Way.CALL]
    ),
    question=_("How did you try to reach %(lead)s?"),
    consequence=_("One line a try. The first of them is the first contact."),
    action=_("Log a contact"),
    done=_("The contact with %(lead)s is noted."),
    stays=True,
    icon="phone",
)
QUALIFY: Final = Decision(
    key="qualify",
    brief=_("Qualify"),
    shortcut="q",
    starts=TRANSITIONS["qualify"].starts,
    carry_out=transitions.qualify,
    form=QualifyForm,
    question=_("What did %(lead)s tell you?"),
    consequence=_("These four answers make the lead an SQL. A few words each are enough."),
    action=_("Qualify as SQL"),
    done=_("%(lead)s is an SQL."),
    icon="check",
)
RECYCLE: Final = Decision(
    key="recycle",
    brief=_("Send back"),
    shortcut="b",
    starts=TRANSITIONS["recycle"].starts,
    carry_out=transitions.recycle,
    form=RecycleForm,
    question=_("Why does %(lead)s go back to nurture?"),
    consequence=_("Marketing keeps them warm. They can come back when the rest of the reason is over."),
    action=_("Send back to nurture"),
    done=_("%(lead)s is back in nurture: %(reason)s."),
    icon="return",
)
DISQUALIFY: Final = Decision(
    key="disqualify",
    brief=_("Disqualify"),
    shortcut="d",
    starts=TRANSITIONS["disqualify"].starts,
    carry_out=transitions.disqualify,
    form=DisqualifyForm,
    question=_("Why do you disqualify %(lead)s?"),
    consequence=_("They are no fit for us. If it is only too early, send them back to nurture instead."),
    action=_("Disqualify lead"),
    done=_("%(lead)s is disqualified: %(reason)s."),
    danger=True,
    icon="block",
)
APPROVE: Final = Decision(
    key="approve",
    shortcut="p",
    starts=TRANSITIONS["approve"].starts,
    carry_out=transitions.approve,
    door="review",
    action=_("Pass to sales"),
    done=_("%(lead)s goes to sales."),
    icon="check",
)
WITHDRAW: Final = Decision(
    key="withdraw",
    shortcut="w",
    starts=TRANSITIONS["withdraw"].starts,
    carry_out=transitions.withdraw,
    door="withdraw",
    form=WithdrawForm,
    question=_("Why does %(lead)s return to nurture?"),
    consequence=_("The lead goes back to nurture. Only something new it does that scores brings it here again."),
    action=_("Return to nurture"),
    done=_("%(lead)s is back in nurture."),
    danger=True,
    icon="return",
)
# What sales does, in the order of the buttons; marketing takes part before and instead.
ANSWERS: Final = (ACCEPT, ACCEPT_AND_QUALIFY, REJECT, CONTACT, QUALIFY, RECYCLE, DISQUALIFY)
DECISIONS: Final = (*ANSWERS, APPROVE, WITHDRAW)
