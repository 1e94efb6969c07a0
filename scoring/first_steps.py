"""The step of the first-run list in which both sides agree on what makes a lead ready."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.first_steps import Standing, Step, register
from accounts.models import SettledStep
from accounts.roles import MANAGING
from scoring.engine.definition import in_force
from scoring.models import Criteria, Signature


def _standing(settled: SettledStep | None) -> Standing:
    """Done when what is in force was signed by both sides; the example that Baton comes with was signed by nobody."""
    criteria = in_force()
    if criteria and criteria.signatures.count() == len(Signature.Side):
        sentence = _("Version %(number)s is in force and signed by both sides.")
        return Standing(is_done=True, text=sentence % {"number": criteria.number})
    proposed = Criteria.objects.filter(state=Criteria.State.PROPOSED).order_by("number").first()
    if proposed:
        sentence = _("Version %(number)s is proposed and waits for signatures.")
        if not proposed.missing_sides:
            sentence = _("Version %(number)s is signed by both sides and can be put into force.")
        return Standing(is_done=False, text=sentence % {"number": proposed.number})
    if criteria is None:
        return Standing(is_done=False, text=_("No criteria are in force, so no lead goes to sales."))
    return Standing(is_done=False, text=_("The example that Baton comes with is in force; nobody has signed it."))


register(
    Step(
        key="criteria",
        order=50,
        title=gettext_lazy("Agree on when a lead is ready for sales"),
        why=gettext_lazy("Marketing and sales look at the criteria together; both sign, and they are kept to."),
        roles=MANAGING,
        standing=_standing,
        url_name="scoring:agreement",
        action=gettext_lazy("Look at the criteria"),
        may_be_left_out=False,
    )
)
