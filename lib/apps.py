from django.apps import AppConfig


class LibConfig(AppConfig):
    name = "lib"
    verbose_name = "Shared pieces without domain words"

    def ready(self) -> None:
        from lib import hints, lookups, sentences  # noqa: F401 (hears of tasks that begin; known to every field)

        sentences.shorten()
