"""What capture adds to the page of a lead: its touches, what it sent by forms, and what programs did in its name."""

from leads.panels import Panel, offer

offer(Panel(place="side", template="capture/touches/_slot.html", stylesheet="css/capture/touches.css"))
offer(Panel(place="side", template="capture/web_forms/of_lead/_slot.html", stylesheet="css/capture/of-lead.css"))
offer(Panel(place="side", template="capture/machines/_slot.html", stylesheet="css/capture/machines.css"))
