"""What scoring adds to the page of a lead: why it has its score."""

from leads.panels import Panel, offer

offer(Panel(place="middle", template="scoring/lead/_panel.html", stylesheet="css/scoring/explain.css"))
