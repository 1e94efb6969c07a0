"""What a submission says, read from what was sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.datastructures import MultiValueDict

from capture.models import Form, FormField, Submission
from capture.web_forms.askables import field_name
from capture.web_forms.question_form import QuestionForm, questions_of_keys


@dataclass(slots=True)
class Reading:
    """What was said, or what is wrong with it."""

    # By key of what was asked.
    answers: dict[str, Any]
    consents: list[dict[str, Any]]
    # By name of the field; empty: it can be taken.
    problems: dict[str, list[str]]
    # Of what was left out because it could not be used, where the rest can.
    left_out: dict[str, list[str]] = field(default_factory=dict)
    # The page with what was written, to be corrected.
    question_form: QuestionForm | None = None


def read(form: Form, questions: Sequence[FormField], submission: Submission) -> Reading:
    """From the form's own page everything has to be right. What another page posts is used as far as it can be."""
    if submission.came_by != Submission.CameBy.POST:
        bound = QuestionForm(asked_among(questions, submission.raw), MultiValueDict(submission.raw))
        is_right = bound.is_valid()
        return Reading(
            bound.answers() if is_right else {},
            bound.consents() if is_right else [],
            bound.problems(),
            question_form=bound,
        )
    return _lenient(form, questions, submission.raw)


def asked_among(questions: Sequence[FormField], raw: Mapping[str, Sequence[str]]) -> list[FormField]:
    """Those that were asked this time: all that are asked always, and of the queue those the page had."""
    asked = set(raw.get("_asked", [""])[-1].split(" "))
    return [question for question in questions if not question.is_queued or question.name in asked]


def values_by_key(form: Form, raw: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """What another page sent, under the keys of what is asked; its own names are mapped."""
    values = {name: list(sent) for name, sent in raw.items()}
    values |= {field_name(key): list(raw[name]) for name, key in form.mapping.items() if name in raw}
    return values


def _lenient(form: Form, questions: Sequence[FormField], raw: Mapping[str, Sequence[str]]) -> Reading:
    values = values_by_key(form, raw)
    own = [one for one in questions if one.name in values]
    more = questions_of_keys(key for key in dict.fromkeys(form.mapping.values()) if key not in {o.ask for o in own})
    asked = [*own, *more]
    if not any(question.ask == "email" for question in asked):
        asked += questions_of_keys(["email"])
    for question in asked:
        question.is_required = question.ask == "email"
    bound = QuestionForm(asked, MultiValueDict(values))
    if bound.is_valid():
        return Reading(bound.answers(), bound.consents(), {})
    problems = bound.problems()
    if "email" in problems:
        return Reading({}, [], {"email": problems["email"]})
    return Reading(bound.answers(), bound.consents(), {}, left_out=problems)
