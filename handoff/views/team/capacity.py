"""How many more leads the reps who are in can take: a part of the what-if page, loaded by its address."""

from django.db.models import Count, Q
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.doors import SignedInRequest, role_required
from accounts.roles import MANAGING
from handoff.models import OPEN
from handoff.routing import choosing
from lib import clock
from lib.pages import page_or_part


@require_safe
@role_required(*MANAGING)
def capacity(request: SignedInRequest) -> HttpResponse:
    """The places that are free, summed over the reps; who has more than they can take has none."""
    passed = Q(user__handoffs__state__in=OPEN, user__handoffs__passed_at__isnull=False)
    reps = choosing.reps_in(now=clock.now()).annotate(load=Count("user__handoffs", filter=passed))
    rows = list(reps.values_list("capacity", "load"))
    context = {
        "title": _("Capacity of the reps"),
        "reps_in": len(rows),
        "most": sum(most for most, _load in rows),
        "free": sum(max(0, most - load) for most, load in rows),
    }
    return page_or_part(request, "handoff/team/capacity.html", "handoff/team/_capacity.html", context)
