"""The step of the first-run list that sees to it that mail leaves."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.first_steps import Standing, Step, register
from accounts.models import SettledStep
from accounts.roles import ADMINISTRATOR
from outbox import mail_test
from outbox.models import Attempt
from outbox.transports.mail import MAIL, TAKEN

KEY: Final = "mail"


def _standing(settled: SettledStep | None) -> Standing:
    """As the last test went; before the first test, whether the mail server has taken anything."""
    if not mail_test.leaves():
        return Standing(is_done=False, text=mail_test.without_server())
    test = mail_test.last()
    if test and not test.is_taken:
        return Standing(is_done=False, text=test.problem)
    if test or Attempt.objects.filter(status=TAKEN, delivery__transport=MAIL.key).exists():
        return Standing(is_done=True, text=_("The mail server takes what Baton sends."))
    return Standing(is_done=False, text=_("Nothing was sent yet; send yourself a test."))


register(
    Step(
        key=KEY,
        order=20,
        title=gettext_lazy("See that mail works"),
        why=gettext_lazy("Invitations, new leads and deadlines reach people by mail."),
        roles=(ADMINISTRATOR,),
        standing=_standing,
        url_name="admin:outbox_delivery_changelist",
        action=gettext_lazy("See what was sent in the administration"),
        form="outbox/_mail_test.html",
    )
)
