"""What a lead is recognised by besides its own address."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from leads.models.lead import Lead


class LeadIdentifier(models.Model):
    """The id that one system gives a lead, of which it may have many; or the address of a lead that it was merged with.

    Triggers (migrations/sql/identifiers.sql) put the id of a lead's own columns here and keep addresses apart, so that
    no name leads to two leads.
    """

    lead = models.ForeignKey(Lead, models.CASCADE, verbose_name=_("lead"), related_name="identifiers")
    # Folded; empty: the one that all share who name none.
    system = models.CharField(_("system"), max_length=50, blank=True, default="", db_default="")
    external_id = models.CharField(_("external id"), max_length=150, null=True, blank=True)
    # leads.normalise.email_key of the address.
    email_key = models.CharField(_("e-mail"), max_length=320, null=True, blank=True)

    class Meta:
        verbose_name = _("identifier of a lead")
        verbose_name_plural = _("identifiers of leads")
        ordering = ("pk",)
        constraints = [
            # The id first: leads are looked for by it alone as well.
            models.UniqueConstraint(
                fields=["external_id", "system"],
                name="identifier_once_by_id_and_system",
                violation_error_message=_("There is a lead with this external id."),
            ),
            models.UniqueConstraint(
                fields=["email_key"],
                name="identifier_once_by_email_key",
                violation_error_message=_("There is a lead with this e-mail address."),
            ),
            models.CheckConstraint(
                condition=(Q(external_id__isnull=False, email_key=None) & ~Q(external_id=""))
                | (Q(external_id=None, email_key__isnull=False, system="") & ~Q(email_key="")),
                name="identifier_is_id_or_address",
            ),
        ]

    def __str__(self) -> str:
        return self.external_id or self.email_key or ""
