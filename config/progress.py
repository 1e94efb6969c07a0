"""Telling a person at a terminal what takes time: `Starting PostgreSQL ... 1.2 s`."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

SIGN_OF_LIFE_SECONDS = 5


@contextmanager
def step(what: str) -> Iterator[None]:
    """Print what is being done and how long it took, with a sign of life every few seconds."""
    began = time.monotonic()
    done = threading.Event()
    say(f"{what} ...")

    def show_life() -> None:
        while not done.wait(SIGN_OF_LIFE_SECONDS):
            say(f" {time.monotonic() - began:.0f} ...")

    life = threading.Thread(target=show_life, daemon=True)
    life.start()
    ended = "stopped"
    try:
        yield
        ended = f"{time.monotonic() - began:.1f} s"
    finally:
        done.set()
        life.join()
        say(f" {ended}\n")


def say(text: str) -> None:
    """Write at once. Standard error: what is said here is for people."""
    sys.stderr.write(text)
    sys.stderr.flush()
