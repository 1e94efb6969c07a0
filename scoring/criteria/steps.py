"""What may be done with a version, by whom and when, and what it will do: buttons and confirmations.

The rules themselves are scoring/criteria/publication.py's; a button that should not have been there is refused there.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from accounts.roles import EDITING, MARKETING, SALES_MANAGER
from leads.models import Lead
from lib.numbers import number
from scoring.criteria import arrivals, publication
from scoring.criteria.rule_words import fast_track_sentence
from scoring.models import Criteria, Gate, Rule, Signature
from scoring.whatif.shown import foretold
from scoring.whatif.version import best_known

State, Side = Criteria.State, Signature.Side


class Run(Protocol):
    """The domain call behind a button."""

    def __call__(self, criteria: Criteria, *, actor: User, now: datetime, seen_digest: str) -> Criteria | Signature: ...


@dataclass(frozen=True, kw_only=True)
class Step:
    """One button: `run` is the domain call; `done` is said afterwards, with the version's number."""

    name: str
    label: str | Promise
    question: str | Promise
    icon: str
    roles: tuple[str, ...]
    done: str | Promise
    run: Run
    # Whether whoever does it says yes to what the version says, and so is shown what is new in it.
    agrees: bool = True

    def take(self, criteria: Criteria, *, actor: User, now: datetime, seen_digest: str) -> Criteria:
        """Does it. Returns the version to go on with. Raises publication.PublicationRefused."""
        after = self.run(criteria, actor=actor, now=now, seen_digest=seen_digest)
        return after if isinstance(after, Criteria) else criteria


def _signer(side: str) -> Run:
    def run(criteria: Criteria, *, actor: User, now: datetime, seen_digest: str) -> Signature:
        return publication.sign(criteria_id=criteria.pk, side=side, actor=actor, now=now, seen_digest=seen_digest)

    return run


def _propose(criteria: Criteria, *, actor: User, now: datetime, seen_digest: str) -> Criteria:
    return publication.propose(criteria_id=criteria.pk, actor=actor, now=now)


def _publish(criteria: Criteria, *, actor: User, now: datetime, seen_digest: str) -> Criteria:
    return publication.publish(criteria_id=criteria.pk, actor=actor, now=now)


def _withdraw(criteria: Criteria, *, actor: User, now: datetime, seen_digest: str) -> Criteria:
    return publication.withdraw(criteria_id=criteria.pk, actor=actor, now=now)


def _draft(criteria: Criteria, *, actor: User, now: datetime, seen_digest: str) -> Criteria:
    return publication.draft_from(criteria, actor=actor, now=now)


STEPS: Final[dict[str, Step]] = {
    step.name: step
    for step in (
        Step(
            name="propose",
            label=gettext_lazy("Propose for signature"),
            question=gettext_lazy("Propose version %(number)d for signature?"),
            icon="flag",
            roles=EDITING,
            done=gettext_lazy("Version %(number)d is proposed. Marketing and sales can sign it now."),
            run=_propose,
        ),
        Step(
            name="sign-marketing",
            label=gettext_lazy("Sign for marketing"),
            question=gettext_lazy("Sign version %(number)d for marketing?"),
            icon="check",
            roles=(MARKETING,),
            done=gettext_lazy("You signed version %(number)d for marketing."),
            run=_signer(Side.MARKETING),
        ),
        Step(
            name="sign-sales",
            label=gettext_lazy("Sign for sales"),
            question=gettext_lazy("Sign version %(number)d for sales?"),
            icon="check",
            roles=(SALES_MANAGER,),
            done=gettext_lazy("You signed version %(number)d for sales."),
            run=_signer(Side.SALES),
        ),
        Step(
            name="publish",
            label=gettext_lazy("Put into force"),
            question=gettext_lazy("Put version %(number)d into force?"),
            icon="play",
            roles=(MARKETING, SALES_MANAGER),
            done=gettext_lazy("Version %(number)d is in force. Every lead is being scored again."),
            run=_publish,
        ),
        Step(
            name="withdraw",
            label=gettext_lazy("Take the proposal back"),
            question=gettext_lazy("Take the proposal of version %(number)d back?"),
            icon="return",
            roles=EDITING,
            done=gettext_lazy("Version %(number)d is a draft again. Change it, or propose it anew."),
            run=_withdraw,
            agrees=False,
        ),
        Step(
            name="draft",
            label=gettext_lazy("Make a draft from this version"),
            question=gettext_lazy("Make a draft from version %(number)d?"),
            icon="copy",
            roles=EDITING,
            done=gettext_lazy("Version %(number)d is a draft now. Change it, then propose it for signature."),
            run=_draft,
            agrees=False,
        ),
    )
}


