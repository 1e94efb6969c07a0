"""One version as people read it: the sentence, the bar, the rules in words, who signed."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scoring.criteria import rule_words
from scoring.criteria.content import promised
from scoring.criteria.terms import Term, terms_changed, terms_now
from scoring.models import Criteria, Gate, Rule, Signature


@dataclass(frozen=True, kw_only=True)
class Line:
    """One rule: its name, when it matches, what that is worth and what else it means."""

    rule: Rule
    name: str
    condition: str
    worth: str
    effect: str


@dataclass(frozen=True, kw_only=True)
class Group:
    title: str | Promise
    lines: list[Line]


@dataclass(frozen=True, kw_only=True)
class Agreement:
    criteria: Criteria
    groups: list[Group]
    bars: list[str]
    needed: list[str]
    # Since when a fast track counts; empty without one.
    fast_track: str
    signatures: list[Signature]
    # What is promised beside the rules: as it was proposed, of a draft as it holds now.
    terms: list[Term]
    # Of what was proposed: what holds no longer, and what holds instead.
    terms_gone: list[Term]
    terms_new: list[Term]

    @property
    def rule_count(self) -> int:
        """Of the rules in use."""
        return sum(line.rule.is_enabled for group in self.groups for line in group.lines)

    @property
    def unused_count(self) -> int:
        return sum(not line.rule.is_enabled for group in self.groups for line in group.lines)


TITLES: dict[str, str | Promise] = {
    Rule.Kind.BEHAVIOUR: gettext_lazy("What they do"),
    Rule.Kind.FIT: gettext_lazy("Who they are"),
    Rule.Kind.COMBINATION: gettext_lazy("What comes together"),
}


def describe(criteria: Criteria) -> Agreement:
    """The version in words. Read by `content.with_content` it costs no query but those of what is promised now."""
    lines: dict[str, list[Line]] = {kind: [] for kind in TITLES}
    now = [] if criteria.state == Criteria.State.RETIRED else terms_now()
    signed = promised(criteria)
    gone, new = terms_changed(signed, now) if signed and now else ([], [])
    for rule in criteria.rules.all():
        lines[rule.kind].append(_line(rule))
    return Agreement(
        criteria=criteria,
        groups=[Group(title=TITLES[kind], lines=texts) for kind, texts in lines.items() if texts],
        bars=[rule_words.bar_sentence(bar) for bar in criteria.source_bars.all()],
        needed=rule_words.field_labels(criteria.required_fields),
        fast_track=fast_track_sentence(criteria),
        signatures=list(criteria.signatures.all()),
        terms=signed or now,
        terms_gone=gone,
        terms_new=new,
    )


def fast_track_sentence(criteria: Criteria) -> str:
    """Since when its fast track counts; empty where no rule in use is one."""
    has_one = any(rule.is_enabled and rule.gate == Gate.FAST_TRACK for rule in criteria.rules.all())
    return rule_words.fast_track_sentence(criteria, has_fast_track=has_one)


def _line(rule: Rule) -> Line:
    condition = rule_words.rule_condition(rule)
    return Line(
        rule=rule,
        name=_(rule.name),  # the names of the shipped example are translated, others are as they were typed
        condition=condition[:1].upper() + condition[1:],
        worth=rule_words.rule_worth(rule),
        effect=str(rule_words.GATES.get(rule.gate, "")),
    )
