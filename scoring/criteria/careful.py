"""The careful version proposed beside the example Baton came with, and why."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from scoring.criteria.comments import comment
from scoring.criteria.examples import CAREFUL, draft_from_example
from scoring.criteria.publication import propose
from scoring.models import Criteria


def is_only_shipped() -> bool:
    """Whether nobody has made a version of their own yet."""
    return Criteria.objects.filter(is_shipped=True).exists() and not Criteria.objects.filter(is_shipped=False).exists()


@transaction.atomic
def propose_careful(*, actor: User, now: datetime) -> Criteria | None:
    """Proposes it for signature, with a comment that says why; nothing where there is a version of one's own.

    Raises PublicationRefused. Version 1 stays in force, as it is, until both sides have signed.
    """
    # Held, so that two people do not propose it twice.
    list(Criteria.objects.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    if not is_only_shipped():
        return None
    draft = draft_from_example(CAREFUL.key, actor=actor, now=now)
    comment(criteria_id=draft.pk, text=" ".join((why(), _("Change it or sign it."))), actor=actor, now=now)
    return propose(criteria_id=draft.pk, actor=actor, now=now)


def why() -> str:
    """Why not to stay with the example."""
    return _(
        "Version 1 is the example Baton came with. In it asking for a demo is worth nothing, what somebody did years "
        "ago counts like yesterday, and a title and a company of the right size are 25 of the 30 points. The careful "
        "version asks for three different things within 90 days and takes whoever asks for a demo at once."
    )
