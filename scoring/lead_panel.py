"""What scoring adds to the page of a lead: why it has its score."""

from leads.panels import Panel, offer
from scoring.views.panel import panel_context, panel_mark

offer(
    Panel(
        place="middle",
        template="scoring/explain/_panel.html",
        stylesheet="css/scoring/explain.css",
        context=panel_context,
        mark=panel_mark,
    )
)
