"""News of scores, sent inside the transaction that made them."""

from django.dispatch import Signal

# Scores of these leads were stored. Arguments: lead_ids (list of int, ascending, their rows locked),
# qualifying (those of them that qualify now), now (datetime).
leads_scored = Signal()
