"""Words for choosing leads. `visible_to` is the door for lists; leads/access.py is the door for one."""

from typing import TYPE_CHECKING, Final, Self

from django.db import models
from django.db.models import BooleanField, F, Func, Q, Value

from accounts.models import User
from accounts.roles import MANAGING, SALES_REP
from leads.normalise import Refusal, email_key
from leads.states import Stage, Status
from lib.page_sizes import MOST_COUNTED

if TYPE_CHECKING:
    from leads.models import Company, Lead  # noqa: F401 (what the rows are)

BEFORE_SALES: Final = (Status.NEW, Status.NURTURING, Status.RECYCLED)
PROMOTABLE: Final = Q(do_not_contact=False, stage=Stage.LEAD, status__in=BEFORE_SALES)


class Begins(Func):
    """Whether a vector of words has, for each word of a text, one that begins with it."""

    template = "%(expressions)s)"
    arg_joiner = " @@ leads_beginnings("
    arity = 2
    output_field = BooleanField()


def _address(text: str) -> str:
    """How this address is known; nobody has an empty one."""
    try:
        return email_key(text)
    except Refusal:
        return ""


class CompanyQuerySet(models.QuerySet["Company"]):
    def visible_to(self, user: User) -> Self:
        """Who sees all leads sees all companies; a rep sees those of their leads, and those they own."""
        if user.has_role(*MANAGING):
            return self
        if not user.has_role(SALES_REP):
            return self.none()
        own = user.leads.exclude(company=None).order_by().values("company")
        return self.filter(Q(owner=user) | Q(pk__in=own))


class LeadQuerySet(models.QuerySet["Lead"]):
    def visible_to(self, user: User) -> Self:
        """Marketing, managers and administrators see all leads; a rep sees those that are theirs."""
        if user.has_role(*MANAGING):
            return self
        return self.filter(owner=user) if user.has_role(SALES_REP) else self.none()

    def search(self, text: str) -> Self:
        """Leads with words that begin with each of these: in their name, address, external id, title or company."""
        return self.filter(Begins(F("search"), Value(text)))

    def looked_for(self, text: str) -> Self:
        """What `search` finds, to be counted, sorted and leafed through: the lead alone where the text is its address.

        The words are looked for once where few leads have them. What many have is soon found in any order.
        """
        if "@" in text:
            address = _address(text)
            for known in (self.filter(email_key=address), self.filter(identifiers__email_key=address)):
                if known.exists():
                    return known
        lead_ids = list(self.search(text).order_by().values_list("pk", flat=True)[: MOST_COUNTED + 1])
        if len(lead_ids) > MOST_COUNTED:
            return self.search(text)
        # The words hold the first id of a lead; one of the others is found when it is written as a whole.
        named = self.filter(identifiers__external_id=text.strip()).order_by()
        return self.filter(pk__among={*lead_ids, *named.values_list("pk", flat=True)})

    def promotable(self) -> Self:
        """Leads that may become an MQL: not contacted against their will, nor with sales, nor decided."""
        return self.filter(PROMOTABLE)
