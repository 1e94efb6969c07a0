"""Forms that people outside fill in, and what they ask."""

import uuid
from collections.abc import Sequence

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from leads.models import Asset

# What a form asks beside fields of the lead: whether somebody agrees to a text.
CONSENT = "consent"


class AddressPolicy(models.TextChoices):
    """What happens to an address of a kind that is worth little to a business."""

    WELCOME = "welcome", _("take it like any other")
    REVIEW = "review", _("keep it for review")
    REFUSE = "refuse", _("ask for another address")


class Accent(models.TextChoices):
    TEAL = "teal", _("teal")
    BLUE = "blue", _("blue")
    GREEN = "green", _("green")
    PURPLE = "purple", _("purple")
    BERRY = "berry", _("berry")
    ORANGE = "orange", _("orange")
    INK = "ink", _("black and white")


class Radius(models.TextChoices):
    SHARP = "sharp", _("sharp corners")
    SOFT = "soft", _("soft corners")
    ROUND = "round", _("round corners")


class FontSize(models.TextChoices):
    SMALL = "small", _("small")
    MEDIUM = "medium", _("medium")
    LARGE = "large", _("large")


class Form(models.Model):
    """What is asked, what is checked, and what happens afterwards."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(
        _("name"), max_length=100, help_text=_("For you and your colleagues, such as: Demo request.")
    )
    title = models.CharField(_("heading"), max_length=150, help_text=_("What people read above the form."))
    intro = models.TextField(_("introduction"), max_length=2000, blank=True)
    button = models.CharField(
        _("text of the button"), max_length=60, default=_("Send"), help_text=_("Say what happens: Send me the guide.")
    )

    # What happens afterwards.
    thanks_title = models.CharField(_("heading afterwards"), max_length=150, default=_("Thank you"))
    thanks_text = models.TextField(
        _("message afterwards"), max_length=2000, default=_("We have what you sent, and will be in touch.")
    )
    redirect_url = models.URLField(
        _("page they go on to"),
        max_length=500,
        blank=True,
        help_text=_("Such as https://www.example.com/thanks. Empty: the message is shown."),
    )
    asset = models.ForeignKey(
        Asset,
        models.PROTECT,
        verbose_name=_("content they get"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Counts as a download of it."),
    )
    mail_subject = models.CharField(
        _("subject of the mail"), max_length=150, blank=True, help_text=_("Empty: no mail is sent.")
    )
    mail_text = models.TextField(_("text of the mail"), max_length=5000, blank=True)

    # What is checked.
    needs_confirmation = models.BooleanField(
        _("The address must be confirmed"),
        default=False,
        help_text=_("They get a mail with a link. Nothing counts before they follow it and press the button."),
    )
    confirm_hours = models.PositiveSmallIntegerField(
        _("hours to confirm"), default=72, help_text=_("Afterwards the link does nothing any more.")
    )
    free_mail = models.CharField(
        _("addresses at free mail providers"), max_length=10, choices=AddressPolicy, default=AddressPolicy.WELCOME
    )
    disposable_mail = models.CharField(
        _("addresses that are thrown away"), max_length=10, choices=AddressPolicy, default=AddressPolicy.REVIEW
    )
    least_seconds = models.PositiveSmallIntegerField(
        _("seconds a person needs"), default=3, help_text=_("Who is faster is kept for review. 0: no limit.")
    )
    most_per_minute = models.PositiveSmallIntegerField(
        _("submissions a minute"), default=10, help_text=_("From one internet address; more are kept for review.")
    )
    # Empty: every one.
    origins = models.JSONField(_("websites it may stand on"), default=list, blank=True)
    takes_posts = models.BooleanField(
        _("Take what other forms post here"),
        default=False,
        help_text=_("For a form that stands on your website already and posts to the address of this one."),
    )
    # {name of a field of such a form: key of what is asked}
    mapping = models.JSONField(default=dict, blank=True)
    # A field that no person sees, so whoever fills it in is a program.
    honeypot = models.CharField(_("field that stays empty"), max_length=50, default="your_website")
    # How many questions of the queue are asked at once; 0: there is no queue.
    questions_at_once = models.PositiveSmallIntegerField(_("questions at a time"), default=0)

    # How it looks.
    accent = models.CharField(_("colour"), max_length=10, choices=Accent, default=Accent.TEAL)
    radius = models.CharField(_("corners"), max_length=10, choices=Radius, default=Radius.SOFT)
    font_size = models.CharField(_("size of the text"), max_length=10, choices=FontSize, default=FontSize.MEDIUM)

    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("created"))
    changed_at = models.DateTimeField(_("changed"))
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True)

    class Meta:
        verbose_name = _("form")
        ordering = ("name", "pk")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(redirect_url="") | models.Q(redirect_url__startswith="https://"),
                name="form_redirects_by_https",
                violation_error_message=_("The page they go on to begins with https://."),
            ),
            models.CheckConstraint(
                condition=models.Q(confirm_hours__range=(1, 720)),
                name="form_confirmed_within_a_month",
                violation_error_message=_("Between 1 and 720 hours."),
            ),
            models.CheckConstraint(condition=~models.Q(honeypot=""), name="form_has_honeypot"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_archived(self) -> bool:
        """Whether it takes nothing any more."""
        return self.archived_at is not None


class FormField(models.Model):
    """One question of a form: about the lead, its company, or whether somebody agrees to something."""

    form = models.ForeignKey(Form, models.CASCADE, related_name="form_fields")
    position = models.PositiveSmallIntegerField()
    # A key of capture/web_forms/askables.py, or CONSENT.
    ask = models.CharField(_("what is asked"), max_length=80)
    label = models.CharField(_("label"), max_length=150)
    help = models.CharField(_("help"), max_length=300, blank=True)
    is_required = models.BooleanField(_("must be filled in"), default=False)
    choices = models.JSONField(_("choices"), default=list, blank=True)
    # What somebody agrees to, word by word, and what it is for.
    consent_text = models.TextField(_("consent text"), max_length=2000, blank=True)
    purpose = models.CharField(_("purpose"), max_length=50, blank=True)
    # Asked when it is the lead's turn (questions_at_once), not each time.
    is_queued = models.BooleanField(_("Ask when what stands before is known"), default=False)

    class Meta:
        verbose_name = _("question")
        ordering = ("position", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["form", "ask"],
                condition=~models.Q(ask=CONSENT),
                name="form_asks_once",
                violation_error_message=_("The form asks this already."),
            ),
            models.CheckConstraint(
                condition=~models.Q(ask=CONSENT) | (~models.Q(consent_text="") & ~models.Q(purpose="")),
                name="form_consent_has_text",
                violation_error_message=_("A consent needs its text and its purpose."),
            ),
            models.CheckConstraint(
                condition=models.Q(is_queued=False) | ~models.Q(ask__in=("email", CONSENT)),
                name="form_always_asks_address",
                violation_error_message=_("The address and consents are asked each time."),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_consent(self) -> bool:
        return self.ask == CONSENT

    @property
    def name(self) -> str:
        """How it is called in what is posted."""
        return f"consent_{self.pk}" if self.is_consent else self.ask.replace(".", "_")

    @property
    def choice_list(self) -> Sequence[str]:
        """The texts one may choose from; empty: anything may be written."""
        return [str(choice) for choice in self.choices]


class FormViews(models.Model):
    """How often a form was shown to people on one day."""

    form = models.ForeignKey(Form, models.CASCADE, related_name="views", db_index=False)
    on = models.DateField()
    views = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("views of a form")
        constraints = [models.UniqueConstraint(fields=["form", "on"], name="form_views_once_a_day")]

    def __str__(self) -> str:
        return f"{self.form_id} {self.on}: {self.views}"
