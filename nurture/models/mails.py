"""Mails that are written in the product, and what of them was approved."""

import uuid
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from leads.models import Purpose

LONGEST_LINE: Final = 200


class Content(models.Model):
    """What a mail says: two lines that a mail program shows in its list, and the blocks below them."""

    # What the mail is for; whoever withdraws it gets no such mail (leads/consent/).
    purpose = models.ForeignKey(Purpose, models.PROTECT, verbose_name=_("purpose"), related_name="+")
    subject = models.CharField(_("subject"), max_length=LONGEST_LINE, blank=True)
    preheader = models.CharField(_("preview line"), max_length=LONGEST_LINE, blank=True)
    # In their order; what each kind holds is declared in nurture/mails/blocks.py.
    blocks = models.JSONField(_("content"), default=list, blank=True)

    class Meta:
        abstract = True


class Mail(Content):
    """A mail as it is being written. Nothing of it is sent before it is approved. Written by nurture/mails/."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=80)
    # The version in force: what is sent to whoever is to get this mail from now on.
    approved = models.ForeignKey(
        "nurture.MailVersion", models.PROTECT, verbose_name=_("approved version"), related_name="+", null=True
    )
    # Counts the changes, so that whoever saves says what they looked at.
    edits = models.PositiveIntegerField(default=0, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("made by"), related_name="+"
    )
    created_at = models.DateTimeField(_("made"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("changed by"), related_name="+"
    )
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ("name", "pk")
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="mail_has_name"),
            models.UniqueConstraint(
                Lower("name"), name="mail_name_once", violation_error_message=_("There is a mail of this name.")
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MailVersion(Content):
    """A mail as somebody approved it: a trigger keeps it as it is (migrations/sql/mail_versions.sql)."""

    mail = models.ForeignKey(Mail, models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField(_("version"))
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("approved by"), related_name="+"
    )
    approved_at = models.DateTimeField(_("approved"))

    class Meta:
        verbose_name = _("version of a mail")
        verbose_name_plural = _("versions of mails")
        ordering = ("mail", "-number")
        constraints = [
            models.UniqueConstraint(fields=["mail", "number"], name="mail_version_once"),
            models.CheckConstraint(condition=Q(number__gt=0), name="mail_version_counts_from_one"),
            models.CheckConstraint(condition=~Q(subject=""), name="mail_version_has_subject"),
            models.CheckConstraint(condition=~Q(blocks=[]), name="mail_version_has_content"),
        ]

    def __str__(self) -> str:
        return f"{self.mail_id}: {self.number}"
