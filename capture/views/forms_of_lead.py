"""The forms of one lead: what it sent, the mails it got for that, and its own link to a form, to be copied or sent."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import EDITING, ROLES
from capture.forms.form_link import LetterForm, WhichForm
from capture.models import Form
from capture.views.web_forms import may_make_forms
from capture.web_forms.inviting import NotSent, invite
from capture.web_forms.links import form_link
from capture.web_forms.mails import mails_of
from capture.web_forms.of_lead import described, submissions_of
from leads.access import access_lead
from leads.consent.permission import why_not_written_to
from lib import clock
from lib.page_sizes import FORM_LIST_ROWS, PANEL_ROWS
from lib.pages import page_of, page_or_part, wants_part


@require_safe
@role_required(*ROLES)
def of_lead(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """What the lead sent by forms: a part of its page with the latest, and a page of its own with all."""
    lead = access_lead(request.user, public_id)
    rows = page_of(request, submissions_of(lead), PANEL_ROWS if wants_part(request) else FORM_LIST_ROWS)
    context = {
        "title": _("Forms of %(lead)s") % {"lead": lead.name},
        "lead": lead,
        "page": rows,
        "sent": described(list(rows.object_list), lead=lead, reader=request.user),
        "may_make_forms": request.user.has_role(*EDITING),
        "mails": mails_of(lead),
        "now": clock.now(),
    }
    page, part = (f"capture/web_forms/of_lead/{name}.html" for name in ("of_lead", "_of_lead"))
    return page_or_part(request, page, part, context)


@require_http_methods(["GET", "HEAD", "POST"])
@may_make_forms
def link(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """The lead's own link to a form (GET, ?form=), and a mail to the lead with it (POST)."""
    lead = access_lead(request.user, public_id, to="edit")
    which = WhichForm(request.GET if "form" in request.GET else None)
    chosen: Form | None = which.cleaned_data["form"] if which.is_valid() else None
    letter = LetterForm(request.POST or None, initial=_proposed(chosen) if chosen else None)
    reason = why_not_written_to(lead)
    if request.method == "POST" and letter.is_valid():
        chosen = letter.cleaned_data["form"]
        try:
            invite(lead_id=lead.pk, actor=request.user, now=clock.now(), **letter.cleaned_data)
        except NotSent as refusal:
            reason = str(refusal)
        else:
            messages.info(request, _("The mail goes out now."))
            return redirect("leads:detail", lead.public_id)
    context = {
        "title": _("A form for %(lead)s") % {"lead": lead.name},
        "lead": lead,
        "which": which,
        "form_link": form_link(chosen, lead) if chosen else "",
        "letter": letter,
        "reason": reason,
    }
    return render(request, "capture/web_forms/of_lead/link.html", context, status=422 if letter.is_bound else 200)


def _proposed(form: Form) -> dict[str, object]:
    return {"form": form.public_id, "subject": form.title, "text": form.intro or form.title}
