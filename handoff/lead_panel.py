"""What handoff adds to the page of a lead: what sales did with it."""

from handoff.views.panel import panel_context
from leads.panels import Panel, offer

offer(
    Panel(place="side", template="handoff/lead/_panel.html", stylesheet="css/handoff/queue.css", context=panel_context)
)
