"""Who gets the next lead: by rule, then the least loaded of those who are in.

The first rule in use that matches the lead and names somebody who is in decides; then everybody who is in. A lead
that goes on after somebody did not answer, or that came to the wrong rep, goes to nobody who had it before: to another
rep, else to a manager, else to whom the pass policy names.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import ROLES, SALES_MANAGER
from handoff.event_kinds import REASSIGNED
from handoff.models import MOST_HOPS, OPEN, Handoff, PassPolicy, State
from handoff.routing.availability import RepAvailability, availability_of_reps, reps_in, running
from handoff.routing.least_loaded import least_loaded
from handoff.routing.rules import Facts, Rule, facts_of, rules_in_use, why_not
from leads.models import LeadEvent

__all__ = [
    "Choice",
    "Decision",
    "Verdict",
    "choose",
    "choose_instead",
    "fallback_for",
    "had_it",
    "manager_for",
    "reps_in",
    "weigh",
]

LONGEST: Final = 300  # characters of Handoff.routed_because


@dataclass(frozen=True, slots=True)
class Choice:
    """Who gets the lead, why in a sentence, and whether anybody may take it first."""

    user: User
    because: str
    is_shared: bool = False
    to_manager: bool = False  # or to whom the pass policy names: from there it does not go on by itself


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one rule: why it does not match (empty: it does), and who of those it names could be chosen.

    `is_owner`: that is the owner of the company, and nobody else is asked.
    """

    rule: Rule
    why_not: str
    among: tuple[RepAvailability, ...]
    is_owner: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """Every rule with its verdict, the one that decided (None: no rule), among whom, and who it is (None: nobody)."""

    verdicts: tuple[Verdict, ...]
    deciding: Verdict | None
    among: tuple[RepAvailability, ...]
    availability: RepAvailability | None

    @property
    def is_shared(self) -> bool:
        """Whether the deciding rule lets anybody take it."""
        return self.deciding is not None and self.deciding.rule.row.is_shared

    def because(self) -> str:
        """Why it is this person, in words that name nobody: the person reads them too."""
        if self.availability is None:
            return ""
        if self.deciding and self.deciding.is_owner:
            names = {"rule": self.deciding.rule.row.name}
            return _("The rule “%(rule)s” decides: who looks after the company has its leads.") % names
        return f"{self._by_what()} {self._among_whom(self.availability)}".strip()

    def _by_what(self) -> str:
        if self.deciding:
            return _("The rule “%(rule)s” decides.") % {"rule": self.deciding.rule.row.name}
        matched = any(not verdict.why_not for verdict in self.verdicts)
        return _("None of the people a matching rule names is in.") if matched else ""

    def _among_whom(self, availability: RepAvailability) -> str:
        if len(self.among) == 1:
            sentence = _("Only one rep is in, with %(open)d open of %(capacity)d.")
        else:
            sentence = _(
                "Of the %(count)d reps who are in the least loaded has it, with %(open)d open of %(capacity)d."
            )
        return sentence % {
            "count": len(self.among),
            "open": availability.open,
            "capacity": availability.capacity,
        }


def choose(handoff: Handoff, *, now: datetime) -> Choice | None:
    """Who gets this handoff, which is ready to be passed. None: nobody; it stays ready, which is marketing's.

    Call it in the transaction that passes the lead, after all its lead locks: it holds the pass policy until the
    commit, so that of two passes at once the second counts the first and a burst is spread fairly.
    """
    policy = PassPolicy.locked()
    passed_over = had_it(handoff) if handoff.follows_id else frozenset[int]()
    if handoff.origin == Handoff.Origin.ESCALATED:
        choice = manager_for(handoff, besides=passed_over, now=now)
    else:
        choice = _rep_for(handoff, besides=passed_over, now=now)
        if choice is None and handoff.follows_id:
            choice = manager_for(handoff, besides=passed_over, now=now)
    return choice or fallback_for(policy, besides=passed_over, now=now)


def choose_instead(handoff: Handoff, *, now: datetime) -> Choice | None:
    """Who gets this handoff now that its holder cannot answer; None: nobody who did not have it before.

    What was accepted goes to a manager, and so does what has gone from rep to rep as often as it may, this time
    included; else to a rep, by the rules. Locks as `choose` does.
    """
    policy = PassPolicy.locked()
    passed_over = had_it(handoff)
    choice = None
    if handoff.state == State.WAITING and handoff.hops + 1 < MOST_HOPS:
        choice = _rep_for(handoff, besides=passed_over, now=now)
    return (
        choice
        or manager_for(handoff, besides=passed_over, now=now)
        or fallback_for(policy, besides=passed_over, now=now)
    )


