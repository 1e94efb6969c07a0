"""Giving many leads of the list to somebody else: to whom, what it means, and then a worker does it."""

import uuid
from collections.abc import Sequence
from typing import Final

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.doors import SignedInRequest, role_required
from accounts.models import User
from accounts.roles import SALES_MANAGER
from handoff.lead_choice import movable
from handoff.models import Handoff
from handoff.routing.reassigning import candidates
from handoff.views.reassigning.confirmation import consequences
from handoff.views.reassigning.reassign import ReassignForm
from leads.bulk import changing
from leads.models import BulkChange
from leads.models.bulk_change import Doing
from lib import clock

SHOWN: Final = 10


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@role_required(SALES_MANAGER)
def give_many(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """GET asks to whom; POST says what it means, and, confirmed, has it done."""
    change = get_object_or_404(BulkChange.objects.visible_to(request.user), public_id=public_id)
    if change.asked_at is not None:
        return redirect("leads:bulk", change.public_id)
    now = clock.now()
    handoffs = list(movable(request.user, change.lead_ids).select_related("lead__company", "assignee"))
    if not handoffs or "held" not in change.values:
        return render(request, "handoff/reassigning/none.html", {"title": _("Give leads to somebody else")})
    form = ReassignForm(request.POST if request.method == "POST" else None, people=candidates(now=now))
    is_complete = request.method == "POST" and form.is_valid()
    if is_complete and form.cleaned_data["confirmed"]:
        answers = {"to": form.chosen().pk, "text": form.cleaned_data["text"]}
        changing.ask(change, doing=Doing.GIVE, values={**change.values, **answers}, clock=clock.now)
        return redirect("leads:bulk", change.public_id)
    question = ngettext("Give %(count)d lead to somebody else", "Give %(count)d leads to somebody else", len(handoffs))
    context = {
        "title": question % {"count": len(handoffs)},
        "change": change,
        "form": form,
        "to": form.chosen() if is_complete else None,
        "text": form.cleaned_data["text"] if is_complete else "",
        "consequences": _meaning(handoffs, form.chosen()) if is_complete else [],
        "some": handoffs[:SHOWN],
        "others": max(0, len(handoffs) - SHOWN),
    }
    return render(request, "handoff/reassigning/give_many.html", context, status=422 if form.errors else 200)


def _meaning(handoffs: Sequence[Handoff], to: User) -> list[str]:
    """What will happen, with counts; whoever gets them may have some already."""
    others = [handoff for handoff in handoffs if handoff.assignee_id != to.pk]
    sentences = consequences(others, to)
    if own := len(handoffs) - len(others):
        words = ngettext("%(count)d lead is with %(rep)s already.", "%(count)d leads are with %(rep)s already.", own)
        sentences.append(words % {"count": own, "rep": to})
    return sentences
