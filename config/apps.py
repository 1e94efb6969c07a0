from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        """Tasks that Django's processes ask for go through our application of Celery.

        Not in `config/__init__.py`: the supervisor and the keepers of the servers need no Celery.
        """
        import config.celery  # noqa: F401
        from config.home import health  # noqa: F401 (offers itself to the page)
