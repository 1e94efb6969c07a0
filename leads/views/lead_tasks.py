"""The tasks of a lead, and one's own list of them."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import ROLES
from leads.access import access_lead
from leads.forms.lead_task import TaskForm
from leads.lead_tasks import writing
from leads.lead_tasks.lists import count_due, open_tasks
from leads.models import Lead, LeadTask
from lib import clock
from lib.pages import page_of

may_write = require_http_methods(["GET", "HEAD", "POST"])
PAGE: Final = 50
LATER: Final = {"tomorrow": timedelta(days=1), "week": timedelta(days=7)}
# What a press of a button does, what is said when it did, and what when somebody was first.
ACTIONS: Final[dict[str, tuple[Callable[..., bool], str | Promise, str | Promise]]] = {
    "done": (writing.finish, gettext_lazy("The task is done."), gettext_lazy("The task was done already.")),
    "reopen": (writing.reopen, gettext_lazy("The task is open again."), gettext_lazy("The task is open.")),
    "delete": (
        writing.remove,
        gettext_lazy("The task is deleted. It can be put back on the page of its lead for a day."),
        gettext_lazy("The task was deleted already."),
    ),
    "put-back": (writing.put_back, gettext_lazy("The task is there again."), gettext_lazy("The task is there.")),
}


@require_safe
@role_required(*ROLES)
def task_list(request: SignedInRequest) -> HttpResponse:
    """What the person has to do, the first due first."""
    context = {
        "title": _("Tasks"),
        "page": page_of(request, open_tasks(request.user), PAGE),
        "today": timezone.localdate(),
    }
    return render(request, "leads/lead_tasks/list.html", context)


@require_safe
@role_required(*ROLES)
def task_count(request: SignedInRequest) -> HttpResponse:
    """How many are due, for the rail; nothing when none is."""
    return HttpResponse(str(count_due(request.user) or ""))


@may_write
@login_required
def task_new(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Asks what is to be done (GET), and keeps it (POST)."""
    lead = access_lead(request.user, public_id, to="edit")
    if lead.erased_at:
        raise Http404
    form = TaskForm(request.POST or None, lead=lead, person=request.user)
    if request.method == "POST" and form.is_valid():
        writing.add(lead=lead, plan=form.plan(), actor=request.user, now=clock.now())
        return redirect("leads:detail", lead.public_id)
    context = {"title": _("A task for %(name)s") % {"name": lead.name}, "form": form, "lead": lead}
    return render(request, "leads/lead_tasks/form.html", context, status=422 if form.errors else 200)


@may_write
@login_required
def task_edit(request: SignedInRequest, public_id: uuid.UUID, task_id: int) -> HttpResponse:
    """Shows a task to be changed (GET), and changes it (POST); who was first is told of, and nothing typed is lost."""
    lead, task = _task(request, public_id, task_id)
    form = TaskForm(request.POST or None, lead=lead, person=request.user, task=task)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            writing.change(task_id=task.pk, plan=form.plan(), version=version, actor=request.user, now=clock.now())
        except writing.Outdated as outdated:
            form.add_error(None, str(outdated))
            form.show_again(outdated.task)
            task = outdated.task
        else:
            return _back(request, lead)
    context = {"title": _("Change a task"), "form": form, "lead": lead, "task": task, "may_delete": not task.removed_at}
    return render(request, "leads/lead_tasks/form.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def task_act(request: SignedInRequest, public_id: uuid.UUID, task_id: int, action: str) -> HttpResponse:
    """Done, open again, deleted, put back: one press, and another one takes it back."""
    lead, task = _task(request, public_id, task_id)
    if action not in ACTIONS:
        raise Http404
    act, words, otherwise = ACTIONS[action]
    did = act(task_id=task.pk, actor=request.user, now=clock.now())
    messages.info(request, str(words if did else otherwise))
    return _back(request, lead)


@require_POST
@login_required
def task_put_off(request: SignedInRequest, public_id: uuid.UUID, task_id: int, until: str) -> HttpResponse:
    """Tomorrow, or in a week."""
    lead, task = _task(request, public_id, task_id)
    if until not in LATER:
        raise Http404
    due_on = timezone.localdate() + LATER[until]
    did = writing.put_off(task_id=task.pk, due_on=due_on, actor=request.user, now=clock.now())
    messages.info(
        request, _("The task was put off.") if did else _("Nothing changed: it is done, or due that day already.")
    )
    return _back(request, lead)


def _task(request: SignedInRequest, public_id: uuid.UUID, task_id: int) -> tuple[Lead, LeadTask]:
    lead = access_lead(request.user, public_id, to="edit")
    return lead, get_object_or_404(LeadTask.objects.select_related("assignee"), lead=lead, pk=task_id)


def _back(request: SignedInRequest, lead: Lead) -> HttpResponse:
    """To the list when it was pressed there, else to the page of the lead."""
    return redirect("tasks:list") if request.POST.get("from") == "list" else redirect("leads:detail", lead.public_id)
