"""The page on which a score is changed by hand, and the same form as a part of the score panel."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.doors import SignedInRequest, role_required
from accounts.models import User
from accounts.roles import ROLES
from leads.access import access_lead
from leads.models import Lead
from lib import clock
from lib.number_fields import WholeNumberField
from lib.numbers import signed
from lib.widgets import TextArea
from lib.zones import organisation_day, organisation_zone, start_of_day
from scoring import overrides
from scoring.overrides import LONGEST, LONGEST_REASON, NothingToTakeBack, NotYourPoints, OverrideRefused

USUAL = timedelta(days=30)


class ByHandForm(forms.Form):
    """How many points, why and until when."""

    points = WholeNumberField(
        label=gettext_lazy("Points"),
        error_messages={
            "required": gettext_lazy("Say how many points."),
            "invalid": gettext_lazy("Write a whole number, such as 20 or -20."),
        },
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=LONGEST_REASON,
        help_text=gettext_lazy("Why the rules are wrong about this lead. Everybody who sees the lead reads it."),
        widget=TextArea(attrs={"rows": 2}),
        error_messages={
            "required": gettext_lazy("Say in a few words why the rules are wrong about this lead."),
            "max_length": gettext_lazy("Say it in at most %(limit_value)d characters."),
        },
    )
    until = forms.DateField(
        label=gettext_lazy("Until"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("Say until which day they count."),
            "invalid": gettext_lazy("Write the day like 2026-03-31."),
        },
    )

    def __init__(self, *args: Any, user: User, now: datetime, **kwargs: Any) -> None:
        self.first, self.last = first_and_last(now)
        kwargs.setdefault("initial", {"until": organisation_day(now) + USUAL})
        super().__init__(*args, **kwargs)
        most = overrides.most_points(user)
        self.fields["points"].help_text = _("From -%(most)d to %(most)d, added to what the rules say.") % {"most": most}
        self.fields["until"].help_text = _(
            "The last day on which they count, in %(zone)s; then they end by themselves."
        ) % {"zone": organisation_zone()}
        self.fields["points"].widget.attrs |= {"min": -most, "max": most}
        self.fields["until"].widget.attrs |= {"min": self.first.isoformat(), "max": self.last.isoformat()}

    def clean_until(self) -> date:
        """A day that can still be the last one; far years are refused here, before anything is added to them."""
        until: date = self.cleaned_data["until"]
        if not self.first <= until <= self.last:
            raise forms.ValidationError(
                _("Choose a day from %(first)s to %(last)s.")
                % {"first": date_format(self.first, "j F Y"), "last": date_format(self.last, "j F Y")}
            )
        return until

    def expires_at(self) -> datetime:
        """The end of the last day, which is one of the organisation's."""
        return _end_of(self.cleaned_data["until"])


def first_and_last(now: datetime) -> tuple[date, date]:
    """The days that may be the last one: from today on, as long as points by hand may last."""
    return organisation_day(now), organisation_day(now + LONGEST) - timedelta(days=1)


def _end_of(day: date) -> datetime:
    return start_of_day(day + timedelta(days=1))


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*ROLES)
def by_hand(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Asks how many points, why and until when (GET), and gives them (POST)."""
    lead, now = _door(request, public_id), clock.now()
    form = ByHandForm(request.POST or None, user=request.user, now=now)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            override, is_new = overrides.give(
                lead_id=lead.pk,
                points=values["points"],
                reason=values["reason"],
                expires_at=form.expires_at(),
                actor=request.user,
                now=now,
            )
        except OverrideRefused as refused:
            form.add_error({"expires_at": "until"}.get(refused.field, refused.field), str(refused))
        else:
            messages.info(request, _given(override.points) if is_new else _("That is how it was already."))
            return redirect("leads:detail", lead.public_id)
    return _page(request, lead, form, now=now, status=422 if form.errors else 200)


@require_POST
@role_required(*ROLES)
def take_back(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ends the points by hand that hold."""
    lead, now = _door(request, public_id), clock.now()
    try:
        ended = overrides.take_back(lead_id=lead.pk, actor=request.user, now=now)
    except OverrideRefused as refused:
        form = ByHandForm(user=request.user, now=now)
        status = 403 if isinstance(refused, NotYourPoints) else 409
        return _page(request, lead, form, now=now, status=status, refusal=refused)
    told = ngettext(
        "%(points)s point by hand no longer counts.", "%(points)s points by hand no longer count.", abs(ended.points)
    )
    messages.info(request, told % {"points": signed(ended.points)})
    return redirect("leads:detail", lead.public_id)


def form_for(user: User, *, now: datetime) -> ByHandForm | None:
    """The empty form for who may use it, for the panel."""
    return ByHandForm(user=user, now=now) if overrides.most_points(user) else None


def _door(request: SignedInRequest, public_id: uuid.UUID) -> Lead:
    """404 when the lead is not visible, 403 when it is but scores are not this person's business."""
    lead = access_lead(request.user, public_id)
    if not overrides.most_points(request.user):
        raise PermissionDenied
    return lead


def _page(
    request: SignedInRequest,
    lead: Lead,
    form: ByHandForm,
    *,
    now: datetime,
    status: int,
    refusal: OverrideRefused | None = None,
) -> HttpResponse:
    context = {
        "title": _("Change the score of %(lead)s by hand") % {"lead": lead.name},
        "lead": lead,
        "form": form,
        "held": overrides.current(lead.pk, now=now),
        "refusal": refusal,
        "is_gone": isinstance(refusal, NothingToTakeBack),
    }
    return render(request, "scoring/explain/points_by_hand.html", context, status=status)


def _given(points: int) -> str:
    """ "+20 points by hand count from now on."."""
    told = ngettext(
        "%(points)s point by hand counts from now on.", "%(points)s points by hand count from now on.", abs(points)
    )
    return told % {"points": signed(points)}
