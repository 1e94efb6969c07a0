from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = _("Reports")

    def ready(self) -> None:
        from reporting import home, terms  # noqa: F401 (each registers itself)
        from reporting.api import scopes  # noqa: F401
        from reporting.review import news  # noqa: F401 (registers its kinds)
