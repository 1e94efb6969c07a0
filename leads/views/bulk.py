"""Leads chosen in the list: what is to be done with them, what it will mean, doing it, and taking it back."""

import uuid
from typing import Final

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import SignedInRequest
from accounts.models import User
from accounts.roles import ADMINISTRATOR
from leads.bulk import changing, offered
from leads.bulk.foretelling import foretell, values_of
from leads.bulk.tagging import TAGGING
from leads.correcting.fields import Plain
from leads.custom_fields.catalogue import visible_fields
from leads.filter_groups import leads_in
from leads.forms.bulk import EraseManyForm, FieldForm, ValueForm, fields_for, suitable
from leads.models import About, BulkChange, CustomField, Lead
from leads.models.bulk_change import Doing
from leads.views.saved_views import LONGEST_QUERY
from lib import clock
from lib.page_sizes import LEAD_LIST_ROWS
from lib.pages import page_or_part

EXPORT: Final = "export"
NAMES_SHOWN: Final = 10
OF_A_FIELD: Final = (Doing.SET_FIELD, *TAGGING)
# In the session: the filters of the list by the choice they belong to.
QUERIES: Final = "bulk_queries"
QUERIES_KEPT: Final = 10


def doings(user: User) -> list[tuple[str, str]]:
    """What this person may do with leads they chose, each with its words."""
    fields = visible_fields(user, About.LEAD)
    own: list[tuple[str, str]] = [(one.value, str(one.label)) for one in Doing if _may(user, one, fields)]
    elsewhere = [(one.key, str(one.label)) for one in offered.offered(user).values()]
    return [*elsewhere, *own, (EXPORT, _("Export them"))]


def _may(user: User, doing: Doing, fields: list[CustomField]) -> bool:
    if doing == Doing.ERASE:
        return user.has_role(ADMINISTRATOR)
    if doing == Doing.GIVE:
        return False  # asked about elsewhere
    return doing not in OF_A_FIELD or bool(suitable(fields, doing))


@require_POST
@login_required
def bulk_choose(request: SignedInRequest) -> HttpResponse:
    """Keeps which leads were chosen, rows of a page or all that match, and goes on to what is to be done with them."""
    back = f"{reverse('leads:list')}?{request.POST.get('query', '')}"
    doing = request.POST.get("doing", "")
    if doing not in dict(doings(request.user)):
        messages.error(request, _("Say what is to be done with the leads."))
        return redirect(back)
    lead_ids = _chosen(request)
    if not lead_ids:
        messages.error(request, _("Choose leads first: tick their boxes, or all that match."))
        return redirect(back)
    if len(lead_ids) > changing.MOST:
        words = _("At most %(most)s leads can be chosen at once. Narrow the list.")
        messages.error(request, words % {"most": f"{changing.MOST:,}"})
        return redirect(back)
    change = changing.choose(lead_ids, actor=request.user, now=clock.now())
    _keep_query(request, change)
    if elsewhere := offered.offered(request.user).get(doing):
        address, left = elsewhere.page(change)
        if left:
            messages.info(request, left)
        return redirect(address or back)
    return redirect(f"{reverse('leads:bulk', args=[change.public_id])}?{urlencode({'doing': doing})}")


def _chosen(request: SignedInRequest) -> list[int]:
    """Ids of leads this person sees; one more than may be chosen says that there are more."""
    visible = Lead.objects.visible_to(request.user)
    if request.POST.get("all"):
        asked = QueryDict(request.POST.get("query", ""))
        matching = leads_in(asked, leads=visible, user=request.user)
        return list(matching.order_by("pk").values_list("pk", flat=True)[: changing.MOST + 1])
    public_ids = [one for text in request.POST.getlist("lead")[:LEAD_LIST_ROWS] if (one := _uuid(text))]
    return list(visible.filter(public_id__in=public_ids).values_list("pk", flat=True))


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


