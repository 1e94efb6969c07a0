"""Websites whose visits come in."""

import uuid
from typing import Final

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import EDITING

LONGEST_ORIGIN: Final = 200
MOST_ORIGINS: Final = 20


class ConsentMode(models.TextChoices):
    """What holds for a visitor who has said nothing yet."""

    GRANTED = "granted", _("Track until somebody says no")
    PENDING = "pending", _("Wait: keep in the browser, and send once somebody says yes")
    DENIED = "denied", _("Do not track until somebody says yes")


class SiteQuerySet(models.QuerySet["Site"]):
    def visible_to(self, user: User) -> "SiteQuerySet":
        """Marketing and administrators see every site; the rest none."""
        return self if user.has_role(*EDITING) else self.none()


class Site(models.Model):
    """A website or an application with keys of its own. Keys are made by capture/sites/keys.py only."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("name in addresses"), max_length=60, unique=True, editable=False)
    origins = ArrayField(models.CharField(max_length=LONGEST_ORIGIN), verbose_name=_("addresses"))
    # It stands in every page of the site, so it proves nothing: what comes with it is claimed.
    write_key = models.CharField(_("write key"), max_length=40, unique=True, editable=False)
    # The server key is made of the installation's secret and this nonce; the digest proves that one is right.
    server_key_nonce = models.CharField(max_length=32, blank=True, default="", db_default="", editable=False)
    server_key_digest = models.CharField(max_length=64, null=True, unique=True, editable=False)
    server_key_made_at = models.DateTimeField(_("server key made"), null=True, editable=False)

    consent_mode = models.CharField(
        _("before somebody has chosen"),
        max_length=10,
        choices=ConsentMode,
        default=ConsentMode.PENDING,
        help_text=_("The law of most European countries asks for a yes before anything is kept in a browser."),
    )
    honours_gpc = models.BooleanField(
        _("Global Privacy Control counts as no"),
        default=True,
        help_text=_("A signal of the browser; the law of several states of the USA asks for this."),
    )
    honours_dnt = models.BooleanField(
        _("Do Not Track counts as no"), default=True, help_text=_("An older signal of the browser.")
    )
    counts_denied = models.BooleanField(
        _("count visits of those who said no, without telling them apart"),
        default=True,
        help_text=_("How often each page was looked at, and nothing else: no cookie, no visitor, no lead."),
    )
    ends_visits_at_midnight = models.BooleanField(
        _("a visit ends at midnight"),
        default=False,
        db_default=False,
        help_text=_("It always ends after half an hour without a page, and when somebody comes from elsewhere again."),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("made by")
    )
    created_at = models.DateTimeField(_("created"), editable=False)

    objects = SiteQuerySet.as_manager()

    class Meta:
        verbose_name = _("site")
        ordering = ("name", "pk")
        constraints = [
            models.CheckConstraint(condition=models.Q(consent_mode__in=ConsentMode.values), name="site_consent_known"),
            models.CheckConstraint(
                condition=models.Q(server_key_nonce="", server_key_digest=None, server_key_made_at=None)
                | ~models.Q(server_key_nonce="")
                & models.Q(server_key_digest__isnull=False, server_key_made_at__isnull=False),
                name="site_server_key_whole",
            ),
            models.CheckConstraint(condition=models.Q(origins__len__gte=1), name="site_has_an_address"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def source(self) -> str:
        """What the inbox calls whatever this site sends; a message counts once for each source."""
        return f"site:{self.slug}"
