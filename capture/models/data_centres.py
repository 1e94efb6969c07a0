"""From where programs come."""

import ipaddress
from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


class DataCentreRange(models.Model):
    """A range of IP addresses of a data centre, as its owner publishes it."""

    network = models.CharField(
        _("addresses"), max_length=43, unique=True, help_text=_("Such as 192.0.2.0/24 or 2001:db8::/32.")
    )
    owner = models.CharField(_("owner"), max_length=100)
    has_people = models.BooleanField(
        _("people come through it"),
        default=False,
        db_default=False,
        help_text=_("Such as the gateway of a company: what is done from here is a person's, whatever else is known."),
    )

    class Meta:
        verbose_name = _("range of a data centre")
        verbose_name_plural = _("ranges of data centres")
        ordering = ("owner", "network", "pk")

    def __str__(self) -> str:
        return f"{self.network} ({self.owner})"

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """As it is stored: with its first address, in the shortest spelling."""
        super().clean_fields(exclude)
        try:
            self.network = str(ipaddress.ip_network(self.network.strip(), strict=False))
        except ValueError as error:
            told = _("Write a range of addresses like 192.0.2.0/24 or 2001:db8::/32.")
            raise ValidationError({"network": told}) from error
