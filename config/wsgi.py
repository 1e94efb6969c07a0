"""The web process: `gunicorn config.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application
from gunicorn.errors import AppImportError

from config.environment import WrongSetting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

try:
    application = get_wsgi_application()
except WrongSetting as wrong:
    # gunicorn prints this one as it is, and does not try again.
    raise AppImportError(str(wrong)) from wrong
