"""By what a visit is counted to a channel: rules in an order, sites that are known, and spellings of tags."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from leads.models import Channel


class SiteKind(models.TextChoices):
    """What a site is that visitors come from."""

    SEARCH = "search", _("search engine")
    SOCIAL = "social", _("social network")
    AI = "ai", _("AI assistant")
    MAIL = "mail", _("mailbox in the browser")


class KnownSite(models.Model):
    """A site visitors come from, known by its host. It is its subdomains too, unless they are known themselves."""

    host = models.CharField(
        _("host"),
        max_length=253,
        unique=True,
        help_text=_("Such as linkedin.com. “google.*” is google.com, google.de, google.co.uk and so on."),
    )
    name = models.CharField(_("name"), max_length=60, help_text=_("What utm_source calls it, such as LinkedIn."))
    kind = models.CharField(_("kind"), max_length=10, choices=SiteKind)

    class Meta:
        verbose_name = _("known site")
        ordering = ("kind", "name", "host")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(host__regex=r"^[^\sA-Z/]+\.[^\sA-Z/]+$"),
                name="known_site_host_shape",
                violation_error_message=_("Write the host alone, such as linkedin.com."),
            ),
            models.CheckConstraint(condition=models.Q(kind__in=SiteKind.values), name="known_site_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name


class TagSpelling(models.Model):
    """Another spelling of a UTM tag: what comes with it is read as if it had come with the other."""

    class Tag(models.TextChoices):
        SOURCE = "source", _("utm_source")
        MEDIUM = "medium", _("utm_medium")

    tag = models.CharField(_("tag"), max_length=10, choices=Tag)
    # Both folded as channels are (leads.normalise.source_key).
    spelling = models.CharField(_("spelling"), max_length=100)
    counts_as = models.CharField(_("counts as"), max_length=100)

    class Meta:
        verbose_name = _("spelling of a tag")
        verbose_name_plural = _("spellings of tags")
        ordering = ("tag", "counts_as", "spelling")
        constraints = [
            models.UniqueConstraint(fields=["tag", "spelling"], name="tag_spelling_once"),
            models.CheckConstraint(
                condition=~models.Q(spelling="") & ~models.Q(counts_as="") & ~models.Q(spelling=models.F("counts_as")),
                name="tag_spelling_of_another",
                violation_error_message=_("A spelling counts as another one."),
            ),
            models.CheckConstraint(condition=models.Q(tag__in=("source", "medium")), name="tag_spelling_tag_known"),
        ]

    def __str__(self) -> str:
        return f"{self.spelling} = {self.counts_as}"


class ChannelRule(models.Model):
    """One rule: all that it asks has to hold; of a list any entry does. The first rule that holds says the channel."""

    class Origin(models.TextChoices):
        ANY = "any", _("wherever it comes from")
        OWN_MAIL = "own_mail", _("from a link in our own mail")
        REFERRER = "referrer", _("from another site")
        NOWHERE = "nowhere", _("from nowhere: no other site, no tags, no click id")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    position = models.PositiveSmallIntegerField(_("order"))
    name = models.CharField(_("name"), max_length=80)
    channel = models.ForeignKey(Channel, models.PROTECT, verbose_name=_("channel"), related_name="+")
    origin = models.CharField(_("comes"), max_length=10, choices=Origin, default=Origin.ANY)
    # Lists of texts, folded as they are compared; an empty one asks nothing.
    sources = models.JSONField(_("utm_source"), default=list, blank=True)
    mediums = models.JSONField(_("utm_medium"), default=list, blank=True)
    click_ids = models.JSONField(_("click ids"), default=list, blank=True)
    hosts = models.JSONField(_("site it comes from"), default=list, blank=True)
    site_kinds = models.JSONField(_("kind of site"), default=list, blank=True)
    is_enabled = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("channel rule")
        ordering = ("position", "pk")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(origin__in=("any", "own_mail", "referrer", "nowhere")),
                name="channel_rule_origin_known",
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="channel_rule_has_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def kind_labels(self) -> list[str]:
        """Its kinds of sites as people call them."""
        return [str(SiteKind(kind).label) for kind in self.site_kinds if kind in SiteKind.values]
