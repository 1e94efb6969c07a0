"""News of scores and of criteria, sent inside the transaction that made them."""

from django.dispatch import Signal

# Scores of these leads were stored. Arguments: lead_ids (list of int, ascending, their rows locked),
# qualifying (those of them that qualify now), now (datetime).
leads_scored = Signal()

# A version was offered for signature, or put in force. Arguments: criteria, actor, now.
criteria_proposed = Signal()
criteria_published = Signal()
# Signatures do not count any more. Arguments: criteria, signatures (already deleted), actor, now.
signatures_void = Signal()
