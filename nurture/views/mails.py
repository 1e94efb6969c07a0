"""Mails: all of them, one with what became of it, writing and approving one."""

import uuid

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import EDITING, MANAGING
from leads.consent.preferences import MAILING
from leads.models import Asset
from leads.normalise import Refusal
from lib import clock
from lib.numbers import number, percent
from lib.pages import page_of
from nurture.access import access_mail, may_edit
from nurture.mails import editing
from nurture.mails.blocks import KINDS, Block, read_blocks
from nurture.mails.checks import checks
from nurture.mails.compiling import compile_content
from nurture.mails.editing import Changed, Draft
from nurture.mails.fields import merge_fields
from nurture.mails.forms import BlockForm, MailForm, NewMailForm, forms_of, posted_forms, rearranged
from nurture.mails.results import Results, results
from nurture.models import Mail

MAILS_A_PAGE = 50
ASSETS_OFFERED = 200
# What a new mail begins with.
BEGINNING = (
    {"kind": "heading", "text": 'Hello {{ lead.first_name | default: "there" }}'},
    {"kind": "text", "text": ""},
)
may_write = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@role_required(*MANAGING)
def mail_list(request: SignedInRequest) -> HttpResponse:
    """All mails by name, each with what is approved and what became of it."""
    mails = Mail.objects.select_related("purpose", "approved", "approved__approved_by")
    page = page_of(request, mails, MAILS_A_PAGE)
    counted = results([mail.pk for mail in page.object_list])
    rows = [{"mail": mail, "results": counted.get(mail.pk, Results())} for mail in page.object_list]
    context = {
        "title": _("Mails"),
        "rows": rows,
        "page": page,
        "may_edit": may_edit(request.user),
        "policy_url": reverse("admin:nurture_sendingpolicy_change", args=[1]),
        "now": clock.now(),
    }
    return render(request, "nurture/mails/list.html", context)


@may_write
@role_required(*EDITING)
def mail_new(request: SignedInRequest) -> HttpResponse:
    """Asks for name and purpose; the rest is written on the next page."""
    form = NewMailForm(request.POST or None, initial={"purpose": MAILING})
    if request.method == "POST" and form.is_valid():
        name, purpose = form.cleaned_data["mail_name"], form.cleaned_data["purpose"]
        try:
            draft = Draft(name=name, purpose=purpose, subject="", blocks=BEGINNING)
            mail = editing.make_mail(draft, actor=request.user, now=clock.now())
        except Refusal as refusal:
            form.add_error("mail_name", refusal.message)
        else:
            return redirect("mails:write", mail.public_id)
    context = {"title": _("New mail"), "form": form, "cancel_url": reverse("mails:list")}
    return render(request, "nurture/mails/new.html", context, status=422 if form.errors else 200)


