"""The application as gunicorn serves it, with the mistake this run was asked to make."""

import os

from config.wsgi import application
from tests.chaos import bugs

bugs.put_in(os.environ["BATON_CHAOS_BUG"])

__all__ = ["application"]
