from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    name = "outbox"
    verbose_name = _("Messages")

    def ready(self) -> None:
        from outbox import after_standstill, first_steps, home, news_kinds  # noqa: F401 (each registers itself)
        from outbox.transports import chat, mail  # noqa: F401
