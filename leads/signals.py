"""News from the leads, sent inside the transaction that made it. A receiver only inserts work rows and hints tasks."""

from django.dispatch import Signal

# Something a score can depend on changed. Arguments: lead_ids (list of int), active_ids (set of int: those of them
# that did something), now (datetime); and, where many come at once, turn (leads.turns.Turn).
leads_changed = Signal()
# The meaning of a page, an asset or a channel changed, so any score may have. Argument: now (datetime).
catalogue_changed = Signal()
# An outcome was recorded elsewhere (import, API). Arguments: lead_ids (list of int), now (datetime).
leads_closed = Signal()
