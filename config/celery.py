"""The Celery application. Its settings and its schedule are in config/settings.py."""

import gc
import os

from celery import Celery
from celery.signals import worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("baton")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect(dispatch_uid="config.celery.freeze")
def freeze(**_: object) -> None:
    """As config/wsgi.py does: what was loaded is not looked through by the collector again and again."""
    gc.collect()
    gc.freeze()
