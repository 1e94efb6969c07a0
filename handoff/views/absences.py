"""When reps are out, said by themselves or by a sales manager."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST
from django_stubs_ext import StrOrPromise

from accounts.doors import SignedInRequest, role_required
from accounts.models import User
from accounts.roles import ADMINISTRATOR, SALES, SALES_MANAGER
from handoff.lifecycle.refusals import Incomplete, NotPossible
from handoff.models import Absence, Handoff, Rep, State
from handoff.routing.absences import LONGEST_NOTE, be_back, be_out, may_enter, visible_to
from handoff.routing.availability import running
from handoff.views.queue.words import moment_words
from handoff.views.tabs import tabs
from lib import clock
from lib.moment_fields import MomentField, remarks
from lib.zones import zone_of

VIEWERS: Final = (*SALES, ADMINISTRATOR)
LONGEST_LIST: Final = 100


class RepChoice(forms.ModelChoiceField[Rep]):
    """The reps with their time zones: the times of an absence are read in the zone of whoever is out."""

    def label_from_instance(self, obj: Rep) -> str:
        return f"{obj} ({obj.user.time_zone})"


def _moment(label: StrOrPromise, help_text: StrOrPromise, missing: StrOrPromise) -> MomentField:
    return MomentField(
        label=label,
        help_text=help_text,
        error_messages={
            "required": missing,
            "invalid": gettext_lazy("Give a day and a time, such as 2026-03-20 09:00."),
        },
    )


class AbsenceForm(forms.Form):
    """From when to when, and for a sales manager who. Times are those of whoever is out."""

    rep = RepChoice(
        label=gettext_lazy("Who"),
        help_text=gettext_lazy("The times below are read in the time zone of whoever is out, beside the name."),
        queryset=Rep.objects.none(),
        empty_label=gettext_lazy("Choose a rep"),
        error_messages={"required": gettext_lazy("Choose who is out.")},
    )
    starts_at = _moment(
        gettext_lazy("Out from"),
        gettext_lazy("From then on no lead is passed."),
        gettext_lazy("Say from when."),
    )
    ends_at = _moment(
        gettext_lazy("Back at"),
        gettext_lazy("From then on leads are passed again."),
        gettext_lazy("Say until when."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=LONGEST_NOTE,
        help_text=gettext_lazy("Managers read it."),
        error_messages={"max_length": gettext_lazy("Say it in at most %(limit_value)d characters.")},
    )

    def __init__(self, data: Mapping[str, object] | None = None, *, user: User, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        reps = Rep.objects.filter(user__is_active=True).select_related("user")
        if user.has_role(SALES_MANAGER):
            self.fields["rep"].queryset = reps  # type: ignore[attr-defined]
        else:
            del self.fields["rep"]
            self._read_in(user)
            words = {"help": self.fields["starts_at"].help_text, "zone": user.time_zone}
            self.fields["starts_at"].help_text = _("%(help)s Times are those of %(zone)s.") % words

    def clean_rep(self) -> Rep:
        """The rep; from here on times are read in their zone."""
        rep: Rep = self.cleaned_data["rep"]
        self._read_in(rep.user)
        return rep

    def _read_in(self, user: User) -> None:
        for name in ("starts_at", "ends_at"):
            self.fields[name].zone = zone_of(user.time_zone)  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*VIEWERS)
def absences_page(request: SignedInRequest) -> HttpResponse:
    """Who is out and who will be; a form for one's own absence, and for managers anybody's."""
    now = clock.now()
    own = Rep.objects.filter(pk=request.user.pk).first()
    if not (request.user.has_role(SALES_MANAGER) or own):
        if request.method == "POST":
            raise PermissionDenied
        return _show(request, None, own, now=now)
    if request.method != "POST":
        today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
        proposed = {"starts_at": today + timedelta(days=1), "ends_at": today + timedelta(days=2)}
        return _show(request, AbsenceForm(user=request.user, initial=proposed), own, now=now)
    form = AbsenceForm(request.POST, user=request.user)
    if form.is_valid() and (response := _enter(request, form, own, now=now)):
        return response
    return _show(request, form, own, now=now, status=422)


@require_POST
@role_required(*SALES)
def absence_end(request: SignedInRequest, absence_id: int) -> HttpResponse:
    """The person is back, or stays after all."""
    absence = get_object_or_404(visible_to(request.user).select_related("rep__user"), pk=absence_id)
    if not may_enter(request.user, absence.rep):
        raise PermissionDenied
    now = clock.now()
    try:
        be_back(absence_id=absence.pk, now=now)
    except NotPossible as refusal:
        messages.error(request, str(refusal))
    else:
        messages.info(request, _("%(rep)s takes leads.") % {"rep": absence.rep})
    return redirect("handoff:absences")


def _enter(request: SignedInRequest, form: AbsenceForm, own: Rep | None, *, now: datetime) -> HttpResponse | None:
    """Enters it; None when the domain refused and the form says why."""
    values = dict(form.cleaned_data)
    rep = values.pop("rep", own)
    if not may_enter(request.user, rep):
        raise PermissionDenied
    try:
        absence, is_joined = be_out(rep=rep, now=now, **values)
    except Incomplete as missing:
        form.add_error(missing.field, str(missing))
        return None
    messages.info(request, _out_words(absence, rep.user))
    if is_joined:
        messages.info(request, _("It overlapped with what was entered before; it is one absence now."))
    for remark in remarks(form):
        messages.info(request, remark)
    return redirect("handoff:absences")


def _out_words(absence: Absence, user: User) -> str:
    """From when to when somebody is out, by their own clock, whose zone is said where the reader's is another."""
    is_elsewhere = user.time_zone != timezone.get_current_timezone_name()
    with timezone.override(zone_of(user.time_zone)):
        words = {
            "rep": user,
            "start": moment_words(absence.starts_at),
            "end": moment_words(absence.ends_at),
            "zone": user.time_zone,
        }
    if is_elsewhere:
        return _("%(rep)s is out from %(start)s to %(end)s, times of %(zone)s.") % words
    return _("%(rep)s is out from %(start)s to %(end)s.") % words


def _show(
    request: SignedInRequest, form: AbsenceForm | None, own: Rep | None, *, now: datetime, status: int = 200
) -> HttpResponse:
    coming = visible_to(request.user).filter(ends_at__gt=now).select_related("rep__user")
    rows = list(coming.order_by("starts_at", "pk")[:LONGEST_LIST])
    context = {
        "title": _("Absences"),
        "tabs": tabs("absences", request.user),
        "form": form,
        "absences": [(absence, absence.starts_at <= now, may_enter(request.user, absence.rep)) for absence in rows],
        "is_own": not request.user.has_role(SALES_MANAGER, ADMINISTRATOR),
        "waiting": _waiting_words(own, now=now) if own else "",
        "now": now,
    }
    return render(request, "handoff/absences/absences.html", context, status=status)


def _waiting_words(own: Rep, *, now: datetime) -> str:
    """What becomes of the leads that wait for the person when they leave."""
    waiting = Handoff.objects.filter(assignee=own.pk, state=State.WAITING, respond_by__gt=now).count()
    if not waiting or running(now=now).filter(rep=own).exists():
        return ""
    words = ngettext(
        "%(count)d lead waits for your answer. If its deadline is before you are back, somebody else gets it when "
        "you leave.",
        "%(count)d leads wait for your answer. Those whose deadline is before you are back go to somebody else when "
        "you leave.",
        waiting,
    )
    return words % {"count": waiting}
