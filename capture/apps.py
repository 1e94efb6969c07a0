from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CaptureConfig(AppConfig):
    name = "capture"
    verbose_name = _("How leads come in")

    def ready(self) -> None:
        from capture import (  # noqa: F401 (they register themselves)
            after_standstill,
            event_kinds,
            events,
            exported_lists,
            first_steps,
            home,
            lead_list,
            lead_panel,
            privacy,
            retention,
            terms,
        )
        from capture.api import scopes  # noqa: F401
        from capture.hooks import holdings as of_hooks  # noqa: F401
        from capture.hooks import stream as hooks  # noqa: F401
        from capture.segment import stream  # noqa: F401
        from capture.tracking import claims, handing_on, holdings  # noqa: F401 (claims hears what others say of leads)