@never_cache
@require_safe
@login_required
def bulk(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """What will happen, as counts, and what more has to be said; then how far it is, and what came of it."""
    change = _access(request, public_id)
    if change.asked_at is not None:
        context = {"title": _title(change), "change": change, "list_url": _list_url(request, change)}
        return page_or_part(request, "leads/bulk/result.html", "leads/bulk/_state.html", context)
    doing = request.GET.get("doing", "")
    if doing == EXPORT:
        query = urlencode({"chosen": str(change.public_id)})
        context = {
            "title": _title(change),
            "chosen_query": query,
            "list_url": _list_url(request, change),
            **_names(change),
        }
        return render(request, "leads/bulk/export.html", context)
    return _question(request, change, _doing(request.user, doing), status=200)


@require_POST
@login_required
def bulk_do(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Does it, once; a value is asked about again with what it means for how many."""
    change = _access(request, public_id)
    doing = _doing(request.user, request.POST.get("doing", ""))
    if change.asked_at is not None:
        return redirect("leads:bulk", change.public_id)
    form = _form(request, change, doing)
    if form is not None and not form.is_valid():
        return _question(request, change, doing, form=form, status=422)
    values = _values(request, doing, form)
    if doing in OF_A_FIELD and not request.POST.get("is_confirmed"):
        return _question(request, change, doing, form=form, values=values, status=200)
    changing.ask(change, doing=doing, values=values, clock=clock.now)
    return redirect("leads:bulk", change.public_id)


@require_POST
@login_required
def bulk_undo(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """All of it is as before, of the leads that nobody changed again since."""
    change = _access(request, public_id)
    changing.ask_undo(change, clock=clock.now)
    return redirect("leads:bulk", change.public_id)


def _keep_query(request: SignedInRequest, change: BulkChange) -> None:
    """Remembers for what list the leads were chosen; in the session, since a search may name a person."""
    queries: dict[str, str] = request.session.get(QUERIES, {})
    newest = list(queries.items())[1 - QUERIES_KEPT :]
    request.session[QUERIES] = dict(newest) | {str(change.public_id): request.POST.get("query", "")[:LONGEST_QUERY]}


def _list_url(request: SignedInRequest, change: BulkChange) -> str:
    """The list as it was when the leads were chosen."""
    query = request.session.get(QUERIES, {}).get(str(change.public_id), "")
    return f"{reverse('leads:list')}{'?' if query else ''}{query}"


def _access(request: SignedInRequest, public_id: uuid.UUID) -> BulkChange:
    return get_object_or_404(BulkChange.objects.visible_to(request.user), public_id=public_id)


def _doing(user: User, text: str) -> Doing:
    """Raises PermissionDenied for what this person may not do, and for what is nothing."""
    if text not in Doing.values or not _may(user, Doing(text), visible_fields(user, About.LEAD)):
        raise PermissionDenied
    return Doing(text)


def _custom(request: SignedInRequest, doing: Doing) -> str:
    """The key of the field that is spoken of; where there is one for tags, it is that one."""
    if doing not in OF_A_FIELD:
        return ""
    sent = request.POST if request.method == "POST" else request.GET
    keys, key = [one.key for one in fields_for(request.user, doing)], sent.get("field", "")
    if doing in TAGGING and len(keys) == 1:
        return keys[0]
    return key if key in keys else ""


def _form(request: SignedInRequest, change: BulkChange, doing: Doing) -> forms.Form | None:
    """What has to be said before it can be done; None where there is nothing more to say."""
    data = request.POST if request.method == "POST" else None
    if doing == Doing.ERASE:
        return EraseManyForm(data, count=change.total)
    if doing in OF_A_FIELD:
        field = FieldForm(user=request.user, doing=doing)
        key = _custom(request, doing)
        return ValueForm(data, custom=field.custom[key], doing=doing) if key else field
    return None


def _values(request: SignedInRequest, doing: Doing, form: forms.Form | None) -> dict[str, Plain]:
    if form is None:
        return values_of(doing)
    if doing == Doing.ERASE:
        return {"reason": form.cleaned_data["reason"]}
    return {f"custom.{_custom(request, doing)}": form.cleaned_data["value"]}


def _question(
    request: SignedInRequest,
    change: BulkChange,
    doing: Doing,
    *,
    form: forms.Form | None = None,
    values: dict[str, Plain] | None = None,
    status: int,
) -> HttpResponse:
    """The page that asks; `values` are those a form has said already, to be confirmed."""
    form = form or _form(request, change, doing)
    field = _custom(request, doing)
    is_field = isinstance(form, FieldForm)
    asks_value = doing in OF_A_FIELD and not is_field and values is None
    told = None if is_field or asks_value else foretell(change, doing, values or values_of(doing))
    context = {
        "title": _title(change),
        "list_url": _list_url(request, change),
        "doing": doing,
        "field": field,
        "form": form,
        "asks_field": is_field,
        "asks_value": asks_value,
        "is_confirmed": values is not None,
        "sentences": told.sentences if told else [],
        "may_do": told is None or told.changes > 0,
        "may_undo": doing != Doing.ERASE,
        **_names(change),
    }
    return render(request, "leads/bulk/question.html", context, status=status)


def _title(change: BulkChange) -> str:
    words = ngettext("%(count)s lead chosen", "%(count)s leads chosen", change.total)
    return words % {"count": f"{change.total:,}"}


def _names(change: BulkChange) -> dict[str, object]:
    """Some of the leads, by name."""
    visible = Lead.objects.visible_to(change.actor).filter(pk__in=change.lead_ids[:NAMES_SHOWN])
    return {"change": change, "some": list(visible.order_by("pk")), "others": max(0, change.total - NAMES_SHOWN)}
