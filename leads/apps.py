from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from lib import abbreviations, stylesheets


class LeadsConfig(AppConfig):
    name = "leads"
    verbose_name = _("Leads")

    def ready(self) -> None:
        from leads import event_kinds, home, terms  # noqa: F401 (each registers itself)
        from leads.api import scopes  # noqa: F401
        from leads.correcting import event_kinds as of_addresses  # noqa: F401
        from leads.exporting import own_lists  # noqa: F401
        from leads.lead_tasks import event_kinds as of_tasks  # noqa: F401
        from leads.lead_tasks import holding, reminding, telling  # noqa: F401
        from leads.privacy import own_holdings, own_retention  # noqa: F401
        from leads.undoing import event_kinds as of_undoing  # noqa: F401

        abbreviations.register("MQL", one=_("marketing qualified lead"), many=_("marketing qualified leads"))
        abbreviations.register("SAL", one=_("sales accepted lead"), many=_("sales accepted leads"))
        abbreviations.register("SQL", one=_("sales qualified lead"), many=_("sales qualified leads"))
        stylesheets.offer("css/leads/stage.css")
