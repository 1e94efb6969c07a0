"""What an installation knows from the start: activity types and channels of the field."""

from typing import Final

from django.apps.registry import Apps
from django.utils.translation import gettext_noop as _

# (key, name, effort): 0 happens by itself, 1 looked, 2 gave something for it, 3 close to buying.
ACTIVITY_TYPES: Final = (
    ("email_opened", _("opened an e-mail"), 0),
    ("email_delivered", _("received an e-mail"), 0),
    ("ad_clicked", _("clicked an ad"), 1),
    ("ad_bounced", _("clicked an ad and left"), 0),
    ("banner_clicked", _("clicked a banner"), 1),
    ("page_view", _("visited a page"), 1),
    ("site_visit", _("visited the website"), 1),
    ("search", _("searched the website"), 1),
    ("video_watched", _("watched a video"), 1),
    ("social_engaged", _("reacted on social media"), 1),
    ("comment", _("left a comment"), 1),
    ("email_clicked", _("clicked in an e-mail"), 1),
    ("feedback", _("gave feedback on the product"), 2),
    ("form_submitted", _("filled out a form"), 2),
    ("newsletter_joined", _("joined a mailing list"), 2),
    ("phone_given", _("gave a phone number"), 2),
    ("download", _("downloaded content"), 2),
    ("webinar_registered", _("registered for a webinar"), 2),
    ("webinar_attended", _("attended a webinar"), 2),
    ("event_attended", _("attended an event"), 2),
    ("cart_added", _("put something in the cart"), 3),
    ("demo_used", _("used a demo"), 3),
    ("demo_requested", _("asked for a demo"), 3),
    ("consultation_requested", _("asked for a consultation"), 3),
    ("trial_downloaded", _("downloaded a trial"), 3),
    ("trial_used", _("used the trial"), 3),
    ("information_requested", _("asked for more information"), 3),
    ("programme_joined", _("joined a programme"), 3),
)

CHANNELS: Final = (
    ("organic_search", _("Organic search")),
    ("paid_search", _("Paid search")),
    ("organic_social", _("Organic social")),
    ("paid_social", _("Paid social")),
    ("display", _("Display ads")),
    ("email", _("E-mail")),
    ("referral", _("Referral")),
    ("direct", _("Direct")),
    ("event", _("Event")),
    ("webinar", _("Webinar")),
    ("partner", _("Partner")),
    ("outbound", _("Outbound")),
)


def seed(apps: Apps) -> None:
    """Adds what is missing; run by a migration, harmless to repeat."""
    types = apps.get_model("leads", "ActivityType").objects
    for key, name, effort in ACTIVITY_TYPES:
        types.get_or_create(key=key, defaults={"name": name, "effort": effort})
    channels = apps.get_model("leads", "Channel").objects
    for key, name in CHANNELS:
        channels.get_or_create(key=key, defaults={"name": name})
