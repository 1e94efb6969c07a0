"""The web process under the supervisor: it loads while the database is made ready, and listens once its input ends.

Loading takes seconds and needs neither tables nor static files, so the first page is there that much sooner. When the
process is started again its input has ended already.
"""

import sys
from contextlib import suppress
from importlib import import_module

import django
from django.conf import settings

from config.environment import WrongSetting

with suppress(WrongSetting):  # whoever makes the database ready says it
    django.setup()
    import_module(settings.ROOT_URLCONF)
sys.stdin.buffer.read()

# Only now: its middleware looks for the static files.
application = import_module("config.wsgi").application
