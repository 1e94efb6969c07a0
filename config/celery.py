"""The Celery application. Its settings are in config/settings.py, its schedule in config/schedule.py."""

import gc
import os
import sys
from typing import Final

from celery import Celery
from celery.signals import task_postrun, task_prerun, worker_init, worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app: Final = Celery("baton")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# After each task Celery closes the connection to the database. A new one has the catalogue to read first: that took
# longer than to score the leads a task was about.
app.conf["CELERY_DB_REUSE_MAX"] = sys.maxsize

# A batch makes thousands of objects that are needed to its end: looked through again and again while it grows, they
# cost a fifth of its time in Python.
COLLECT_AFTER: Final = (20_000, 20, 20)


@worker_process_init.connect(dispatch_uid="config.freeze")
def freeze(**_: object) -> None:
    """As config/wsgi.py does: what was loaded is not looked through by the collector again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


@worker_init.connect(dispatch_uid="config.look_at_the_database")
def look_at_the_database(**_: object) -> None:
    """A worker of another release than the database is would do wrong things, or fail at each.

    One that starts on a copy of a database sends nothing that the first one sends, too.
    """
    from django import db

    from config.backups.copied import stand_still_if_copied
    from config.release import why_not_here
    from lib import clock

    if reason := why_not_here():
        sys.exit(reason)
    stand_still_if_copied(now=clock.now())
    db.connection.close()


@worker_init.connect(dispatch_uid="config.keep_connections")
def keep_connections(**_: object) -> None:
    """A worker keeps its connections as the web does: for CONN_MAX_AGE, and looks whether they still work."""
    for moment in (task_prerun, task_postrun):
        moment.connect(close_old_connections, dispatch_uid="config.close_old_connections")


def close_old_connections(**_: object) -> None:
    """As Django does around a request."""
    from django import db

    db.close_old_connections()
