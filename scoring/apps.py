from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from lib import stylesheets


class ScoringConfig(AppConfig):
    name = "scoring"
    verbose_name = _("Criteria")

    def ready(self) -> None:
        from leads.merging.moving import throw_away
        from scoring import (  # noqa: F401 (each registers itself)
            company_facts,
            company_list,
            content_personas,
            custom_field_uses,
            event_kinds,
            first_steps,
            home,
            import_forecast,
            lead_api,
            lead_list,
            lead_panel,
            needed_in_forms,
            privacy,
            receivers,
            terms,
        )
        from scoring.criteria import news  # noqa: F401
        from scoring.models import RecentChange, Score, ScoreChange, ScoreRequest

        throw_away(RecentChange, Score, ScoreChange, ScoreRequest)

        stylesheets.offer("css/scoring/score.css")
