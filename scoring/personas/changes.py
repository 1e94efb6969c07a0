"""What a change of the personas means: everybody is looked at again, when it is one the engine can see."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from django.db import transaction

from scoring.engine.rescore import request_everybody
from scoring.models import Persona, Score, Why
from scoring.personas.definition import wanted

MOST_PERSONAS: Final = 50
MOST_CONDITIONS: Final = 20


@contextmanager
def asking_again(*, now: datetime) -> Iterator[None]:
    """Around a change, in one transaction with it: asks for everybody's score if it matters to anybody's persona.

    A name or a description does not; conditions, order, what is in use and which one is the ideal customer do.
    """
    with transaction.atomic():
        # Whoever changes personas at the same moment waits here, so that each compares with what it will replace.
        list(Persona.objects.select_for_update().order_by("pk").values_list("pk"))
        before = wanted()
        yield
        if wanted() != before:
            request_everybody(now=now, why=Why.CATALOGUE)


def may_be_deleted(persona: Persona) -> bool:
    """Not in use, and on nobody's score any more: it is taken out of use first, and scores follow."""
    return not persona.is_active and not Score.objects.filter(persona=persona).exists()
