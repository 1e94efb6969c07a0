#!/usr/bin/env python
"""Django's command line. Where the environment names no servers, embedded ones run as long as the command."""

import os
import sys

from django.core.management import execute_from_command_line

from config.embedded.commands import servers_for


def main() -> None:
    """Run one management command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with servers_for(sys.argv[1:]):
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
