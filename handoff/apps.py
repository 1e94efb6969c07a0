from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HandoffConfig(AppConfig):
    name = "handoff"
    verbose_name = _("Handoff")

    def ready(self) -> None:
        from handoff import (  # noqa: F401 (each registers itself)
            after_standstill,
            agreement_terms,
            company_facts,
            company_list,
            event_kinds,
            exported_lists,
            lead_choice,
            lead_panel,
            news_kinds,
            privacy,
            receivers,
            terms,
        )
        from handoff.first_steps import hours, people  # noqa: F401
        from handoff.home import of_managers, of_marketing, of_reps  # noqa: F401
        from handoff.models import PromotionRequest
        from handoff.promotion import foretelling, imported_leads  # noqa: F401
        from leads.merging.moving import throw_away

        throw_away(PromotionRequest)
