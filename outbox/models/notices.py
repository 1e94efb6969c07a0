"""Who is told what, and where: the bell, mail, and chat."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lib.outgoing import check_address
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


class QuietHours(models.Model):
    """When a person is left alone: mail and chat wait until the hours are over, on their own clock."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="quiet_hours")
    starts_at = models.TimeField(_("from"))
    ends_at = models.TimeField(_("to"))
    weekends = models.BooleanField(_("all of Saturday and Sunday"), default=False)

    class Meta:
        verbose_name = _("quiet hours")
        constraints = [
            models.CheckConstraint(
                condition=~Q(starts_at=F("ends_at")),
                name="quiet_hours_end",
                violation_error_message=_("Quiet hours have to end at another time than they begin."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%H:%M}-{self.ends_at:%H:%M}"


class ChatWebhook(models.Model):
    """An address of Slack or Teams that takes messages: of a team (no owner), or of one person."""

    class Product(models.TextChoices):
        SLACK = "slack", _("Slack")
        TEAMS = "teams", _("Microsoft Teams")

    name = models.CharField(_("name"), max_length=100, help_text=_("Such as the channel it posts to."))
    product = models.CharField(_("product"), max_length=8, choices=Product)
    url = models.URLField(
        _("address"),
        max_length=2000,
        validators=[check_address],
        help_text=_("The incoming webhook's address. Whoever knows it can post there."),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name=_("of"),
        null=True,
        blank=True,
        related_name="chat_webhooks",
        help_text=_("A person who wants their own news there. Empty: a team's channel."),
    )
    kinds = ArrayField(
        KindField(),
        verbose_name=_("news"),
        default=list,
        blank=True,
        help_text=_("What a team's channel is told."),
    )
    is_active = models.BooleanField(_("in use"), default=True)
    failing_since = models.DateTimeField(_("failing since"), null=True, editable=False)
    last_error = models.CharField(_("last error"), max_length=500, blank=True, editable=False)

    class Meta:
        verbose_name = _("chat webhook")
        ordering = ("name", "pk")

    def __str__(self) -> str:
        return self.name
