"""Who is told what, and where: the bell, mail, and chat."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from handoff.models.handoffs import Handoff
from lib.outgoing import check_address


class News(models.TextChoices):
    """The kinds of news, one name wherever they are told."""

    PASSED = "handoff.passed", _("a lead is waiting for you")
    REASSIGNED = "handoff.reassigned", _("a lead was given to you")
    DEADLINE_MOVED = "handoff.deadline_moved", _("a lead waits for you until another time")
    HALF_TIME = "handoff.half_time", _("half of the time to answer is over")
    NEARLY_LATE = "handoff.nearly_late", _("an answer is due soon")
    GIVEN_AWAY = "handoff.given_away", _("leads you had were given to somebody else")
    BREACHED = "handoff.breached", _("a lead was not answered in time")
    RETURNED = "handoff.returned", _("sales sent a lead back")
    TO_REVIEW = "handoff.to_review", _("a lead is to be checked by marketing")
    CLOCK_HELD = "sla.held", _("deadlines were not enforced; somebody has to look")
    TO_SIGN = "criteria.to_sign", _("criteria are to be signed")
    SIGNATURE_VOID = "criteria.void", _("your signature does not count any more")
    IN_FORCE = "criteria.in_force", _("other criteria are in force")
    REVIEW_DUE = "criteria.review_due", _("the criteria are to be reviewed")
    CHAT_PAUSED = "chat.paused", _("a chat webhook was paused")
    DIGEST = "digest", _("several things at once")


class Notice(models.Model):
    """One piece of news for one person, as the bell shows it. `about` says what no handoff can."""

    kind = models.CharField(_("what"), max_length=30, choices=News)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    handoff = models.ForeignKey(Handoff, models.PROTECT, null=True, related_name="notices")
    about = models.JSONField(default=dict)
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
            )
        ]

    def __str__(self) -> str:
        return self.dedupe_key


class NoticeChoice(models.Model):
    """What one person wants to be told of one kind of news; no row: the bell and mail, or none of it off."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notice_choices")
    kind = models.CharField(max_length=30, choices=News)
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
        help_text=_("The incoming webhook's address. Who knows it can post there."),
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
        models.CharField(max_length=30, choices=News),
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
