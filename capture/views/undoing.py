"""An import is undone: what that will do, asked for once more, and then done by a worker."""

import uuid

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.doors import SignedInRequest
from capture.importing import undo
from capture.importing.undo import NotUndoable
from capture.tasks import undo_import
from capture.views.imports import access_import, may_import
from leads.undoing.results import told_results
from lib import clock


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@may_import
def import_undo(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """What undoing the import would do, tried and rolled back; a POST asks for it. The row is the order."""
    batch, now = access_import(request.user, public_id), clock.now()
    if request.method == "POST":
        try:
            with transaction.atomic():
                undo.ask(batch.pk, actor=request.user, now=now)
                transaction.on_commit(lambda: undo_import.delay(batch.pk), robust=True)
        except NotUndoable as problem:
            messages.error(request, str(problem))
        return redirect("capture:import_detail", batch.public_id)
    context = {"title": _("Undo this import?"), "batch": batch, "now": now}
    try:
        undo.refuse(batch, now=now)
    except NotUndoable as problem:
        context["problem"] = str(problem)
    else:
        results, context["tried"], context["total"] = undo.forecast(batch, now=now)
        context |= told_results(results)
    return render(request, "capture/importing/undo.html", context)
