"""Forms made in the product: the list, their questions, settings, and what stands on a website."""

import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import EDITING
from capture.forms.web_forms import (
    MappingForm,
    NewFormForm,
    NewQuestionForm,
    PostsForm,
    QuestionSettingsForm,
    SettingsForm,
)
from capture.models import Form, FormField
from capture.models.web_forms import CONSENT
from capture.web_forms import editing
from capture.web_forms.askables import askables
from capture.web_forms.editing import access_form
from capture.web_forms.mapping import sent_names
from capture.web_forms.needed import needed_before_a_call
from capture.web_forms.question_form import QuestionForm
from capture.web_forms.statistics import figures_of
from capture.web_forms.taking import questions
from leads.models import Purpose
from lib import clock
from lib.page_sizes import FORM_LIST_ROWS
from lib.pages import page_of

may_make_forms = role_required(*EDITING)


@require_safe
@may_make_forms
def form_list(request: SignedInRequest) -> HttpResponse:
    """All forms, those in use first, with what came of each."""
    forms = Form.objects.order_by(F("archived_at").asc(nulls_first=True), "name", "pk")
    page = page_of(request, forms, FORM_LIST_ROWS)
    figures = figures_of([form.pk for form in page.object_list])
    rows = [{"form": form, "figures": figures[form.pk]} for form in page.object_list]
    return render(request, "capture/web_forms/editor/list.html", {"title": _("Forms"), "page": page, "rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@may_make_forms
def form_new(request: SignedInRequest) -> HttpResponse:
    """A new form, with the questions nearly every form asks."""
    new_form = NewFormForm(request.POST or None)
    if request.method == "POST" and new_form.is_valid():
        form = editing.create(new_form.save(commit=False), actor=request.user, now=clock.now())
        return redirect("forms:questions", form.public_id)
    context = {"title": _("New form"), "new_form": new_form}
    return render(request, "capture/web_forms/editor/new.html", context, status=422 if new_form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@may_make_forms
def form_questions(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """The questions in their order, with the form as people see it; a post adds one."""
    form = access_form(public_id)
    asked = questions(form)
    add_form = NewQuestionForm(request.POST or None, asked=asked)
    if request.method == "POST" and add_form.is_valid():
        try:
            question = _new_question(form, add_form.cleaned_data["ask"])
        except editing.TooManyQuestions as problem:
            add_form.add_error("ask", str(problem))
        except IntegrityError:
            add_form.add_error("ask", _("The form asks this already."))
        else:
            return redirect("forms:question", form.public_id, question.pk)
    context = {
        **form_head(form, "questions"),
        "questions": _described(asked),
        "add_form": add_form,
        "preview": QuestionForm(asked, auto_id="preview_%s"),
    }
    return render(request, "capture/web_forms/editor/questions.html", context, status=422 if add_form.errors else 200)


def _new_question(form: Form, ask: str) -> FormField:
    """Raises TooManyQuestions and IntegrityError."""
    about = askables().get(ask)
    question = FormField(ask=ask, label=str(about.label) if about else _("Consent"))
    if ask == CONSENT:
        purpose = Purpose.objects.order_by("-is_contact", "position", "pk")[0]
        question.purpose, question.consent_text = purpose.key, purpose.wording
    with transaction.atomic():
        editing.add_question(question, form=form, now=clock.now())
    return question


def _described(asked: list[FormField]) -> list[dict[str, Any]]:
    """Each question with what it is about, and whether it can go up or down."""
    known, needed = askables(), needed_before_a_call()
    last = len(asked) - 1
    return [
        {
            "question": one,
            "about": _("Consent") if one.is_consent else known[one.ask].label if one.ask in known else one.ask,
            "may_go_up": place > 0,
            "may_go_down": place < last,
            "may_go": one.ask != "email",
            "is_needed": one.ask in needed,
        }
        for place, one in enumerate(asked)
        if one.pk
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@may_make_forms
def form_question(request: SignedInRequest, public_id: uuid.UUID, pk: int) -> HttpResponse:
    """One question: its words, its choices, whether it must be answered."""
    form, question = _access_question(public_id, pk)
    question_form = QuestionSettingsForm(request.POST or None, instance=question)
    if request.method == "POST" and question_form.is_valid():
        question_form.save()
        editing.touch(form, now=clock.now())
        return redirect("forms:questions", form.public_id)
    context = {**form_head(form, "questions"), "question": question, "question_form": question_form}
    status = 422 if question_form.errors else 200
    return render(request, "capture/web_forms/editor/question.html", context, status=status)


@require_POST
@may_make_forms
def question_move(request: SignedInRequest, public_id: uuid.UUID, pk: int) -> HttpResponse:
    """One place up or down."""
    form, question = _access_question(public_id, pk)
    editing.move(question, by=-1 if request.POST.get("to") == "up" else 1, now=clock.now())
    return redirect(f"{reverse('forms:questions', args=[form.public_id])}#question-{question.pk}")


@require_POST
@may_make_forms
def question_remove(request: SignedInRequest, public_id: uuid.UUID, pk: int) -> HttpResponse:
    form, question = _access_question(public_id, pk)
    editing.remove_question(question, now=clock.now())
    return redirect("forms:questions", form.public_id)


@require_POST
@may_make_forms
def question_order(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """The order after something was dragged."""
    form = access_form(public_id)
    order = [int(text) for text in request.POST.getlist("question") if text.isascii() and text.isdigit()]
    editing.set_order(form, order[: editing.MOST_QUESTIONS], now=clock.now())
    return redirect("forms:questions", form.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@may_make_forms
def form_settings(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Words, what happens afterwards, what is checked, and how it looks."""
    form = access_form(public_id)
    settings_form = SettingsForm(request.POST or None, instance=form)
    if request.method == "POST" and settings_form.is_valid():
        editing.save_part(settings_form, now=clock.now())
        return redirect("forms:settings", form.public_id)
    context = {**form_head(access_form(public_id), "settings"), "settings_form": settings_form}
    status = 422 if settings_form.errors else 200
    return render(request, "capture/web_forms/editor/settings.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@may_make_forms
def form_website(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """How it comes onto a website: a link, or the address for a form that is there already, with its names."""
    form = access_form(public_id)
    names = sent_names(form)
    is_of_names = request.POST.get("part") == "names"
    posts_form = PostsForm(None if is_of_names else request.POST or None, instance=form)
    mapping_form = MappingForm(request.POST if is_of_names else None, names=names)
    if request.method == "POST" and _save(form, mapping_form if is_of_names else posts_form):
        return redirect("forms:website", form.public_id)
    context = {
        **form_head(access_form(public_id), "website"),
        "posts_form": posts_form,
        "mapping_form": mapping_form,
        "names": names,
        "address": request.build_absolute_uri(reverse("public_forms:page", args=[form.public_id])),
        "origin": request.build_absolute_uri("/").rstrip("/"),
        "snippet": _snippet(request, form),
    }
    status = 422 if posts_form.errors or mapping_form.errors else 200
    return render(request, "capture/web_forms/editor/website.html", context, status=status)


def _snippet(request: SignedInRequest, form: Form) -> str:
    """What is put into a page; shown as text."""
    script, page = (
        request.build_absolute_uri(reverse(f"public_forms:{name}", args=[form.public_id])) for name in ("embed", "page")
    )
    link = f'<noscript><a href="{page}">{escape(form.title)}</a></noscript>'
    return f'<script src="{script}" async></script>\n{link}'


def _save(form: Form, part: PostsForm | MappingForm) -> bool:
    """Keeps what a part of the page says; False: something in it is wrong."""
    if not part.is_valid():
        return False
    if isinstance(part, MappingForm):
        editing.set_mapping(form, part.mapping(), now=clock.now())
    else:
        editing.save_part(part, now=clock.now())
    return True


@require_POST
@may_make_forms
def form_duplicate(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    copy = editing.duplicate(access_form(public_id), actor=request.user, now=clock.now())
    return redirect("forms:settings", copy.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@may_make_forms
def form_archive(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Asks first; then it takes nothing any more. What it took stays."""
    form = access_form(public_id)
    if request.method == "POST":
        editing.archive(form, now=clock.now())
        return redirect("forms:list")
    context = {**form_head(form, ""), "title": _("Archive a form")}
    return render(request, "capture/web_forms/editor/archive.html", context)


@require_POST
@may_make_forms
def form_reopen(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    form = access_form(public_id)
    editing.reopen(form, now=clock.now())
    return redirect("forms:questions", form.public_id)


def _access_question(public_id: uuid.UUID, pk: int) -> tuple[Form, FormField]:
    form = access_form(public_id)
    return form, get_object_or_404(FormField, form=form, pk=pk)


def form_head(form: Form, tab: str) -> dict[str, Any]:
    """What all pages of one form show above: its name, its parts, and its figures."""
    figures = figures_of([form.pk])[form.pk]
    names = [
        ("questions", _("Questions"), None),
        ("settings", _("Settings"), None),
        ("website", _("On your website"), None),
        ("submissions", _("Submissions"), figures.submissions + figures.aside + figures.unconfirmed),
    ]
    tabs = [
        {
            "label": label,
            "url": reverse(f"forms:{name}", args=[form.public_id]),
            "is_current": name == tab,
            "count": count,
        }
        for name, label, count in names
    ]
    return {"title": form.name, "form": form, "tabs": tabs, "figures": figures}
