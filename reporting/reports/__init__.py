"""Every report: each module of this folder declares one object, REPORT. Nothing else lists them."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Final

from reporting.filters import PERIOD, AnyFilter
from reporting.report import Report


def _declared() -> list[Report]:
    """The reports of this folder, in the order of their tabs."""
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    reports: list[Report] = [module.REPORT for module in modules]
    return sorted(reports, key=lambda report: report.place)


# By key, in the order of their tabs.
REPORTS: Final[dict[str, Report]] = {report.key: report for report in _declared()}
# What can be asked of any of them: a question goes along from one report to another.
FILTERS: Final[tuple[AnyFilter, ...]] = (
    *dict.fromkeys(one for report in REPORTS.values() for one in report.filters),
    PERIOD,
)
