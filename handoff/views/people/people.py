"""The people of this installation: invited, changed, and let go; for administrators."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.invitations import CannotInvite, LastAdministrator
from accounts.models import User
from accounts.roles import ADMINISTRATOR
from handoff.people import inviting
from handoff.people.forms import CAPACITY, InvitationForm, LeavingForm, PersonForm
from handoff.people.leaving import holdings_of, leave, named_in
from handoff.people.standing import Standing, awaited, everybody, standing_of
from lib import clock
from lib.numbers import number
from lib.page_sizes import PERSON_ROWS
from lib.pages import is_own_path, page_of
from outbox import mail_test

may_invite = role_required(ADMINISTRATOR)
may_write = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@may_invite
def people_list(request: SignedInRequest) -> HttpResponse:
    """Everybody who is here, is invited or has left."""
    page = page_of(request, everybody(), PERSON_ROWS)
    context = {
        "title": _("People"),
        "page": page,
        "rows": [(person, standing_of(person)) for person in page],
        "now": clock.now(),
    }
    return render(request, "handoff/people/list.html", context)


@may_write
@may_invite
def person_invite(request: SignedInRequest) -> HttpResponse:
    """Invites somebody by mail."""
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            inviting.invite(actor=request.user, now=clock.now(), **form.cleaned_data)
        except CannotInvite as problem:
            form.refuse(problem, field="email")
        else:
            messages.info(request, _invited(form.cleaned_data["email"]))
            return redirect("people:list")
    invited = list(awaited()[: PERSON_ROWS + 1])
    context = {
        "title": _("Invite somebody"),
        "form": form,
        "invited": [(person, Standing.INVITED) for person in invited[:PERSON_ROWS]],
        "are_more": len(invited) > PERSON_ROWS,
        "now": clock.now(),
    }
    return render(request, "handoff/people/invite.html", context, status=422 if form.errors else 200)


def _invited(email: str) -> str:
    """Where the invitation is; without a mail server whoever invites has to pass its link on."""
    sentence = _("The invitation is on its way to %(email)s.")
    folder = mail_test.folder()
    if folder:
        sentence = _(
            "No mail server is set, so the invitation of %(email)s becomes a file in %(folder)s. Give them the link "
            "in it yourself."
        )
    return sentence % {"email": email, "folder": folder}


@may_write
@may_invite
def person_change(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """What somebody may do, and where they stand."""
    person = get_object_or_404(User.objects.select_related("invitation__invited_by", "rep"), public_id=public_id)
    rep = getattr(person, "rep", None)
    initial = {
        "name": person.name,
        "roles": person.roles,
        "team": person.team,
        "capacity": rep.capacity if rep else CAPACITY,
    }
    form = PersonForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            inviting.change(user_id=person.pk, now=clock.now(), **form.cleaned_data)
        except LastAdministrator as problem:
            form.refuse(problem, field="roles")
        else:
            messages.info(request, _("What you changed holds from the next page %(who)s opens.") % {"who": person})
            return redirect("people:list")
    context = {
        "title": str(person),
        "person": person,
        "standing": standing_of(person),
        "invitation": getattr(person, "invitation", None),
        "form": form,
        "now": clock.now(),
    }
    return render(request, "handoff/people/person.html", context, status=422 if form.errors else 200)


@require_POST
@may_invite
def invitation_again(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Sends the mail again, with a link of its own."""
    person = get_object_or_404(User, public_id=public_id)
    try:
        inviting.invite_again(user_id=person.pk, actor=request.user, now=clock.now())
    except CannotInvite as problem:
        messages.warning(request, str(problem))
    else:
        sentence = _("Another mail is on its way to %(email)s; only its link works now.")
        messages.info(request, sentence % {"email": person.email})
    return _back(request)


@require_POST
@may_invite
def invitation_revoke(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """The link of the mail lets nobody in any more."""
    person = get_object_or_404(User, public_id=public_id)
    try:
        inviting.revoke(user_id=person.pk, now=clock.now())
    except CannotInvite as problem:
        messages.warning(request, str(problem))
    else:
        messages.info(request, _("The invitation of %(email)s does not work any more.") % {"email": person.email})
    return _back(request)


def _back(request: SignedInRequest) -> HttpResponse:
    """To the page whose button it was: the list, or where people are invited."""
    next_path = request.POST.get("next", "")
    return redirect(next_path if is_own_path(next_path) else "people:list")


@may_write
@may_invite
def person_leave(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Somebody leaves: says what they hold, asks where it goes, and does it."""
    person = get_object_or_404(User, public_id=public_id)
    form = LeavingForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        try:
            before, left = leave(
                user=person,
                leads_go_to=form.cleaned_data["leads_go_to"],
                owned_go_to=form.cleaned_data["owned_go_to"],
                tasks_go_to=form.cleaned_data["tasks_go_to"],
                companies_go_to=form.cleaned_data["companies_go_to"],
                keys_go_to=request.user if form.cleaned_data["keys_go_on"] else None,
                actor=request.user,
                now=clock.now(),
            )
        except LastAdministrator as problem:
            form.add_error(None, str(problem))
        else:
            messages.info(
                request,
                _(
                    "%(who)s cannot sign in any more. Leads given on: %(leads)s, tasks: %(tasks)s, companies: "
                    "%(companies)s, API keys settled: %(keys)s. Leads that are still with them: %(rest)s."
                )
                % {
                    "who": person,
                    "leads": number(before.leads + before.owned - left.leads - left.owned),
                    "tasks": number(before.tasks - left.tasks),
                    "companies": number(before.companies - left.companies),
                    "keys": number(before.keys),
                    "rest": number(left.leads + left.owned),
                },
            )
            return redirect("people:list")
    context = {
        "title": _("%(who)s leaves") % {"who": person},
        "person": person,
        "holdings": holdings_of(person, now=clock.now()),
        "named_in": named_in(person),
        "form": form,
    }
    return render(request, "handoff/people/leave.html", context, status=422 if form.errors else 200)
