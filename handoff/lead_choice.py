"""What handoff offers to do with leads chosen in the list: giving those that sales has to somebody else."""

from collections.abc import Collection

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.roles import SALES_MANAGER
from handoff.models import Handoff
from handoff.models.handoffs import HandoffQuerySet
from handoff.routing.giving_many import MOVABLE, give, give_back
from handoff.routing.reassigning import held_by
from leads.bulk import changing, offered
from leads.bulk.offered import Doer, Elsewhere
from leads.models import BulkChange
from leads.models.bulk_change import Doing


def movable(user: User, lead_ids: Collection[int]) -> HandoffQuerySet:
    """The handoffs of these leads that can be given to somebody else, most urgent first."""
    visible = Handoff.objects.visible_to(user).filter(lead__pk__among=lead_ids)
    return visible.filter(state__in=MOVABLE).most_urgent_first()


def page(change: BulkChange) -> tuple[str, str]:
    """Where these are given away, and how many of the leads are not among them; who holds what now is kept."""
    handoffs = list(movable(change.actor, change.lead_ids).only("public_id", "assignee_id"))
    if len(handoffs) == 1:
        address = f"{reverse('handoff:reassign')}?{urlencode({'handoff': str(handoffs[0].public_id)})}"
    else:
        changing.note(change, {"held": [held_by(handoff) for handoff in handoffs]})
        address = reverse("handoff:give_many", args=[change.public_id])
    sentence = ""
    if without := change.total - len(handoffs):
        words = ngettext("%(count)d of the leads is with nobody in sales and stays as it is.",
                         "%(count)d of the leads are with nobody in sales and stay as they are.", without)  # fmt: skip
        sentence = words % {"count": without}
    return (address if handoffs else "", sentence)


offered.offer(Elsewhere(key="reassign", label=_("Give them to somebody else"), roles=(SALES_MANAGER,), page=page))
offered.carry_out(Doing.GIVE, Doer(do=give, undo=give_back))
