"""The custom fields of leads and companies: defined, said anew, put in order and retired."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import EDITING
from leads.custom_fields.counts import counts_of
from leads.custom_fields.definitions import CannotDefine, bring_back, change, define, move_up, retire
from leads.custom_fields.uses import uses_of
from leads.forms.custom_field import ChangeFieldForm, NewFieldForm
from leads.models import About, CustomField
from lib import clock

may_define = role_required(*EDITING)
may_write = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@may_define
def field_list(request: SignedInRequest) -> HttpResponse:
    """All fields, those of leads first; retired ones by themselves."""
    fields = list(CustomField.objects.order_by("position", "pk"))
    context = {
        "title": _("Custom fields"),
        "groups": [
            {
                "about": about,
                "fields": [field for field in fields if field.about == about and field.retired_at is None],
            }
            for about in About
        ],
        "retired_fields": [field for field in fields if field.retired_at is not None],
        "has_fields": bool(fields),
        "now": clock.now(),
    }
    return render(request, "leads/custom_fields/list.html", context)


@may_write
@may_define
def field_new(request: SignedInRequest) -> HttpResponse:
    """Makes a field."""
    form = NewFieldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            field = define(
                about=form.cleaned_data["about"],
                kind=form.cleaned_data["kind"],
                key=form.cleaned_data["key"],
                choices=form.written_choices(),
                actor=request.user,
                now=clock.now(),
                **form.described(),
            )
        except CannotDefine as problem:
            form.refuse(problem)
        else:
            messages.info(request, _("“%(field)s” can be filled from now on.") % {"field": field.label})
            return redirect("custom_fields:list")
    context = {"title": _("Add a field"), "form": form}
    return render(request, "leads/custom_fields/form.html", context, status=422 if form.errors else 200)


@may_write
@may_define
def field_change(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Says a field anew; beside it stands who has a value and what uses it."""
    field = get_object_or_404(CustomField, public_id=public_id)
    counts, uses = counts_of(field), uses_of(field)
    form = ChangeFieldForm(request.POST or None, custom=field, counts=counts)
    if request.method == "POST" and form.is_valid():
        try:
            change(field_id=field.pk, choices=form.choices(), **form.described())
        except CannotDefine as problem:
            form.refuse(problem)
        else:
            messages.info(request, _("The field is called and offered as you said."))
            return redirect("custom_fields:list")
    context = {
        "title": _("Custom field: %(label)s") % {"label": field.label},
        "form": form,
        "field": field,
        "counts": counts,
        "uses": uses,
        "now": clock.now(),
    }
    return render(request, "leads/custom_fields/form.html", context, status=422 if form.errors else 200)


@require_POST
@may_define
def field_retire(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Takes a field out of use, or into use again when `again` is sent."""
    field = get_object_or_404(CustomField, public_id=public_id)
    if request.POST.get("again"):
        bring_back(field_id=field.pk)
        messages.info(request, _("“%(field)s” is in use again, with the values it has.") % {"field": field.label})
    else:
        retire(field_id=field.pk, now=clock.now())
        messages.info(request, _("“%(field)s” is out of use. Its values are still there.") % {"field": field.label})
    return redirect("custom_fields:list")


@require_POST
@may_define
def field_up(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Moves a field one place up among those of its owner."""
    move_up(field_id=get_object_or_404(CustomField, public_id=public_id).pk)
    return redirect("custom_fields:list")
