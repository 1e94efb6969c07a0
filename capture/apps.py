from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CaptureConfig(AppConfig):
    name = "capture"
    verbose_name = _("How leads come in")

    def ready(self) -> None:
        from capture import lead_list  # noqa: F401 (registers itself)
        from capture.api import scopes  # noqa: F401
