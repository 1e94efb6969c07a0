"""Telling a person at a terminal what takes time: `Starting PostgreSQL ... 1.2 s`."""

import contextlib
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

SIGN_OF_LIFE_SECONDS = 5
WRITING = threading.RLock()
# The step whose line has been begun and not ended; None between steps. Guarded by WRITING.
OPEN_STEPS: list[str] = []


@contextmanager
def step(what: str) -> Iterator[None]:
    """Print what is being done and how long it took, with a sign of life every few seconds."""
    began = time.monotonic()
    done = threading.Event()

    def show_life() -> None:
        while not done.wait(SIGN_OF_LIFE_SECONDS):
            with WRITING:
                if OPEN_STEPS:
                    write(sys.stderr, f" {time.monotonic() - began:.0f} ...")

    with WRITING:
        OPEN_STEPS.append(what)
        write(sys.stderr, f"{what} ...")
    life = threading.Thread(target=show_life, daemon=True)
    life.start()
    ended = "given up"
    try:
        yield
        ended = f"{time.monotonic() - began:.1f} s"
    finally:
        done.set()
        life.join()
        with WRITING:
            # Somebody else may have ended the line meanwhile (see tell).
            write(sys.stderr, f" {ended}\n" if OPEN_STEPS else f"{what} ... {ended}\n")
            OPEN_STEPS.clear()


def tell(line: str) -> None:
    """Print one whole line, on a line of its own."""
    with WRITING:
        if OPEN_STEPS:
            OPEN_STEPS.clear()
            write(sys.stderr, "\n")
        write(sys.stdout, f"{line}\n")


def write(stream: TextIO, text: str) -> None:
    """Write at once; a terminal that has gone away is no reason to stop."""
    with contextlib.suppress(OSError, ValueError):
        stream.write(text)
        stream.flush()
