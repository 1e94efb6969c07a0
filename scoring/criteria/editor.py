"""A draft as the page on which it is written shows it: sentences, what is wrong with or odd about each, its form."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from scoring.criteria import rule_words
from scoring.criteria.agreement import TITLES, fast_track_sentence
from scoring.criteria.editing import is_new
from scoring.criteria.refusals import problems_by_rule
from scoring.lint.findings import Finding
from scoring.models import Criteria, Rule, SourceBar

ADD: dict[str, str | Promise] = {
    Rule.Kind.BEHAVIOUR: gettext_lazy("Add what they do"),
    Rule.Kind.FIT: gettext_lazy("Add who they are"),
    Rule.Kind.COMBINATION: gettext_lazy("Add a combination"),
}


@dataclass(kw_only=True)
class Sentence:
    """One rule or higher threshold of a draft. `form` where it is open."""

    part: Rule | SourceBar
    text: str
    effect: str = ""
    problems: Sequence[str] = ()
    odd: Sequence[str] = ()
    form: Any = None


@dataclass(kw_only=True)
class Section:
    """The rules of one kind, in their order, and the form of a new one where it is open."""

    kind: str
    title: str | Promise
    add: str | Promise
    sentences: list[Sentence]
    new_form: Any = None


@dataclass(kw_only=True)
class Editor:
    criteria: Criteria
    sections: list[Section]
    bars: list[Sentence]
    # What looks odd about no rule in particular.
    odd: list[str]
    needed: list[str] = field(default_factory=list)
    # Since when a fast track counts; empty without one.
    fast_track: str = ""
    settings_form: Any = None
    new_bar_form: Any = None


def editor_of(criteria: Criteria, odd: Sequence[Finding], *, opened: Any = None) -> Editor:
    """The draft, read by content.with_content, with one part opened at most: its form."""
    problems = problems_by_rule(criteria)
    part = opened.instance if opened is not None else None
    sections = [
        Section(kind=kind, title=title, add=ADD[kind], sentences=[], new_form=_new(opened, kind))
        for kind, title in TITLES.items()
    ]
    of_kind = {section.kind: section.sentences for section in sections}
    for rule in criteria.rules.all():
        of_kind[rule.kind].append(
            Sentence(
                part=rule,
                text=rule_words.rule_text(rule),
                effect=str(rule_words.GATES.get(rule.gate, "")),
                problems=problems.get(rule.pk, ()),
                odd=[finding.sentence for finding in odd if rule.pk in finding.rules],
                form=opened if part == rule else None,
            )
        )
    return Editor(
        criteria=criteria,
        sections=sections,
        bars=[
            Sentence(part=bar, text=rule_words.bar_sentence(bar), form=opened if part == bar else None)
            for bar in criteria.source_bars.all()
        ],
        odd=[finding.sentence for finding in odd if not finding.rules],
        needed=rule_words.field_labels(criteria.required_fields),
        fast_track=fast_track_sentence(criteria),
        settings_form=opened if part == criteria else None,
        new_bar_form=opened if isinstance(part, SourceBar) and is_new(part) else None,
    )


def _new(opened: Any, kind: str) -> Any:
    part = opened.instance if opened is not None else None
    return opened if isinstance(part, Rule) and is_new(part) and part.kind == kind else None
