"""News from the leads, sent inside the transaction that made it. A receiver only inserts work rows and hints tasks."""

from django.dispatch import Signal

# Something a score can depend on changed. Arguments: lead_ids (list of int), active_ids (set of int: those of them
# that did something), now (datetime); and from the door: agent (leads.events.Agent: whose doing it is), turn
# (leads.turns.Turn: where many come at once).
leads_changed = Signal()
# The meaning of a page, an asset or a channel changed, so any score may have. Argument: now (datetime).
catalogue_changed = Signal()
# Two leads are about to become one; whoever holds what only one of them may have settles it. Arguments: survivor_id and
# merged_id (int, both held), goes_on_as_merged (bool: where the merged lead stands is where the survivor will), agent
# (leads.events.Agent), now (datetime).
leads_merging = Signal()
# A lead moved to another stage, status or owner. Arguments: lead_ids (list of int, held), now (datetime).
leads_moved = Signal()
# An outcome was recorded elsewhere (import, API). Arguments: lead_ids (list of int), now (datetime).
leads_closed = Signal()
