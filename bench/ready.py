"""Import this before any model: it makes Django ready, also for `python bench/<name>.py`."""

import os
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# One machine sends what thousands of browsers would.
os.environ.setdefault("BATON_COLLECTOR_REQUESTS_A_MINUTE", "1000000")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import django

django.setup()
