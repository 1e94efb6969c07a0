"""What keeps a lead that was never passed from sales, in a sentence."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from handoff.models import BacklogPolicy
from handoff.promotion.promotions import IS_KEPT_BACK, WAITS_ITS_TURN
from leads.models import Lead
from lib.moments import until_words
from lib.numbers import number
from scoring.engine.definition import Definition
from scoring.engine.passable import definition_in_force
from scoring.models import Score
from scoring.registry.fit_fields import missing


def what_is_missing(lead: Lead, *, now: datetime) -> str:
    """Of a lead without any handoff: what has to happen before it is handed over, or that it never will be."""
    definition = definition_in_force()
    score = Score.objects.filter(lead=lead).first()
    if lead.do_not_contact:
        return _("Nobody may contact this lead, so it is not handed over.")
    if not lead.may_become_mql:
        return _("It went on without a handoff: what came of it was told by another way.")
    if definition is None or score is None or not score.qualifies:
        return _("The lead is handed over when it meets the criteria; beside its score it says what is missing.")
    return _of_qualifying(lead, definition, now=now)


def _of_qualifying(lead: Lead, definition: Definition, *, now: datetime) -> str:
    if unknown := missing(lead, definition.criteria.required_fields):
        names = ", ".join(str(field.label) for field in unknown)
        return _("It meets the criteria. It is handed over once this is known: %(fields)s.") % {"fields": names}
    if lead.rest_until is not None and lead.rest_until > now:
        return _("It meets the criteria and rests until %(moment)s.") % {"moment": until_words(lead.rest_until)}
    stored = Lead.objects.filter(pk=lead.pk)
    if stored.filter(IS_KEPT_BACK).exists():
        return _("It came with an import that is not for sales. It is handed over once it does something that scores.")
    if stored.filter(WAITS_ITS_TURN).exists():
        return _turn_words(BacklogPolicy.current().per_day)
    return _("It meets the criteria and is handed over within seconds.")


def _turn_words(per_day: int) -> str:
    if not per_day:
        return _("It meets the criteria and waits: whose turn it is, somebody decides by hand.")
    return ngettext(
        "It meets the criteria and waits for its turn: %(count)s lead a day is handed over.",
        "It meets the criteria and waits for its turn: %(count)s leads a day are handed over, best first.",
        per_day,
    ) % {"count": number(per_day)}
