"""The steps of the first-run list that bring leads in."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.first_steps import Standing, Step, register
from accounts.models import SettledStep
from accounts.roles import EDITING
from capture.models import ImportBatch, Sighting, Site
from lib.numbers import number


def _website(settled: SettledStep | None) -> Standing:
    """Done once something came from it: a line that nobody pasted connects nothing."""
    sites = Site.objects.count()
    if not sites:
        return Standing(is_done=False, text=_("No website is connected."))
    if not Sighting.objects.exists():
        return Standing(is_done=False, text=_("A website is named, but nothing has come from it yet."))
    sentence = ngettext(
        "%(count)s website sends what people do.", "%(count)s websites, and what people do comes.", sites
    )
    return Standing(is_done=True, text=sentence % {"count": number(sites)})


def _import(settled: SettledStep | None) -> Standing:
    files = ImportBatch.objects.filter(state=ImportBatch.State.DONE).count()
    if not files:
        return Standing(is_done=False, text=_("No file was imported."))
    sentence = ngettext("%(count)s file was imported.", "%(count)s files were imported.", files)
    return Standing(is_done=True, text=sentence % {"count": number(files)})


register(
    Step(
        key="website",
        order=30,
        title=gettext_lazy("Connect the website"),
        why=gettext_lazy("What people read and download there is what most of their points come from."),
        roles=EDITING,
        standing=_website,
        url_name="connect:list",
        action=gettext_lazy("Connect a website"),
    )
)
register(
    Step(
        key="import",
        order=40,
        title=gettext_lazy("Import the leads you have"),
        why=gettext_lazy("Leads from your CRM or a spreadsheet are scored at once; an import can be undone."),
        roles=EDITING,
        standing=_import,
        url_name="capture:import_new",
        action=gettext_lazy("Import a file"),
    )
)
