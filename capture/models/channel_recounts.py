"""The past counted by the channel rules once more."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ChannelRecount(models.Model):
    """One pass over all leads, in the order of their ids; a trial counts what would change, and changes nothing.

    Work owed until `finished_at`: a worker goes on after `next_lead`, whoever began it.
    """

    is_trial = models.BooleanField(_("counts alone"))
    # Which rules, sites and spellings it goes by (`Rules.digest`): a pass never goes by two.
    rules = models.CharField(max_length=64, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("asked for by"), related_name="+", db_index=False
    )
    asked_at = models.DateTimeField(_("asked for"))
    finished_at = models.DateTimeField(_("finished"), null=True)
    # It ended before the last lead, since the rules changed.
    is_broken_off = models.BooleanField(_("broken off"), default=False, db_default=False)
    leads = models.PositiveIntegerField(_("leads"))
    leads_done = models.PositiveIntegerField(_("leads done"), default=0, db_default=0)
    # All up to this id are done, and those after the last one came later.
    last_done = models.BigIntegerField(default=0, db_default=0)
    last_lead = models.BigIntegerField()
    # [[key of the channel before, and after (empty: none), activities, first touches, last touches], ...]
    moves = models.JSONField(default=list)

    class Meta:
        verbose_name = _("recount of channels")
        verbose_name_plural = _("recounts of channels")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(finished_at=None), name="channel_recount_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(is_broken_off=False) | models.Q(finished_at__isnull=False),
                name="channel_recount_broken_off_is_over",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def activities(self) -> int:
        """How many activities change their channel, or changed it."""
        return sum(move[2] for move in self.moves)
