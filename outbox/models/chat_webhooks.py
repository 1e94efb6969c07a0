"""The chats in which people are told."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from lib.outgoing import check_address
from outbox.models.kind_field import KindField


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
