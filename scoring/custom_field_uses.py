"""Which criteria ask about a custom field: told before it is taken out of use."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from leads.custom_fields.uses import offer
from leads.models import CustomField
from scoring.models import Criteria, Rule


@offer
def criteria_that_ask(custom: CustomField) -> Iterable[str]:
    """One sentence for each version that is in force or being worked on."""
    living = (Criteria.State.PUBLISHED, Criteria.State.PROPOSED, Criteria.State.DRAFT)
    rules = Rule.objects.filter(field=custom.name, criteria__state__in=living).order_by("criteria__number")
    for number in dict.fromkeys(rules.values_list("criteria__number", flat=True)):
        yield _("Version %(number)d of the criteria asks about it.") % {"number": number}
    needing = Criteria.objects.filter(required_fields__contains=[custom.name], state__in=living).order_by("number")
    for number in needing.values_list("number", flat=True):
        yield _("Version %(number)d of the criteria needs it before sales may call.") % {"number": number}
