"""Asking for the demonstration and for its removal, each after it is said what comes or goes."""

from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import ADMINISTRATOR
from config.demo import background, loading, removing
from config.demo.card import card
from config.demo.counted import in_words
from config.demo.password import PASSWORD
from config.demo.team import PEOPLE
from lib import clock
from lib.numbers import number

# Leads and months of the story, by what was chosen.
SIZES: Final = {"small": (300, 6), "whole": (3000, 18)}
# A page answers within a second or two: so many leads are looked at before somebody decides.
TRIED: Final = 3000


class SizeForm(forms.Form):
    """How long a story."""

    size = forms.ChoiceField(
        label=gettext_lazy("How much"),
        choices=[
            ("small", gettext_lazy("300 leads in 6 months, loaded in less than a minute")),
            ("whole", gettext_lazy("3,000 leads in 18 months, loaded in some minutes")),
        ],
        widget=forms.RadioSelect,
        initial="small",
    )


@require_safe
@role_required(ADMINISTRATOR)
def state(request: SignedInRequest) -> HttpResponse:
    """The part of the home page, which asks for itself again while something is being done."""
    now = clock.now()
    return render(request, "config/demo/_card.html", {"card": card(now=now), "now": now})


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(ADMINISTRATOR)
def load(request: SignedInRequest) -> HttpResponse:
    """GET says what comes; POST has it loaded by a worker."""
    form = SizeForm(request.POST or None)
    problem = loading.not_wanted(force=False)
    if request.method == "POST" and form.is_valid():
        leads, months = SIZES[form.cleaned_data["size"]]
        try:
            background.ask_to_load(leads=leads, months=months, actor=request.user, now=clock.now())
        except background.Refused as refused:
            problem = str(refused)
        else:
            messages.info(request, _("The demonstration is being loaded. You may go on working meanwhile."))
            return redirect("home")
    context = {
        "title": _("Load the demonstration"),
        "problem": problem,
        "form": form,
        "question": _("Load a company that never was?"),
        "consequences": _what_comes(),
        "action_url": reverse("demo:load"),
        "action_label": _("Load the demonstration"),
        "danger": False,
    }
    return _ask(request, context, form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(ADMINISTRATOR)
def remove(request: SignedInRequest) -> HttpResponse:
    """GET says what goes and what stays; POST has it removed by a worker."""
    problem = background.why_not_remove(request.user)
    if request.method == "POST":
        try:
            background.ask_to_remove(actor=request.user, now=clock.now())
        except background.Refused as refused:
            problem = str(refused)
        else:
            messages.info(request, _("The demonstration is being removed. You may go on working meanwhile."))
            return redirect("home")
    row = background.current()
    is_here = bool(row and row.is_here) or loading.is_told()
    if not is_here:
        problem = problem or _("There is no demonstration to remove, or it is being loaded or removed right now.")
    context = {
        "title": _("Remove the demonstration"),
        "problem": problem,
        "question": _("Remove the demonstration?"),
        "consequences": [] if problem else _what_goes(),
        "action_url": reverse("demo:remove"),
        "action_label": _("Remove the demonstration"),
        "danger": True,
    }
    return _ask(request, context)


def _ask(request: SignedInRequest, context: dict[str, Any], *, form: forms.Form | None = None) -> HttpResponse:
    is_wrong = request.method == "POST" and (context["problem"] or (form is not None and form.errors))
    status = 409 if is_wrong and context["problem"] else 422 if is_wrong else 200
    return render(request, "config/demo/ask.html", context, status=status)


def _what_comes() -> list[str]:
    people = ngettext("%(count)s person", "%(count)s people", len(PEOPLE)) % {"count": number(len(PEOPLE))}
    sign_in = _("%(people)s of the team, who sign in with the password “%(password)s”.")
    if settings.PUBLIC:
        sign_in = _("%(people)s of the team. Others reach this installation, so nobody can sign in as one of them.")
    return [
        _("Leads with what they read and downloaded, their scores, and what sales made of them, up to now."),
        _("Pages, pieces of content, campaigns and what they cost, three personas and two routing rules."),
        sign_in % {"people": people, "password": PASSWORD},
        _("Nobody is written to. Its leads appear when all of them are there."),
        _("It can be removed again from the home page; what is your own stays."),
    ]


def _what_goes() -> list[str]:
    """Counted on the leads there are; the rest is decided row by row."""
    row = background.current()
    results = in_words(removing.forecast(most=TRIED))
    sentences = [f"{number(count)} {label}." for label, count in (*results["done"], *results["stays"])]
    if (total := removing.total()) > TRIED:
        looked = _("These were counted on the first %(tried)s of %(total)s leads.")
        sentences.append(looked % {"tried": number(TRIED), "total": number(total)})
    people = removing.people()
    leave = ngettext("%(count)s person of its team.", "%(count)s people of its team.", people)
    sentences.append(leave % {"count": number(people)})
    noted = removing.content_of(row.made) if row and row.is_here else 0
    if noted:
        content = _(
            "Of %(count)s pages, pieces of content, campaigns, costs, personas and rules those that nobody has changed "
            "and nothing of yours uses."
        )
        sentences.append(content % {"count": number(noted)})
    else:
        sentences.append(
            _(
                "Its pages, pieces of content, campaigns, costs, personas and rules stay, because it was not noted "
                "which of them it made. They can be removed one by one in the administration."
            )
        )
    return sentences
