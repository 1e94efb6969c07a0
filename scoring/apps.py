from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScoringConfig(AppConfig):
    name = "scoring"
    verbose_name = _("Criteria")

    def ready(self) -> None:
        from scoring import lead_filters, receivers  # noqa: F401 (a filter of the lead list; the signals of leads)
