"""What capture adds to the page of a lead: what was taken for a program's doing, with the reason."""

from leads.panels import Panel, offer

offer(Panel(place="side", template="capture/machines/_slot.html", stylesheet="css/capture/machines.css"))
