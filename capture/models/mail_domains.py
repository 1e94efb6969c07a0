"""What is known of the domains of mail addresses."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from leads.normalise import domain_key


class MailDomain(models.Model):
    """A domain whose addresses are of a kind. What stands here goes before the list that Baton comes with."""

    class Kind(models.TextChoices):
        FREE = "free", _("free mail provider")
        DISPOSABLE = "disposable", _("addresses that are thrown away")
        ORDINARY = "ordinary", _("like any other")

    domain = models.CharField(_("domain"), max_length=253, unique=True, help_text=_("Such as example.com."))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)

    class Meta:
        verbose_name = _("mail domain")
        ordering = ("domain",)

    def __str__(self) -> str:
        return self.domain

    def clean(self) -> None:
        self.domain = domain_key(self.domain) or self.domain
