"""How many old leads a day go to sales after a publication."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lib.singleton import Singleton


class BacklogPolicy(Singleton):
    """How many of the leads that only other criteria or an import made qualify are passed a day.

    The row is also the lock of who passes from the backlog: two at once count one after the other.
    """

    per_day = models.PositiveSmallIntegerField(
        _("passed a day"),
        default=20,
        validators=[MaxValueValidator(1000)],
        help_text=_(
            "How many of the leads that qualify only because other criteria came into force, or by an import, are "
            "passed a day, fast track and highest scores first. 0: none, until somebody decides. A lead that does "
            "something new that scores does not wait."
        ),
    )

    class Meta:
        verbose_name = _("daily limit after new criteria")
        verbose_name_plural = _("daily limit after new criteria")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="backlog_policy_is_one")]

    def __str__(self) -> str:
        return str(_("%(count)d leads a day") % {"count": self.per_day})