def weigh(facts: Facts, availabilities: Sequence[RepAvailability], rules: Sequence[Rule]) -> Decision:
    """Who of the availabilities, all of them people who are in, gets a lead of which these facts are known."""
    verdicts = tuple(_verdict(rule, facts, availabilities) for rule in rules)
    deciding = next((verdict for verdict in verdicts if verdict.among), None)
    among = deciding.among if deciding else tuple(availabilities)
    return Decision(
        verdicts=verdicts,
        deciding=deciding,
        among=among,
        availability=least_loaded(among, of=availabilities) if among else None,
    )


def had_it(handoff: Handoff) -> frozenset[int]:
    """Whoever held the lead since this run's first handoff, those it was taken from included."""
    chain = {each.pk: each for each in Handoff.objects.filter(lead=handoff.lead_id).defer("receipt")}
    link: Handoff | None = handoff
    holders, public_ids = set[int | None](), list[str]()
    while link is not None:
        holders.add(link.assignee_id)
        public_ids.append(str(link.public_id))
        link = chain.get(link.follows_id) if link.follows_id else None
    moved = LeadEvent.objects.filter(
        lead=handoff.lead_id, kind=REASSIGNED.key, data__handoff__in=public_ids
    ).values_list("data__from", flat=True)
    return frozenset(key for key in {*holders, *moved} if key is not None)


def manager_for(handoff: Handoff, *, besides: Collection[int], now: datetime) -> Choice | None:
    """Whom the policy of the handoff names, else the sales manager with the fewest open leads; nobody who is out."""
    besides = {*besides, *running(now=now).values_list("rep", flat=True)}
    named = handoff.policy.escalate_to
    if named and named.has_role(*ROLES) and named.pk not in besides:
        sentence = _("A manager decides now: the one the policy names.")
        return Choice(named, sentence, to_manager=True)
    theirs = Count("handoffs", filter=Q(handoffs__state__in=OPEN))
    managers = User.objects.filter(pk__in=User.objects.in_role(SALES_MANAGER).values("pk")).exclude(pk__in=besides)
    fewest = managers.annotate(open=theirs).order_by("open", "pk").first()
    if fewest is None:
        return None
    sentence = _("A manager decides now: the one with the fewest open leads.")
    return Choice(fewest, sentence, to_manager=True)


def _verdict(rule: Rule, facts: Facts, availabilities: Sequence[RepAvailability]) -> Verdict:
    """The owner of the company where the rule says so; without them, whom it names; a rule that names nobody: all."""
    if objection := why_not(rule, facts):
        return Verdict(rule, objection, ())
    if rule.row.to_owner:
        owner = tuple(availability for availability in availabilities if availability.user.pk == facts.owner_id)
        if owner or not rule.rep_ids:
            return Verdict(rule, "", owner, is_owner=True)
    return Verdict(
        rule,
        "",
        tuple(
            availability for availability in availabilities if not rule.rep_ids or availability.user.pk in rule.rep_ids
        ),
    )


def _rep_for(handoff: Handoff, *, besides: Collection[int], now: datetime) -> Choice | None:
    """By the rules, of those who are in; without a rule nothing has to be known of the lead."""
    availabilities = [
        availability
        for availability in availability_of_reps(now=now)
        if availability.is_in and availability.user.pk not in besides
    ]
    rules = rules_in_use() if availabilities else []
    with_company_score = any(rule.asks_company_score for rule in rules)
    facts = facts_of(handoff.lead_id, with_company_score=with_company_score) if rules else Facts()
    decision = weigh(facts, availabilities, rules)
    if decision.availability is None:
        return None
    return Choice(decision.availability.user, decision.because()[:LONGEST], decision.is_shared)


def fallback_for(policy: PassPolicy, *, besides: Collection[int], now: datetime) -> Choice | None:
    """Who gets leads while nobody is in: an active person with a role, who is not out."""
    person = policy.fallback
    if person is None or person.pk in besides or not person.has_role(*ROLES):
        return None
    if running(now=now).filter(rep=person.pk).exists():
        return None
    return Choice(person, _("No rep could be chosen; the pass policy says who gets leads then."), to_manager=True)
