"""The content library: what there is, where gaps are, describing an asset, and taking over a list."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import EDITING, MANAGING
from leads.content.audit import AuditReport, NotAList, take_list
from leads.content.board import board
from leads.content.chains import ENOUGH, Chain
from leads.content.chains import chains as counted_chains
from leads.content.library import archive, changed, library
from leads.forms.content import AssetForm, AuditForm
from leads.models import Asset, FunnelStage
from lib import clock
from lib.zones import organisation_day


@require_safe
@role_required(*MANAGING)
def content_library(request: SignedInRequest) -> HttpResponse:
    """The board of stages and kinds with its gaps, and the list."""
    assets, chains = list(library()), counted_chains()
    context = {
        "title": _("Content"),
        "rows": [{"asset": asset, "chain": chains.get(asset.pk, Chain())} for asset in assets],
        "enough": ENOUGH,
        "board": board(assets),
        "stages": FunnelStage,
        "may_edit": request.user.has_role(*EDITING),
    }
    return render(request, "leads/content/library.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*EDITING)
def content_new(request: SignedInRequest) -> HttpResponse:
    return _edit(request, Asset(owner=request.user), title=_("Add content"))


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*EDITING)
def content_edit(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    asset = get_object_or_404(Asset, public_id=public_id)
    return _edit(request, asset, title=asset.name)


def _edit(request: SignedInRequest, asset: Asset, *, title: str) -> HttpResponse:
    form = AssetForm(request.POST or None, request.FILES or None, instance=asset)
    if request.method == "POST" and form.is_valid():
        changed(form.save(), fields=form.changed_data, now=clock.now())
        messages.info(request, _("The library is up to date."))
        return redirect("content:library")
    chain = counted_chains().get(asset.pk, Chain()) if asset.pk else None
    context = {"title": title, "form": form, "asset": asset if asset.pk else None, "chain": chain, "enough": ENOUGH}
    return render(request, "leads/content/asset.html", context, status=422 if form.errors else 200)


@require_POST
@role_required(*EDITING)
def content_archive(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Takes it out of the library; what people did with it stays."""
    asset = get_object_or_404(Asset, public_id=public_id)
    archive(asset, now=clock.now())
    messages.info(request, _("It is out of the library. What people did with it stays."))
    return redirect("content:library")


@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*EDITING)
def content_audit(request: SignedInRequest) -> HttpResponse:
    """Takes over an existing list of content."""
    form = AuditForm(request.POST or None, request.FILES or None)
    report: AuditReport | None = None
    if request.method == "POST" and form.is_valid():
        try:
            report = take_list(form.cleaned_data["file"], on=organisation_day(clock.now()))
        except NotAList as problem:
            form.add_error("file", str(problem))
    context = {"title": _("Take over a list of content"), "form": form, "report": report}
    return render(request, "leads/content/audit.html", context, status=422 if form.errors else 200)
