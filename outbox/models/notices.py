"""Who is told what: the notices of the bell, and what each person chose to be told."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from outbox.models.kind_field import KindField


class Notice(models.Model):
    """One piece of news for one person, as the bell shows it: what it is about, where that is, and frozen facts."""

    kind = KindField(_("what"))
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    # By which the package whose news it is finds what it is about ("chat:7"), and the page of that.
    subject = models.CharField(max_length=60)
    path = models.CharField(max_length=300)
    facts = models.JSONField(default=dict)
    # kind:subject:recipient, as on a delivery; the same news is never told twice.
    dedupe_key = models.CharField(max_length=100, unique=True)
    created_at = models.DateTimeField(_("when"))
    read_at = models.DateTimeField(_("read"), null=True)

    class Meta:
        verbose_name = _("notice")
        ordering = ("-created_at", "-pk")
        indexes = [
            # A person's notices, newest first.
            models.Index(fields=["recipient", "-created_at"], name="notice_of_person"),
            # The number at the bell.
            models.Index(fields=["recipient"], name="notice_unread", condition=Q(read_at=None)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(read_at=None) | Q(read_at__gte=F("created_at")), name="notice_read_after_created"
            ),
            models.CheckConstraint(condition=~Q(subject="") & Q(path__startswith="/"), name="notice_has_subject"),
        ]

    def __str__(self) -> str:
        return self.dedupe_key


class NoticeChoice(models.Model):
    """What one person wants to be told of one kind of news; no row: the bell and mail, or none of it off."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_choices")
    kind = KindField()
    by_bell = models.BooleanField(_("in Baton"), default=True)
    by_mail = models.BooleanField(_("by mail"), default=True)
    by_chat = models.BooleanField(_("by chat"), default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="notice_choice_once")]

    def __str__(self) -> str:
        return f"{self.user_id}:{self.kind}"
