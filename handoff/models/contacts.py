"""What a rep did to reach the lead."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from handoff.models.handoffs import Handoff


class Contact(models.Model):
    """One call, mail, message or meeting of a rep with the lead of a handoff. Kept as it is (trigger)."""

    class Way(models.TextChoices):
        CALL = "call", _("call")
        MAIL = "mail", _("mail")
        TEXT = "text", _("text message")
        LINKEDIN = "linkedin", _("LinkedIn")
        MEETING = "meeting", _("meeting")

    class Outcome(models.TextChoices):
        TALKED = "talked", _("we talked")
        ANSWERED = "answered", _("they answered in writing")
        SENT = "sent", _("sent, no answer yet")
        MESSAGE_LEFT = "message_left", _("left a message")
        NO_ANSWER = "no_answer", _("no answer")
        CALLED_BACK = "called_back", _("they called back")
        WRONG = "wrong", _("wrong number or address")
        NOT_SHOWN = "not_shown", _("did not come")

    handoff = models.ForeignKey(Handoff, models.PROTECT, related_name="contacts")
    way = models.CharField(_("how"), max_length=8, choices=Way)
    outcome = models.CharField(_("what came of it"), max_length=12, choices=Outcome)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    at = models.DateTimeField(_("when"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("who"), related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        verbose_name = _("contact")
        ordering = ("-at", "-pk")
        # The handoff's page.
        indexes = [models.Index(fields=["handoff", "at"], name="contact_of_handoff")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(at__lte=models.F("recorded_at")),
                name="contact_has_happened",
                violation_error_message=_("A contact is recorded after it happened."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_way_display()}: {self.get_outcome_display()}"
