from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People and keys")

    def ready(self) -> None:
        from accounts import api_key_step, key_home, schema  # noqa: F401 (the schema describes the key to that of the API)
