"""What became of mails: how many were sent, wait, or were not sent and why."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db.models import Count

from nurture.models import MailSend, SendState, Why


@dataclass
class Results:
    """Of one mail, over all its versions."""

    sent: int = 0
    waiting: int = 0
    # Of those that were sent: in how many a person followed a link.
    clicked: int = 0
    # By reason, in words; what was given up among them.
    not_sent: dict[str, int] = field(default_factory=dict)

    @property
    def not_sent_in_all(self) -> int:
        return sum(self.not_sent.values())


def results(mail_ids: Collection[int]) -> Mapping[int, Results]:
    """Of each mail, in one statement; a mail that was never to be sent has none."""
    of_mails: dict[int, Results] = defaultdict(Results)
    sends = MailSend.objects.filter(version__mail__in=mail_ids).order_by()
    counted = sends.values_list("version__mail", "state", "reason").annotate(
        count=Count("pk"), clicked=Count("clicked_at")
    )
    for mail_id, state, reason, count, clicked in counted.order_by("-count", "reason"):
        of_mail = of_mails[mail_id]
        if state == SendState.SENT:
            of_mail.sent += count
            of_mail.clicked += clicked
        elif state == SendState.PENDING:
            of_mail.waiting += count
        else:
            of_mail.not_sent[str(Why(reason).label)] = count
    return of_mails
