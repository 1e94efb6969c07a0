"""A pytest plugin (`-p tests.servers`): servers for the tests where the environment names none.

It runs before Django's settings are read. Workers of xdist inherit the addresses and start nothing.
"""

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from config.embedded import EmbeddedFailure, EmbeddedServers
from config.embedded.forget import forget

SERVERS = pytest.StashKey[tuple[EmbeddedServers, Path]]()
# Plain files: a manifest would have to be collected first. Cheap hashing: tests sign many people in.
ENVIRONMENT = {
    "BATON_STATICFILES_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
    "BATON_EMAIL_URL": "memorymail://",
    "BATON_BASE_URL": "http://testserver",
    "BATON_SECRET_KEY": "only-for-tests-" * 4,
}


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Start what is missing, in a state directory of this run.

    It is a wrapper because those come first: pytest-django reads the settings in the same hook.
    """
    for variable, value in ENVIRONMENT.items():
        os.environ.setdefault(variable, value)
    if not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL")):
        # mkdtemp closes its directory; the state directory has to be one that PostgreSQL's user can reach.
        spare = Path(tempfile.mkdtemp(prefix="baton-tests-"))
        root = spare.with_name(f"{spare.name}-state")
        spare.rmdir()
        os.environ["BATON_STATE_DIR"] = str(root)
        try:
            early_config.stash[SERVERS] = (EmbeddedServers(durable=False).__enter__(), root)
        except EmbeddedFailure as failure:
            raise pytest.UsageError(str(failure)) from failure
    try:
        return (yield)
    except BaseException:
        # Settings that do not load: pytest ends here, without any further hook.
        pytest_unconfigure(early_config)
        raise


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop them and leave nothing behind."""
    if SERVERS in config.stash:
        servers, root = config.stash[SERVERS]
        del config.stash[SERVERS]
        servers.close()
        forget(root)
        shutil.rmtree(root, ignore_errors=True)
