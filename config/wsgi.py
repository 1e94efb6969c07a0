"""The web process: `gunicorn config.wsgi`."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from gunicorn.errors import AppImportError

from config.environment import WrongSetting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

try:
    application = get_wsgi_application()
except WrongSetting as wrong:
    # gunicorn prints this one as it is, and does not try again.
    raise AppImportError(str(wrong)) from wrong

import_module(settings.ROOT_URLCONF)  # not while the first request waits
# What was loaded stays until the end: the collector need not look through it again and again, which took a sixth of the
# time of a batch of events.
gc.collect()
gc.freeze()