def steps_for(criteria: Criteria, user: User) -> list[Step]:
    """The buttons this person sees, the one that moves the version on first."""
    return [step for step in STEPS.values() if user.has_role(*step.roles) and _is_due(step, criteria, user)]


def consequences(step: Step, criteria: Criteria, user: User, *, now: datetime) -> list[str]:
    """What will happen, with counts and the names this person may see, in sentences."""
    match step.name:
        case "propose":
            return [
                _("Marketing and sales are each asked to sign exactly what it says now: two people."),
                _("A change after this makes it a draft again and voids the signatures."),
                _("Nothing changes for leads or sales yet."),
            ]
        case "publish":
            return _consequences_of_publishing(criteria, user, now=now)
        case "withdraw":
            return _consequences_of_withdrawing(criteria)
        case "draft":
            return [
                _copied(criteria),
                _("The criteria in force stay in force until another version is signed and put into force."),
            ]
    return [
        *_fast_tracks(criteria),
        _("You say yes to exactly what version %(number)d says now. Any change voids your signature.")
        % {"number": criteria.number},
        _("Once both sides have signed, either of them can put it into force."),
    ]


def _is_due(step: Step, criteria: Criteria, user: User) -> bool:
    signatures = list(criteria.signatures.all())
    match step.name:
        case "draft":
            return True
        case "propose":
            return criteria.state == State.DRAFT
        case "publish":
            return criteria.state == State.PROPOSED and not criteria.missing_sides
        case "withdraw":
            return criteria.state == State.PROPOSED
    side = step.name.removeprefix("sign-")
    has_signed = any(row.side == side or row.user_id == user.pk for row in signatures)
    return criteria.state == State.PROPOSED and not has_signed


def _consequences_of_publishing(criteria: Criteria, user: User, *, now: datetime) -> list[str]:
    leads = Lead.objects.count()
    retired = [
        _("Version %(number)d is retired. Leads that became an MQL by it keep the record of why.") % {"number": number}
        for number in Criteria.objects.filter(state=State.PUBLISHED).values_list("number", flat=True)
    ]
    rescored = ngettext(
        "%(leads)s lead is scored again, in the background.",
        "%(leads)s leads are scored again, in the background.",
        leads,
    ) % {"leads": number(leads)}
    answer = best_known(criteria, leads=leads, now=now) if criteria.state == State.PROPOSED else None
    return [
        *retired,
        rescored,
        _("Leads that reach %(threshold)s points and meet its conditions become MQLs and go to sales.")
        % {"threshold": number(criteria.threshold)},
        *(foretold(answer) if answer else []),
        _("Leads that are here already and qualify only because of it wait for their turn, best first, some a day."),
        *(arrivals.told(answer, user, now=now) if answer else []),
        *_fast_tracks(criteria),
        _("From then on version %(number)d never changes.") % {"number": criteria.number},
    ]


def _fast_tracks(criteria: Criteria) -> list[str]:
    """Since when fast tracks count, and which of them count however long ago a lead did that."""
    fast = list(criteria.rules.filter(is_enabled=True, gate=Gate.FAST_TRACK))
    endless = [rule.name for rule in fast if rule.kind == Rule.Kind.BEHAVIOUR and rule.within_days is None]
    sentence = fast_track_sentence(criteria, has_fast_track=bool(fast))
    if not sentence or not criteria.fast_track_counts_past:
        return [sentence] if sentence else []
    return [
        sentence,
        *(
            _("“%(rule)s” is a fast track without a limit in days: whoever did that long ago comes first too.")
            % {"rule": rule}
            for rule in endless
        ),
    ]


def _consequences_of_withdrawing(criteria: Criteria) -> list[str]:
    void = [
        _("The signature of %(name)s for %(side)s is void. A comment says so.")
        % {"name": signature.user, "side": signature.get_side_display()}
        for signature in criteria.signatures.all()
    ]
    return [
        _("Version %(number)d is a draft again. What it says stays as it is.") % {"number": criteria.number},
        *void,
        _("Nothing changes for leads or sales."),
    ]


def _copied(criteria: Criteria) -> str:
    rules = criteria.rules.count()
    return ngettext(
        "The draft starts with the sentence, the threshold and the %(rules)d rule of version %(number)d.",
        "The draft starts with the sentence, the threshold and the %(rules)d rules of version %(number)d.",
        rules,
    ) % {"rules": rules, "number": criteria.number}
