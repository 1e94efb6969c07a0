"""What `make run` does between servers and processes: migrate, collect static files, make the people of the demo.

`python -m config.supervisor.prepare` tells its progress on standard error. Its result is JSON on standard output: who
can sign in, the code of the first administrator, and whether the story of the demonstration is still to be loaded.
That takes long, so it is done beside the processes.
"""

import hashlib
import json
import os
import sys
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from config.embedded.failure import EmbeddedFailure
from config.embedded.upgrade import migrate_if_behind
from config.supervisor.progress import step

# BATON_DEMO: how to say that an empty database shall stay empty.
NO = {"0", "no", "off", "false"}


def main() -> None:
    """Make the database and the static files ready for the processes."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with step("Loading the application"):
        django.setup()
    with step("Checking the database"):
        migrate_if_behind()
    collect_static()
    awaits = awaits_story()
    if awaits:
        call_command("seed_demo", people=True, stdout=sys.stderr, verbosity=0)
    print(json.dumps({"demo_people": demo_people(), "awaits_story": awaits, "setup_code": setup_code()}))


def setup_code() -> str | None:
    """The code with which the first administrator is made; None where there is one."""
    from accounts.setup import new_code
    from lib import clock

    return new_code(now=clock.now())


def collect_static() -> None:
    """Collect the static files, unless all of them are as they were when they were collected last."""
    note = settings.STATE_DIR / "static.collected"
    present = fingerprint()
    if settings.STATIC_ROOT.exists() and note.exists() and note.read_text() == present:
        return
    with step("Collecting static files"):
        call_command("collectstatic", interactive=False, verbosity=0)
    note.write_text(present)


def fingerprint() -> str:
    """Every static file with its size and the moment of its last change, and what they are made into."""
    digest = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def awaits_story() -> bool:
    """Whether a demonstration is to be loaded here; where its published password keeps it out, that is said."""
    from config.demo.loading import not_allowed

    if os.environ.get("BATON_DEMO", "yes").lower() in NO or not is_empty():
        return False
    if reason := not_allowed():
        sys.stderr.write(f"{reason}\n")
    return not reason


def is_empty() -> bool:
    """Whether nobody has used this database: it holds no lead, and nobody but people of a demonstration.

    These are there without a lead when the loading of their story was stopped: it is loaded at the next start.
    """
    leads = apps.get_model("leads", "Lead")._default_manager
    return not leads.exists() and not get_user_model().objects.exclude(email__endswith="@demo.example").exists()


def demo_people() -> dict[str, list[str]]:
    """The addresses of those of the demo people who can sign in here, by role."""
    from accounts.roles import in_words
    from config.demo.team import DOMAIN, PEOPLE

    people = get_user_model().objects.filter(email__endswith=DOMAIN, is_active=True)
    addresses = set(people.values_list("email", flat=True))
    by_role: dict[str, list[str]] = {}
    for email, _name, role in PEOPLE:
        if email in addresses:
            by_role.setdefault(in_words([role]), []).append(email)
    return by_role


if __name__ == "__main__":
    try:
        main()
    except EmbeddedFailure as failure:
        sys.exit(f"{failure}")
