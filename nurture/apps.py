from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NurtureConfig(AppConfig):
    name = "nurture"
    verbose_name = _("Nurture")

    def ready(self) -> None:
        from leads.merging.moving import throw_away
        from nurture import (  # noqa: F401 (each registers itself)
            after_standstill,
            event_kinds,
            lead_api,
            lead_choice,
            lead_list,
            lead_panel,
            lead_sequences,
            news_kinds,
            privacy,
            receivers,
            standstill,
            terms,
        )
        from nurture.api import scopes  # noqa: F401
        from nurture.mails import privacy as mails_privacy  # noqa: F401
        from nurture.models import Membership, MembershipChange, SegmentLook
        from nurture.sequences import privacy as sequences_privacy  # noqa: F401

        # Of two leads that become one, the one that stays is looked at again; what people put on lists goes over.
        throw_away(SegmentLook, Membership, MembershipChange)
