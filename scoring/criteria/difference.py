"""What one version says that another does not, in sentences.

Rules and bars of two versions are the same thing when they look at the same, else when they have the same name. Where
several look at the same, one that counts and is worth the same is the same, whatever it is called now.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lib.folding import fold
from lib.numbers import number
from scoring.criteria import rule_words
from scoring.lint.overlap import filter_of, looks_at
from scoring.models import Criteria, Rule, SourceBar
from scoring.registry.operators import OPERATORS, Operator, alike

Row = TypeVar("Row")


@dataclass(frozen=True, kw_only=True)
class RuleWords:
    """A rule that is in one version only, or what changed of one that is in both."""

    name: str
    sentences: list[str]


@dataclass(kw_only=True)
class Difference:
    """What is so in `new` and not in `old`."""

    old: Criteria
    new: Criteria
    # The sentence as it was and as it is, when it is another one.
    sentences: tuple[str, str] | None = None
    conditions: list[str] = field(default_factory=list)
    added: list[RuleWords] = field(default_factory=list)
    removed: list[RuleWords] = field(default_factory=list)
    changed: list[RuleWords] = field(default_factory=list)
    bars: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.sentences or self.conditions or self.added or self.removed or self.changed or self.bars)


def difference(*, old: Criteria, new: Criteria) -> Difference:
    """What changed from one version to the other; it costs no query when both were read by `content.with_content`."""
    result = Difference(old=old, new=new, conditions=_conditions(old, new), bars=_bars(old, new))
    if old.sentence.strip() != new.sentence.strip():
        result.sentences = old.sentence, new.sentence
    pairs = paired(
        list(old.rules.all()), list(new.rules.all()), _asks_and_name, _all_but_name, _counts, looks_at, _name
    )
    for was, now_is in pairs:
        if was is None and now_is is not None:
            result.added.append(RuleWords(name=now_is.name, sentences=_whole(now_is)))
        elif now_is is None and was is not None:
            result.removed.append(RuleWords(name=was.name, sentences=_whole(was)))
        elif was and now_is and (changes := rule_changes(was, now_is)):
            result.changed.append(RuleWords(name=now_is.name, sentences=changes))
    if _is_reordered(pairs):
        result.conditions.append(_("The rules stand in another order."))
    return result


def paired(
    old: Sequence[Row], new: Sequence[Row], *keys: Callable[[Row], Hashable]
) -> list[tuple[Row | None, Row | None]]:
    """Rows of the one list beside rows of the other: by the first key, those left by the second, and so on.

    In the order of the new list; what only the old one has comes last.
    """
    left = list(range(len(old)))
    partner: dict[int, int] = {}
    for key in keys:
        asked = {number: key(old[number]) for number in left}
        for place, row in enumerate(new):
            if place not in partner:
                this = key(row)
                same = next((number for number in left if asked[number] == this), None)
                if same is not None:
                    partner[place] = same
                    left.remove(same)
    beside = [(old[partner[place]] if place in partner else None, row) for place, row in enumerate(new)]
    return [*beside, *((old[number], None) for number in left)]


# --- rules ----------------------------------------------------------------------------------------------


def rule_changes(old: Rule, new: Rule) -> list[str]:
    """What is different of a rule that is in both versions, a sentence each."""
    changes = []
    if old.name != new.name:
        changes.append(_("It was called “%(old)s” before.") % {"old": old.name})
    if old.is_enabled != new.is_enabled:
        changes.append(_("It is in use.") if new.is_enabled else _("It is not in use any more."))
    changes += _asks_differently(old, new)
    if old.points != new.points:
        changes.append(
            _("It is worth %(new)s instead of %(old)s.")
            % {"new": rule_words.points_words(new.points), "old": number(old.points)}
        )
    if new.kind == Rule.Kind.BEHAVIOUR:
        changes += _counts_differently(old, new)
    if old.gate != new.gate:
        changes.append(
            _("A match means “%(new)s” instead of “%(old)s”.")
            % {"new": new.get_gate_display(), "old": old.get_gate_display()}
        )
    return changes


def _asks_differently(old: Rule, new: Rule) -> list[str]:
    """Another condition: other activities, another field or value, other rules that have to match."""
    if new.kind == Rule.Kind.BEHAVIOUR:
        if filter_of(old) == filter_of(new):
            return []
        return [_instead(rule_words.behaviour_filter(old), rule_words.behaviour_filter(new))]
    if looks_at(old) == looks_at(new):
        return []
    operator = OPERATORS.get(new.operator) if new.kind == Rule.Kind.FIT else None
    if operator and operator.is_list and (old.field, old.operator) == (new.field, new.operator):
        return _values(operator, old, new)
    was, now_is = rule_words.rule_condition(old), rule_words.rule_condition(new)
    # A combination of the same names, of which one asks for something else: that rule's own change says so.
    return [] if was == now_is and new.kind == Rule.Kind.COMBINATION else [_instead(was, now_is)]


def _values(operator: Operator, old: Rule, new: Rule) -> list[str]:
    """Values that came to a list and that went from it."""
    before, after = alike(old.values), alike(new.values)
    came = [value for value in new.values if fold(str(value)) not in before]
    gone = [value for value in old.values if fold(str(value)) not in after]
    told = ((operator.came, came), (operator.gone, gone))
    return [
        str(sentence) % {"values": rule_words.values_words(rule_words.field_words(new.field, values))}
        for sentence, values in told
        if values
    ]


def _counts_differently(old: Rule, new: Rule) -> list[str]:
    """Another count, step, limit or fading."""
    changes = []
    if old.measure != new.measure:
        changes.append(
            _("It counts %(new)s instead of %(old)s.")
            % {"new": new.get_measure_display(), "old": old.get_measure_display()}
        )
    for sentence, was, now_is in (
        (_("A match for every %(new)s instead of every %(old)s."), old.at_least, new.at_least),
        (_("At most %(new)s matches instead of %(old)s."), old.max_times, new.max_times),
    ):
        if was != now_is:
            changes.append(sentence % {"new": number(now_is), "old": number(was)})
    return [*changes, *_fades_differently(old, new)]


def _fades_differently(old: Rule, new: Rule) -> list[str]:
    days = {"new": number(new.half_life_days), "old": number(old.half_life_days)}
    match old.half_life_days, new.half_life_days:
        case before, after if before == after:
            return []
        case None, _after:
            return [_("It fades: it halves every %(new)s days.") % days]
        case _before, None:
            return [_("It no longer fades; it halved every %(old)s days.") % days]
    return [_("It halves every %(new)s days instead of every %(old)s.") % days]


def _instead(old: str, new: str) -> str:
    return _("It matches when %(new)s, no longer when %(old)s.") % {"new": new, "old": old}


def _whole(rule: Rule) -> list[str]:
    """A rule of one version only, as one reads it."""
    return [rule_words.rule_sentence(rule), *([] if rule.is_enabled else [_("It is not in use.")])]


def _name(rule: Rule) -> Hashable:
    return rule.kind, fold(rule.name)


def _asks_and_name(rule: Rule) -> Hashable:
    return looks_at(rule), fold(rule.name)


def _counts(rule: Rule) -> Hashable:
    return looks_at(rule), rule.at_least, rule.max_times, rule.half_life_days


def _all_but_name(rule: Rule) -> Hashable:
    return _counts(rule), rule.points, rule.gate


def _is_reordered(pairs: list[tuple[Rule | None, Rule | None]]) -> bool:
    before = [(was.position, was.pk) for was, now_is in pairs if was and now_is]
    return before != sorted(before)


# --- the rest -------------------------------------------------------------------------------------------

LIMITS: Final[tuple[tuple[str, str | Promise], ...]] = (
    ("threshold", gettext_lazy("%(new)s points make an MQL instead of %(old)s.")),
    ("fit_cap", gettext_lazy("The most points for fit: %(new)s instead of %(old)s.")),
    ("engagement_cap", gettext_lazy("The most points for engagement: %(new)s instead of %(old)s.")),
    ("minimum_behaviours", gettext_lazy("Different behaviours needed: %(new)s instead of %(old)s.")),
)


def _conditions(old: Criteria, new: Criteria) -> list[str]:
    """Threshold, caps, behaviours needed, and fields needed before sales may call."""
    changes = [
        str(sentence) % {"new": _limit(getattr(new, name)), "old": _limit(getattr(old, name))}
        for name, sentence in LIMITS
        if getattr(new, name) != getattr(old, name)
    ]
    if new.fast_track_counts_past != old.fast_track_counts_past:
        changes.append(rule_words.fast_track_sentence(new, has_fast_track=True))
    came = [key for key in new.required_fields if key not in old.required_fields]
    gone = [key for key in old.required_fields if key not in new.required_fields]
    told = (
        (_("Before sales may call, this has to be known as well: %(fields)s."), came),
        (_("Before sales may call, this need not be known any more: %(fields)s."), gone),
    )
    return changes + [
        sentence % {"fields": ", ".join(rule_words.field_labels(keys))} for sentence, keys in told if keys
    ]


def _bars(old: Criteria, new: Criteria) -> list[str]:
    """Higher bars that came, went, or ask for something else."""
    changes = []
    for was, now_is in paired(list(old.source_bars.all()), list(new.source_bars.all()), _bar_content, _bar_source):
        if was is None and now_is is not None:
            changes.append(_("New: %(sentence)s") % {"sentence": rule_words.bar_sentence(now_is)})
        elif now_is is None and was is not None:
            changes.append(_("No longer: %(sentence)s") % {"sentence": rule_words.bar_sentence(was)})
        elif was and now_is and _bar_content(was) != _bar_content(now_is):
            parts = {"new": rule_words.bar_sentence(now_is), "old": rule_words.bar_sentence(was)}
            changes.append(_("%(new)s Before: %(old)s") % parts)
    return changes


def _bar_source(bar: SourceBar) -> Hashable:
    return bar.channel_id, bar.campaign_id


def _bar_content(bar: SourceBar) -> Hashable:
    return _bar_source(bar), bar.extra_points, bar.expires_at


def _limit(value: int | None) -> str:
    return _("no limit") if value is None else number(value)
