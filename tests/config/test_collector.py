"""What a process has loaded is not looked through by the garbage collector again and again."""

import subprocess
import sys

import pytest

# In processes of their own: what is frozen stays so.
STARTS = {
    "web": "import config.wsgi",
    "worker": "import config.celery; from celery.signals import worker_process_init; worker_process_init.send(None)",
}


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_it_is_frozen(start: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", f"{start}; import gc; print(gc.get_freeze_count())"],
        check=True, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert int(told.stdout.split()[-1]) > 10_000


def test_a_worker_is_seldom_looked_through() -> None:
    """A batch of 500 events makes thousands of objects that stay to its end."""
    told = subprocess.run(
        [sys.executable, "-c", f"{STARTS['worker']}; import gc; print(gc.get_threshold()[0])"],
        check=True, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert int(told.stdout.split()[-1]) >= 10_000
