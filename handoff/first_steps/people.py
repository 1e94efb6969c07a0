"""Steps: the people are here, and some of them take leads."""

from typing import Final

from django.db.models import Q
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.first_steps import Standing, Step, register
from accounts.models import SettledStep, User
from accounts.roles import ADMINISTRATOR, DECLARED, MARKETING, SALES_MANAGER, SALES_REP
from handoff.models import Rep, RoutingRule
from lib.numbers import number

# Without one of each nobody signs, or nobody answers.
NEEDED: Final = (MARKETING, SALES_REP, SALES_MANAGER)


def _people(settled: SettledStep | None) -> Standing:
    """Done when each of the needed roles is somebody's who is here or invited."""
    awaited = Q(invitation__isnull=False, invitation__accepted_at=None, invitation__revoked_at=None)
    known = User.objects.filter(Q(is_active=True) | awaited).values_list("roles", "is_active")
    here = sum(is_active for _roles, is_active in known)
    invited = len(known) - here
    sentences = [ngettext("%(count)s person is here.", "%(count)s people are here.", here) % {"count": number(here)}]
    if invited:
        awaits = ngettext("%(count)s person is invited.", "%(count)s people are invited.", invited)
        sentences.append(awaits % {"count": number(invited)})
    had = {role for roles, _is_active in known for role in roles}
    missing = [str(DECLARED[role].label) for role in NEEDED if role not in had]
    if missing:
        sentences.append(_("Nobody has yet the role %(roles)s.") % {"roles": get_text_list(missing, _("or"))})
    return Standing(is_done=not missing, text=" ".join(sentences))


def _reps(settled: SettledStep | None) -> Standing:
    """Done when somebody takes leads; rules are for those who want them."""
    reps = Rep.objects.filter(user__in=User.objects.in_role(SALES_REP)).count()
    if not reps:
        return Standing(is_done=False, text=_("Nobody takes leads, so no lead can be passed to sales."))
    rules = RoutingRule.objects.filter(is_active=True).count()
    takes = ngettext("%(count)s rep takes leads.", "%(count)s reps take leads.", reps) % {"count": number(reps)}
    by = _("No rule names anybody, so whoever has most room gets the next.")
    if rules:
        by = ngettext("%(count)s rule says who gets which.", "%(count)s rules say who gets which.", rules)
    return Standing(is_done=True, text=" ".join((takes, by % {"count": number(rules)})))


register(
    Step(
        key="people",
        order=10,
        title=gettext_lazy("Invite the people"),
        why=gettext_lazy("Marketing writes and signs, a sales manager signs and looks after the team, reps answer."),
        roles=(ADMINISTRATOR,),
        standing=_people,
        url_name="people:invite",
        action=gettext_lazy("Invite somebody"),
    )
)
register(
    Step(
        key="reps",
        order=60,
        title=gettext_lazy("Say who gets which leads"),
        why=gettext_lazy("Reps take as many leads as they have room for; rules give some to those who know them best."),
        roles=(ADMINISTRATOR, SALES_MANAGER),
        standing=_reps,
        url_name="handoff:team",
        action=gettext_lazy("See who takes leads"),
        may_be_left_out=False,
    )
)
