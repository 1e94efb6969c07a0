"""Forms are made and changed here: by pages, in whatever way they ask."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.forms import ModelForm
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.models import User
from capture.models import Form, FormField
from capture.web_forms.askables import askables

# What a new form asks; the address has to be told.
FIRST_ASKED: Final = ("email", "first_name", "last_name", "company")
MOST_QUESTIONS: Final = 50


class TooManyQuestions(ValueError):
    """The form asks as much as a form may; the message says so."""


def access_form(public_id: uuid.UUID) -> Form:
    """The form, or 404. Who may see one form may see all."""
    return get_object_or_404(Form.objects.select_related("asset", "created_by"), public_id=public_id)


@transaction.atomic
def create(form: Form, *, actor: User, now: datetime) -> Form:
    """Stores a new form, with the questions nearly every form asks."""
    form.created_by, form.created_at, form.changed_at = actor, now, now
    form.save()
    known = askables()
    FormField.objects.bulk_create(
        FormField(form=form, position=position, ask=key, label=str(known[key].label), is_required=key == "email")
        for position, key in enumerate(FIRST_ASKED)
    )
    return form


@transaction.atomic
def duplicate(form: Form, *, actor: User, now: datetime) -> Form:
    """A form that asks and does the same, under a name and an address of its own. It has no submissions."""
    questions = list(form.form_fields.all())
    copy = Form.objects.get(pk=form.pk)
    copy.pk, copy._state.adding, copy.public_id = None, True, uuid.uuid4()  # noqa: SLF001 (Django's way to copy a row)
    copy.name = _("Copy of %(name)s")[:90] % {"name": form.name[:80]}
    copy.created_by, copy.created_at, copy.changed_at, copy.archived_at = actor, now, now, None
    copy.save()
    for question in questions:
        question.pk, question._state.adding, question.form = None, True, copy  # noqa: SLF001
    FormField.objects.bulk_create(questions)
    return copy


def archive(form: Form, *, now: datetime) -> None:
    """It takes nothing any more; what it took stays."""
    Form.objects.filter(pk=form.pk, archived_at=None).update(archived_at=now, changed_at=now)


def reopen(form: Form, *, now: datetime) -> None:
    """It takes submissions again."""
    Form.objects.filter(pk=form.pk).update(archived_at=None, changed_at=now)


@transaction.atomic
def add_question(question: FormField, *, form: Form, now: datetime) -> None:
    """Puts the question behind all others. Raises TooManyQuestions, and IntegrityError where it is asked already."""
    questions = _locked_questions(form)
    if len(questions) >= MOST_QUESTIONS:
        raise TooManyQuestions(_("A form asks at most %(count)s questions.") % {"count": MOST_QUESTIONS})
    question.form, question.position = form, len(questions)
    question.save()
    touch(form, now=now)


@transaction.atomic
def remove_question(question: FormField, *, now: datetime) -> None:
    """The address stays: without it nobody is known."""
    if question.ask != "email":
        question.delete()
        touch(question.form, now=now)


@transaction.atomic
def move(question: FormField, *, by: int, now: datetime) -> None:
    """Moves it so many places down, or up where `by` is negative; beyond the ends nothing happens."""
    order = [one.pk for one in _locked_questions(question.form)]
    if question.pk not in order:
        return
    place = order.index(question.pk)
    order.insert(min(max(place + by, 0), len(order) - 1), order.pop(place))
    _put_in_order(question.form, order, now=now)


@transaction.atomic
def set_order(form: Form, order: Sequence[int], *, now: datetime) -> None:
    """Puts these questions into this order; others of the form stand behind them, foreign ones are passed over."""
    there = [one.pk for one in _locked_questions(form)]
    first = [pk for pk in dict.fromkeys(order) if pk in there]
    _put_in_order(form, [*first, *(pk for pk in there if pk not in first)], now=now)


def set_mapping(form: Form, mapping: dict[str, str], *, now: datetime) -> None:
    """{name that another page posts: key of what it is}."""
    Form.objects.filter(pk=form.pk).update(mapping=mapping, changed_at=now)


def save_part(part: ModelForm[Form], *, now: datetime) -> None:
    """Stores what this part of the page asked about; what others change of the form meanwhile stays."""
    form = part.save(commit=False)
    form.changed_at = now
    form.save(update_fields=[*(part._meta.fields or ()), "changed_at"])  # noqa: SLF001 (Django's way to the fields)


def touch(form: Form, *, now: datetime) -> None:
    """Something of it changed."""
    Form.objects.filter(pk=form.pk).update(changed_at=now)


def _locked_questions(form: Form) -> list[FormField]:
    """The questions, while nobody else orders them."""
    Form.objects.select_for_update().get(pk=form.pk)
    return list(form.form_fields.all())


def _put_in_order(form: Form, order: Sequence[int], *, now: datetime) -> None:
    questions = {one.pk: one for one in form.form_fields.all()}
    for position, pk in enumerate(order):
        questions[pk].position = position
    FormField.objects.bulk_update(questions.values(), ["position"])
    touch(form, now=now)
