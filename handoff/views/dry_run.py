"""Who would get a lead: a question about a lead, or about one that could come. Nothing is passed."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.models import User
from accounts.roles import ADMINISTRATOR, MANAGING, SALES_MANAGER
from handoff.models import Handoff
from handoff.routing.availability import SETTLES_IN, RepAvailability
from handoff.routing.choosing import Verdict
from handoff.routing.dry_run import DryRun, dry_run, dry_run_of
from handoff.routing.rules import Facts
from handoff.views.tabs import tabs
from leads.models import Channel, Lead
from lib import clock
from lib.countries import CountryField
from lib.moments import until_words
from lib.number_fields import WholeNumberField

RECENT: Final = 25


class LeadChoice(forms.ModelChoiceField[Lead]):
    """A lead by its public id, named with its company."""

    def label_from_instance(self, obj: Lead) -> str:
        return f"{obj.name}, {obj.company}" if obj.company else obj.name


class QuestionForm(forms.Form):
    """A lead that exists, or what would be known of one; a lead comes first."""

    lead = LeadChoice(
        label=gettext_lazy("A lead that was handed over lately"),
        queryset=Lead.objects.none(),
        to_field_name="public_id",
        required=False,
        empty_label=gettext_lazy("none of them, but one with"),
        error_messages={"invalid_choice": gettext_lazy("Choose one of the leads in the list.")},
    )
    country = CountryField(label=gettext_lazy("Country"), required=False)
    industry = forms.CharField(label=gettext_lazy("Industry"), required=False, max_length=100)
    employees = WholeNumberField(label=gettext_lazy("Employees"), required=False, min_value=0, max_value=2**31 - 1)
    company_best = WholeNumberField(
        label=gettext_lazy("Best score at its company"), required=False, min_value=0, max_value=2**31 - 1
    )
    company_together = WholeNumberField(
        label=gettext_lazy("Scores at its company together"), required=False, min_value=0, max_value=2**31 - 1
    )
    channel = forms.ModelChoiceField(
        label=gettext_lazy("First channel"),
        queryset=Channel.objects.filter(counts_as=None),
        to_field_name="key",
        required=False,
        empty_label=gettext_lazy("not known"),
        error_messages={"invalid_choice": gettext_lazy("Choose one of the channels in the list.")},
    )

    def __init__(self, data: Mapping[str, object] | None = None, *, leads: QuerySet[Lead]) -> None:
        super().__init__(data)
        self.fields["lead"].queryset = leads  # type: ignore[attr-defined]

    def facts(self) -> Facts:
        """What was filled in; the form is valid."""
        values = self.cleaned_data
        return Facts(
            country=values["country"],
            industry=values["industry"],
            employees=values["employees"],
            channel_id=values["channel"].pk if values["channel"] else None,
            company_best=values["company_best"],
            company_together=values["company_together"],
        )


@require_safe
@role_required(*MANAGING)
def dry_run_page(request: SignedInRequest) -> HttpResponse:
    """The question as a form; with a question in the address the answer below it."""
    now = clock.now()
    form = QuestionForm(request.GET or None, leads=_recent_leads(request.user))
    context: dict[str, object] = {
        "title": _("Who gets a lead"),
        "tabs": tabs("dry_run", request.user),
        "form": form,
        "rules_url": reverse("handoff:rules"),
        "may_change": request.user.has_role(SALES_MANAGER, ADMINISTRATOR),
        "now": now,
    }
    status = 200
    if form.is_bound:
        if form.is_valid():
            lead = form.cleaned_data["lead"]
            answer = dry_run_of(lead, now=now) if lead else dry_run(form.facts(), now=now)
            context |= {"lead": lead, "known": _known(answer.facts), **_told(answer, now=now)}
        else:
            status = 422
    return render(request, "handoff/dry_run/dry_run.html", context, status=status)


def _recent_leads(user: User) -> QuerySet[Lead]:
    """Leads whose handoff was opened last and is not over, then those that were decided last."""
    lately = Handoff.objects.order_by("-opened_at", "-pk").values_list("lead_id", flat=True)[:RECENT]
    visible = Lead.objects.visible_to(user).filter(pk__in=list(lately))
    return visible.select_related("company").order_by("-last_mql_at", "-pk")


def _known(facts: Facts) -> str:
    """The facts in one line."""
    channel = Channel.objects.filter(pk=facts.channel_id).first() if facts.channel_id else None
    owner = User.objects.filter(pk=facts.owner_id).first() if facts.owner_id else None
    parts = [
        _("country %(is)s") % {"is": facts.country} if facts.country else _("country not known"),
        _("industry “%(is)s”") % {"is": facts.industry} if facts.industry else _("industry not known"),
        _("employees not known")
        if facts.employees is None
        else ngettext("%(is)d employee", "%(is)d employees", facts.employees) % {"is": facts.employees},
        *_company_score_words(facts),
        _("first came by %(is)s") % {"is": channel} if channel else _("first channel not known"),
        _("company of %(is)s") % {"is": owner} if owner else _("company without an owner"),
    ]
    return ", ".join(parts)


def _company_score_words(facts: Facts) -> Iterator[str]:
    if facts.company_best is not None:
        yield _("best score at the company %(points)d") % {"points": facts.company_best}
    if facts.company_together is not None:
        yield _("scores there together %(points)d") % {"points": facts.company_together}


def _told(answer: DryRun, *, now: datetime) -> dict[str, object]:
    """The answer in words: who, each rule, and each person."""
    chosen = answer.decision.availability
    return {
        "gets_it": answer.instead.user if answer.instead else chosen and chosen.user,
        "because": answer.instead.because if answer.instead else answer.decision.because(),
        "is_shared": answer.decision.is_shared,
        "rules": [(verdict.rule.row, *_verdict_words(verdict, answer)) for verdict in answer.decision.verdicts],
        "people": [
            (availability, _seat_words(availability, answer), availability == chosen)
            for availability in answer.availabilities
        ],
        "settles_in": int(SETTLES_IN.total_seconds() // 3600),
    }


def _verdict_words(verdict: Verdict, answer: DryRun) -> tuple[str, str]:
    """What became of a rule, and the meaning of its badge."""
    if verdict.why_not:
        return verdict.why_not, ""
    if answer.decision.deciding is verdict:
        names = ", ".join(str(availability.user) for availability in verdict.among)
        return _("It matches and decides, among: %(names)s.") % {"names": names}, "accent"
    if answer.is_escalated:
        return _("It matches, but the lead goes to a manager."), ""
    if not verdict.among:
        return _("It matches, but nobody it names can take the lead now."), ""
    return _("It matches, but an earlier rule decides."), ""


def _seat_words(availability: RepAvailability, answer: DryRun) -> str:
    """Why a person is or is not among those to choose from."""
    if availability.out_until:
        return _("out until %(moment)s") % {"moment": until_words(availability.out_until, "j F Y")}
    if availability.user.pk in answer.passed_over:
        return _("had this lead before")
    if answer.is_escalated:
        return _("in, but the lead goes to a manager")
    if availability not in answer.decision.among:
        return _("in, but the rule names others")
    if not availability.is_settled and any(each.is_settled for each in answer.availabilities if each.is_in):
        return _("in, but came back or began lately, so counted as at least as loaded as the others on average")
    return _("in")
