"""The step of the first-run list that makes a key for programs."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.first_steps import Standing, Step, register
from accounts.models import ApiKey, SettledStep
from accounts.roles import ADMINISTRATOR
from lib import clock
from lib.numbers import number


def _standing(settled: SettledStep | None) -> Standing:
    """Of the keys that still work."""
    keys = ApiKey.objects.filter(revoked_at=None, expires_at__gt=clock.now()).count()
    if not keys:
        return Standing(is_done=False, text=_("No API key is in use yet."))
    sentence = ngettext("%(count)s key works.", "%(count)s keys work.", keys)
    return Standing(is_done=True, text=sentence % {"count": number(keys)})


register(
    Step(
        key="api_key",
        order=80,
        title=gettext_lazy("Make an API key"),
        why=gettext_lazy("With it other systems, such as your CRM, send what people did and read their leads."),
        roles=(ADMINISTRATOR,),
        standing=_standing,
        url_name="keys:list",
        action=gettext_lazy("Make a key"),
        action_when_done=gettext_lazy("See the keys"),
    )
)
