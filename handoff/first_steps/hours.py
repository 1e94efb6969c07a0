"""Step: how long sales has, and by which hours. The default is right for many, so looking at it is enough."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.first_steps import Standing, Step, register
from accounts.models import SettledStep
from accounts.roles import ADMINISTRATOR, SALES_MANAGER
from handoff.deadlines import sla
from handoff.deadlines.policy_words import policy_words

KEY: Final = "hours"
MAY: Final = (ADMINISTRATOR, SALES_MANAGER)


def _standing(settled: SettledStep | None) -> Standing:
    """Done when somebody has answered the question, whatever they answered."""
    words = policy_words(sla.fallback())
    if settled is None:
        return Standing(is_done=False, text=_("%(words)s Nobody has said yet that this is right.") % {"words": words})
    return Standing(is_done=True, text=words)


register(
    Step(
        key=KEY,
        order=70,
        title=gettext_lazy("Say how long sales has, and by which hours"),
        why=gettext_lazy("Each lead has a clock; a promise that runs at night is another than one of office hours."),
        roles=MAY,
        standing=_standing,
        url_name="handoff:office_hours",
        action=gettext_lazy("Answer the question"),
        action_when_done=gettext_lazy("Change it"),
        may_be_left_out=False,
    )
)