@require_safe
@role_required(*MANAGING)
def mail_detail(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """One mail: what is approved, what became of it, and what is odd about the draft."""
    mail = access_mail(request.user, public_id)
    of_mail = results([mail.pk]).get(mail.pk, Results())
    context = {
        "title": mail.name,
        "mail": mail,
        "checks": checks(mail, compile_content(mail)),
        "is_draft_newer": _is_draft_newer(mail),
        "versions": mail.versions.select_related("approved_by").order_by("-number")[:10],
        "results": of_mail,
        "figures": _figures(of_mail),
        "may_edit": may_edit(request.user),
        "now": clock.now(),
    }
    return render(request, "nurture/mails/detail.html", context)


@may_write
@role_required(*EDITING)
def mail_write(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """The draft, block by block. Each button saves what was written; nothing is sent by that."""
    mail = access_mail(request.user, public_id, to="edit")
    if request.method != "POST":
        return _write_page(request, mail, _form_of(mail), forms_of(read_blocks(mail.blocks)))
    form, block_forms = MailForm(request.POST), posted_forms(request.POST)
    if form.is_valid() and all(block_form.is_valid() for block_form in block_forms):
        written = [Block(each.kind, each.number, each.cleaned_data) for each in block_forms]
        todo = request.POST.get("do", "")
        blocks, look_at = rearranged(written, todo)
        try:
            editing.write(mail.pk, _draft(form, blocks), seen=_seen(request), actor=request.user, now=clock.now())
        except Refusal as refusal:
            form.add_error("mail_name", refusal.message)
        except Changed:
            form.add_error(None, _("Somebody changed it meanwhile. What you wrote is below: save again to keep it."))
            mail.refresh_from_db()
        else:
            return _go_on(mail, todo, look_at)
    return _write_page(request, mail, form, block_forms)


@require_POST
@role_required(*EDITING)
def mail_approve(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """The draft that was looked at is what people get from now on."""
    mail = access_mail(request.user, public_id, to="edit")
    try:
        version = editing.approve(mail.pk, seen=_seen(request), actor=request.user, now=clock.now())
    except Refusal as refusal:
        messages.error(request, refusal.message)
    except Changed:
        messages.error(request, _("Somebody changed it meanwhile. Look at it again before you approve it."))
    else:
        messages.info(request, _("Version %(number)d is approved.") % {"number": version.number})
    return redirect("mails:detail", mail.public_id)


def _write_page(request: SignedInRequest, mail: Mail, form: MailForm, block_forms: list[BlockForm]) -> HttpResponse:
    has_errors = bool(form.errors) or any(block_form.errors for block_form in block_forms)
    context = {
        "title": _("Write “%(name)s”") % {"name": mail.name},
        "mail": mail,
        "form": form,
        "block_forms": block_forms,
        "kinds": KINDS.values(),
        "checks": checks(mail, compile_content(mail)),
        "merge_fields": merge_fields(),
        "addresses": Asset.objects.filter(archived_at=None).exclude(url="").order_by("name")[:ASSETS_OFFERED],
    }
    return render(request, "nurture/mails/write.html", context, status=422 if has_errors else 200)


def _go_on(mail: Mail, todo: str, look_at: int) -> HttpResponseRedirect:
    """To the block that was moved or added; to the mail when it was saved."""
    if not todo:
        return redirect("mails:detail", mail.public_id)
    here = reverse("mails:write", args=[mail.public_id])
    return HttpResponseRedirect(f"{here}#block-{look_at}" if look_at else here)


def _form_of(mail: Mail) -> MailForm:
    return MailForm(
        initial={
            "mail_name": mail.name,
            "purpose": mail.purpose.key,
            "subject": mail.subject,
            "preheader": mail.preheader,
        }
    )


def _draft(form: MailForm, blocks: list[Block]) -> Draft:
    cleaned = form.cleaned_data
    return Draft(
        name=cleaned["mail_name"],
        purpose=cleaned["purpose"],
        subject=cleaned["subject"],
        preheader=cleaned["preheader"],
        blocks=[block.stored() for block in blocks],
    )


def _seen(request: SignedInRequest) -> int:
    """The count of edits of what was looked at; none that ever was, where none is sent."""
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isdecimal() and len(seen) < 10 else -1


def _is_draft_newer(mail: Mail) -> bool:
    version = mail.approved
    names = ("purpose_id", "subject", "preheader", "blocks")
    return version is None or any(getattr(version, name) != getattr(mail, name) for name in names)


def _figures(of_mail: Results) -> list[dict[str, object]]:
    return [
        {"label": _("Sent"), "value": number(of_mail.sent), "unit": ngettext("mail", "mails", of_mail.sent)},
        {
            "label": _("Clicked by a person"),
            "value": number(of_mail.clicked),
            "unit": ngettext("mail", "mails", of_mail.clicked),
            "note": percent(of_mail.clicked / of_mail.sent, 0) if of_mail.sent else "",
        },
        {"label": _("Waiting"), "value": number(of_mail.waiting)},
        {"label": _("Not sent"), "value": number(of_mail.not_sent_in_all)},
    ]
