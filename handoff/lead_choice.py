"""What handoff offers to do with leads chosen in the list: giving those that sales has to somebody else."""

from collections.abc import Sequence
from typing import Final

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.roles import SALES_MANAGER
from handoff.lifecycle.machine import TRANSITIONS
from handoff.models import Handoff
from leads.bulk import offered
from leads.bulk.offered import Elsewhere

# As many as the address of the page can name.
MOST: Final = 80


def page(user: User, lead_ids: Sequence[int]) -> tuple[str, str]:
    """Where these are given away, most urgent first, and how many of the leads are not among them."""
    movable = Handoff.objects.visible_to(user).filter(lead__in=list(lead_ids), state__in=TRANSITIONS["reassign"].starts)
    public_ids = list(movable.most_urgent_first().values_list("public_id", flat=True))
    address = f"{reverse('handoff:reassign')}?{urlencode([('handoff', str(one)) for one in public_ids[:MOST]])}"
    sentences = []
    if without := len(lead_ids) - len(public_ids):
        words = ngettext("%(count)d of the leads is with nobody in sales and stays as it is.",
                         "%(count)d of the leads are with nobody in sales and stay as they are.", without)  # fmt: skip
        sentences.append(words % {"count": without})
    if later := len(public_ids[MOST:]):
        words = ngettext("%(count)d lead more can be given away after these.",
                         "%(count)d leads more can be given away after these.", later)  # fmt: skip
        sentences.append(words % {"count": later})
    return (address if public_ids else "", " ".join(sentences))


offered.offer(Elsewhere(key="reassign", label=_("Give them to somebody else"), roles=(SALES_MANAGER,), page=page))
