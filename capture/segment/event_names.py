"""What the usual names of events mean, and how a name is compared with another spelling or a pattern of it."""

from collections.abc import Iterable, Mapping
from typing import Final

from lib.folding import fold
from lib.patterns import matches

# The meaning of an event that is known and of no use for scoring.
IGNORED: Final = ""
# By activity type; names without capitals, spaces and signs, and patterns with a star for anything.
_BUILT_IN: Final[Mapping[str, str]] = {
    "trial_downloaded": "trialdownloaded downloadedtrial",
    "download": "download *downloaded downloaded* filedownload",
    "form_submitted": "formsubmitted *formsubmitted formsubmit formcompleted submittedform generatelead leadcaptured",
    "form_started": "formstarted formstart",
    "form_abandoned": "formabandoned",
    "demo_requested": "demorequested requestdemo requestedademo bookademo demobooked bookeddemo demoscheduled",
    "demo_used": "demoused demostarted demoviewed",
    "consultation_requested": "consultationrequested consultationbooked meetingbooked callbooked appointmentbooked",
    "information_requested": "informationrequested contactrequested contactsales contactus contactedsales",
    "trial_used": "trialused trialstarted startedtrial starttrial trialactivated",
    "webinar_registered": "webinarregistered registeredforwebinar webinarregistration",
    "webinar_attended": "webinarattended attendedwebinar webinarjoined",
    "event_attended": "eventattended attendedevent",
    "cart_added": "productadded addtocart addedtocart cartadded productaddedtocart",
    "search": "search searched productssearched viewsearchresults sitesearched",
    "video_watched": "videowatched videoplayed videostart videocompleted videoplaybackstarted videoplaybackcompleted",
    "email_delivered": "emaildelivered",
    "email_opened": "emailopened",
    "email_clicked": "emailclicked emaillinkclicked",
    "ad_clicked": "adclicked",
    "ad_bounced": "adbounced",
    "banner_clicked": "bannerclicked promotionclicked selectpromotion",
    "newsletter_joined": "newsletterjoined newslettersubscribed newslettersignup subscribedtonewsletter",
    "phone_given": "phonegiven",
    "programme_joined": "programmejoined programjoined joinedprogramme joinedprogram",
    "comment": "commented commentposted commentadded",
    "feedback": "feedback feedbackgiven feedbacksubmitted productreviewed",
    "social_engaged": "socialengaged productshared share",
    "time_spent": "timespent",
    "scrolled_to_end": "scrolledtoend",
    "link_clicked": "linkclicked",
    IGNORED: "consentgiven consentwithdrawn",
}


def squeezed(name: str) -> str:
    """The name as it is compared: `Form Submitted`, `form_submitted` and `formSubmitted` are one."""
    return "".join(character for character in fold(name) if character.isalnum())


def squeezed_pattern(pattern: str) -> str:
    """A pattern as names are compared with it; each star is any number of characters."""
    return "*".join(squeezed(part) for part in pattern.split("*"))


class Meanings:
    """The meaning of names: a whole name goes before a pattern, a longer pattern before a shorter one."""

    def __init__(self, meanings: Iterable[tuple[str, str]]) -> None:
        """Pairs of a squeezed name or pattern and its meaning; the first of two that are the same holds."""
        self._whole: dict[str, str] = {}
        patterns: dict[str, str] = {}
        for pattern, meaning in meanings:
            (patterns if "*" in pattern else self._whole).setdefault(pattern, meaning)
        longest_first = sorted(patterns.items(), key=lambda pair: -len(pair[0]))
        self._patterns = [(pattern.split("*"), meaning) for pattern, meaning in longest_first]

    def of(self, name: str) -> str | None:
        """The activity type, IGNORED, or None when nothing is said of the squeezed name."""
        whole = self._whole.get(name)
        if whole is not None:
            return whole
        return next((meaning for parts, meaning in self._patterns if matches(name, parts)), None)


BUILT_IN: Final = Meanings(
    (pattern, meaning) for meaning, patterns in _BUILT_IN.items() for pattern in patterns.split()
)


def built_in_names() -> Mapping[str, str]:
    """Activity type -> its names, for people."""
    return _BUILT_IN
