"""Compares what leads say about themselves with what was recorded."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reporting import sql


class Command(BaseCommand):
    help = (
        "Compares stage, status and milestones of every lead with its recorded transitions. "
        "Exits with 1 and lists the leads by their public id when they differ."
    )

    def handle(self, *args: object, **options: Any) -> None:
        differing = set()
        for public_id, milestone, on_lead, in_record in sql.differences():
            differing.add(public_id)
            self.stdout.write(f"{public_id}  {milestone}: the lead says {on_lead}, the record says {in_record}")
        if differing:
            raise CommandError(f"Leads that differ from their record: {len(differing)}.")
        self.stdout.write("Every lead agrees with its record.")
