"""What nurture offers to do with leads chosen in the list: putting them on a list, and taking them off one."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.roles import EDITING
from leads.bulk import offered
from leads.bulk.offered import Elsewhere
from leads.models import BulkChange


def add_page(choice: BulkChange) -> tuple[str, str]:
    """Where it is said on which list."""
    return reverse("nurture:add", args=[choice.public_id]), ""


def take_off_page(choice: BulkChange) -> tuple[str, str]:
    """Where it is said off which list."""
    return reverse("nurture:take_off", args=[choice.public_id]), ""


offered.offer(Elsewhere(key="add_to_list", label=_("Put them on a list"), roles=EDITING, page=add_page))
offered.offer(Elsewhere(key="take_off_list", label=_("Take them off a list"), roles=EDITING, page=take_off_page))
