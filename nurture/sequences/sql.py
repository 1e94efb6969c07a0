"""Statements about enrolments that nobody waits for the answer of, sent in the transaction that moved the leads."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from handoff.models import State
from handoff.states import RETURNED
from leads.models import Status
from lib.arrays import array_literal
from lib.together import tell
from nurture.models import Enrolment, Sequence

# Whoever is on the way is looked at, at once; held in the order of their keys, as everybody does who holds many.
WAKE: Final = """
UPDATE nurture_enrolment AS enrolment SET due_at = LEAST(enrolment.due_at, %(now)s)
FROM (
    SELECT id FROM nurture_enrolment WHERE lead_id = ANY(%(lead_ids)s::bigint[]) AND ended_at IS NULL
    ORDER BY id FOR NO KEY UPDATE
) AS open
WHERE open.id = enrolment.id
"""
# Which sequences take a lead that sales gave back is said by the reason; not those that it entered since, nor those
# that began later.
RETURNING: Final = """
INSERT INTO nurture_entryrequest (sequence_id, lead_id, how, asked_at)
SELECT sequence.id, lead.id, %(how)s, %(now)s
FROM leads_lead AS lead
JOIN handoff_handoff AS handoff ON handoff.lead_id = lead.id AND handoff.closed_at = lead.recycled_at
    AND handoff.state = ANY(%(returned)s)
JOIN nurture_sequence AS sequence ON sequence.entry = %(entry)s AND sequence.state = ANY(%(live)s)
    AND (
        handoff.state = %(unanswered)s AND sequence.on_breach
        OR EXISTS (
            SELECT FROM nurture_sequence_reasons AS named
            WHERE named.sequence_id = sequence.id AND named.reason_id = handoff.reason_id
        )
    )
WHERE lead.id = ANY(%(lead_ids)s::bigint[]) AND lead.status = %(status)s AND EXISTS (
    SELECT FROM nurture_sequenceversion AS begun WHERE begun.sequence_id = sequence.id
    AND begun.started_at <= lead.recycled_at
) AND NOT EXISTS (
    SELECT FROM nurture_enrolment AS earlier WHERE earlier.sequence_id = sequence.id AND earlier.lead_id = lead.id
    AND earlier.entered_at >= lead.recycled_at
)
ON CONFLICT DO NOTHING
"""
LIVE: Final = [Sequence.State.RUNNING.value, Sequence.State.HALTED.value]


def wake(lead_ids: Collection[int], *, now: datetime) -> None:
    """Something happened to these leads, which are held: their enrolments are looked at with the next sweep."""
    if lead_ids:
        tell(WAKE, {"lead_ids": array_literal(sorted(lead_ids)), "now": now})


def request_for_returned(lead_ids: Collection[int], *, now: datetime) -> None:
    """Those of these leads that sales has just given back are to enter the sequences that take them."""
    tell(
        RETURNING,
        {
            "how": Enrolment.How.RETURN.value,
            "now": now,
            "returned": [state.value for state in RETURNED],
            "entry": Sequence.Entry.RETURN.value,
            "live": LIVE,
            "unanswered": State.BREACHED.value,
            "lead_ids": array_literal(sorted(lead_ids)),
            "status": Status.RECYCLED.value,
        },
    )
