"""What the installation knows of itself: its demonstration, its backups, and the server it was made on."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Demonstration(models.Model):
    """One demonstration, from being asked for to being removed again. Moved by config/demo/background.py alone."""

    leads = models.PositiveIntegerField(_("leads"))
    months = models.PositiveSmallIntegerField(_("months"))
    # Null: the command line.
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(_("asked for"))
    loaded_at = models.DateTimeField(_("loaded"), null=True)
    # {model: {key of a row it made besides leads and people: digest of the row as it was made}}
    made = models.JSONField(default=dict)
    removal_asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    removal_asked_at = models.DateTimeField(_("removal asked for"), null=True)
    # Leads up to this key were looked at; how many there are in all.
    leads_to = models.BigIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    # How many of what went, and how many stay for which reason.
    results = models.JSONField(default=dict)
    # It was removed, or given up before it was loaded.
    ended_at = models.DateTimeField(_("ended"), null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Why it was given up.
    message = models.TextField(blank=True)

    class Meta:
        verbose_name = _("demonstration")
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["ended_at"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="demonstration_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(removal_asked_at=None) | Q(loaded_at__isnull=False),
                name="demonstration_is_removed_once_loaded",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("asked_at")), name="demonstration_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def is_loading(self) -> bool:
        """Whether a worker loads it, or is about to."""
        return self.ended_at is None and self.loaded_at is None

    @property
    def is_removing(self) -> bool:
        """Whether a worker removes it, or is about to."""
        return self.ended_at is None and self.removal_asked_at is not None

    @property
    def is_here(self) -> bool:
        """Whether it is loaded and nobody has asked to remove it."""
        return self.ended_at is None and self.loaded_at is not None and self.removal_asked_at is None


class Backup(models.Model):
    """One backup that was made whole; see config/backups/."""

    # The moment it shows.
    taken_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    size = models.BigIntegerField()  # bytes
    # It was restored into a database of its own, and nothing was missing.
    is_proved = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("backup")
        ordering = ("-taken_at", "-pk")
        constraints = [
            models.CheckConstraint(condition=Q(ended_at__gte=F("taken_at")), name="backup_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.taken_at:%Y-%m-%d %H:%M}"


class Server(models.Model):
    """The server this database is on, as PostgreSQL names it and the database; see config/backups/copied.py."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="server_only_one")]

    def __str__(self) -> str:
        return self.name
