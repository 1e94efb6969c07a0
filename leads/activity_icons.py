"""How the timeline draws what leads did."""

from typing import Final

# A file of static/icons for each type an installation starts with, by key; any other is a dot.
ICONS: Final = {
    "page_view": "eye",
    "time_spent": "clock",
    "scrolled_to_end": "page",
    "link_clicked": "link",
    "form_started": "form",
    "form_abandoned": "form",
    "site_visit": "eye",
    "search": "search",
    "email_opened": "mail",
    "email_clicked": "mail",
    "email_delivered": "mail",
    "download": "download",
    "form_submitted": "form",
    "phone_given": "phone",
    "programme_joined": "star",
    "webinar_registered": "calendar",
    "webinar_attended": "calendar",
    "event_attended": "calendar",
    "video_watched": "play",
    "demo_used": "play",
    "trial_used": "play",
    "met_in_person": "person",
    "call_received": "phone",
    "social_message": "mail",
    "email_received": "mail",
}
