"""What a mail looks like as one lead gets it, at the width of a desk and of a phone; a test to oneself.

The mail itself is a page of its own in a sandboxed frame. Its policy lets it have the styles that mail programs need in
the elements, and images; nothing else: no script, no form, nothing of ours.
"""

import uuid

from csp.constants import NONE, SELF
from csp.decorators import csp, csp_update
from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import EDITING, MANAGING
from leads.models import Lead
from nurture.access import access_mail
from nurture.mails import previewing
from nurture.models import Mail
from nurture.models.mails import Content

_POLICY = {"default-src": [NONE], "style-src": ["'unsafe-inline'"], "frame-ancestors": [SELF], "sandbox": [True]}
_IMAGES = ["https:", "http:", "data:"]


@require_safe
@role_required(*MANAGING)
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]  # it takes any view
def preview(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """The draft, or the approved version, as the chosen lead gets it."""
    mail = access_mail(request.user, public_id)
    content, lead = _content(request, mail), _lead(request)
    written = previewing.written_for(content, lead)
    context = {
        "title": _("How “%(name)s” looks") % {"name": mail.name},
        "mail": mail,
        "written": written,
        "lead": lead,
        "leads": previewing.leads_offered(request.user)[: previewing.LEADS_OFFERED],
        "is_approved": content is mail.approved,
        "images": request.GET.get("images") != "off",
        "query": request.GET.urlencode(),
    }
    return render(request, "nurture/mails/preview.html", context)


@require_safe
@role_required(*MANAGING)
@xframe_options_sameorigin
def page(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponseBase:
    """The mail alone, for a frame."""
    mail = access_mail(request.user, public_id)
    written = previewing.written_for(_content(request, mail), _lead(request))
    images = [NONE] if request.GET.get("images") == "off" else _IMAGES
    with_policy = csp({**_POLICY, "img-src": images})
    return with_policy(lambda _request: HttpResponse(written.html))(request)


@require_POST
@role_required(*EDITING)
def send_test(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Sends the draft to whoever asks."""
    mail = access_mail(request.user, public_id, to="edit")
    problem = previewing.send_test(mail, _lead(request), actor=request.user)
    if problem:
        messages.error(request, problem)
    else:
        messages.info(request, _("The draft was sent to your own address."))
    return redirect("mails:detail", mail.public_id)


def _content(request: SignedInRequest, mail: Mail) -> Content:
    return mail.approved if request.GET.get("of") == "approved" and mail.approved else mail


def _lead(request: SignedInRequest) -> Lead | None:
    """The lead that was chosen, if this person may see it."""
    try:
        chosen = uuid.UUID(request.GET.get("lead", ""))
    except ValueError:
        return None
    visible = Lead.objects.visible_to(request.user).select_related("company", "owner")
    return visible.filter(public_id=chosen, erased_at=None).first()
