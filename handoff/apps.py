from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HandoffConfig(AppConfig):
    name = "handoff"
    verbose_name = _("Handoff")

    def ready(self) -> None:
        from handoff import event_kinds, lead_panel, news_kinds, privacy, receivers  # noqa: F401 (each registers itself)
        from handoff.models import PromotionRequest
        from handoff.promotion import foretelling  # noqa: F401
        from leads.merging.moving import throw_away

        throw_away(PromotionRequest)
