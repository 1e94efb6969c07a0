"""manage.py setup_code: lets the first administrator in."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from accounts.setup import new_code
from lib import clock


class Command(BaseCommand):
    help = (
        "Prints the address and the code with which the first administrator is made: it works once, for a day. "
        "While there is an administrator there is no code."
    )

    def handle(self, *args: object, **options: object) -> None:
        code = new_code(now=clock.now())
        if code is None:
            raise CommandError("There is an administrator already. Ask them to invite you.")
        self.stdout.write(f"{settings.BASE_URL}{reverse('setup')}\n{code}")
