"""Shapes of the API of reports, for what is answered and for the schema."""

from datetime import date
from typing import Final

from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers

from reporting.filters import AnyFilter
from reporting.reports import FILTERS, REPORTS


class FilterSerializer(serializers.Serializer[object]):
    """One parameter of a report."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    values = serializers.ListField(child=serializers.CharField())
    default = serializers.CharField()


class ColumnSerializer(serializers.Serializer[object]):
    """One key of the rows of a report."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    definition = serializers.CharField()
    kind = serializers.CharField(source="kind.key", help_text="Such as count, share, growth or text.")
    unit = serializers.CharField()


class ReportSerializer(serializers.Serializer[object]):
    """A report, and what may be asked of it besides the days `from` and `to`."""

    key = serializers.CharField()
    title = serializers.CharField()
    question = serializers.CharField()
    filters = FilterSerializer(source="filters_and_period", many=True)
    columns = ColumnSerializer(source="file_columns", many=True)


class ReportListSerializer(serializers.Serializer[object]):
    """Every report, in the order of the pages."""

    results = ReportSerializer(many=True)


# "from" is a word of Python, so it cannot be the name of a field in a class.
RESULT: Final = inline_serializer(
    "ReportResult",
    {
        "report": serializers.ChoiceField(choices=list(REPORTS)),
        "rows": serializers.ListField(
            child=serializers.DictField(), help_text="Each with `key` and the keys of the columns."
        ),
        "totals": serializers.DictField(),
        "from": serializers.DateField(allow_null=True),
        "to": serializers.DateField(allow_null=True),
        "time_zone": serializers.CharField(help_text="Days and months are those of this time zone."),
        "definitions": serializers.DictField(child=serializers.CharField(), help_text="By the key of the column."),
        "rates": serializers.DictField(required=False, help_text="Of the totals; null without anything to divide by."),
        "immature_leads": serializers.IntegerField(
            required=False, help_text="Leads so young that their later stages are still filling."
        ),
        "unanswered_mqls": serializers.IntegerField(
            required=False, help_text="MQLs that sales still has time to answer; the acceptance rate leaves them out."
        ),
        **{
            asked.name: serializers.ChoiceField(choices=asked.values, required=False)
            for asked in FILTERS
            if asked.name != "period"
        },
    },
)


def _parameter(asked: AnyFilter) -> OpenApiParameter:
    reports = ", ".join(key for key, report in REPORTS.items() if asked in report.filters_and_period)
    return OpenApiParameter(
        asked.name, str, enum=asked.values, description=f"Of {reports}. {str(asked.help).capitalize()}."
    )


PARAMETERS: Final = [
    OpenApiParameter("key", str, OpenApiParameter.PATH, enum=list(REPORTS)),
    *map(_parameter, FILTERS),
    OpenApiParameter("from", date, description="The first day; days that are given win over a period that is named."),
    OpenApiParameter("to", date, description="The last day, which is counted too."),
]
