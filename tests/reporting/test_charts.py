from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final
from xml.etree import ElementTree

import pytest
from django.test import override_settings
from pytest_django.fixtures import Settings

from reporting import rendering
from reporting.charts import MOST_BARS, Chart
from reporting.filters import Options
from reporting.rendering import digest, svg
from reporting.reports import REPORTS
from tests.caching import clear_own_cache
from tests.reporting.histories import channel, day, entered, lead

pytestmark = pytest.mark.django_db
SVG: Final = "{http://www.w3.org/2000/svg}"
UNREACHABLE: Final = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:9/0"}
}


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    clear_own_cache()
    yield
    clear_own_cache()


def labels(drawn: str) -> list[str]:
    """What the marks say, in their order. Parsing fails when the drawing is not well formed."""
    root = ElementTree.fromstring(drawn)  # noqa: S314 - our own drawing
    assert root.tag == f"{SVG}svg"
    marks = [mark for mark in root.iter() if mark.get("aria-roledescription") == "bar"]
    return [mark.get("aria-label", "") for mark in marks]


def drawing(key: str, now: datetime) -> Chart:
    """What a report draws of everything."""
    report = REPORTS[key]
    assert report.draw is not None
    return report.draw(report.find(Options(), now=now))


class TestDrawings:
    def test_every_stage_is_a_bar_with_its_number(self, now: datetime) -> None:
        entered(lead(day("2026-03-02")), [("mql", day("2026-03-03"))])
        chart = drawing("funnel", now)
        drawn = svg(chart.spec)
        assert labels(drawn)[:3] == ["Leads: 1", "MQLs: 1", "SALs: 0"]
        assert chart.alt == "Bars: Leads 1, MQLs 1, SALs 0, SQLs 0, Opportunities 0, Customers 0."
        assert chart.rows[1] == ("MQLs", "1")
        assert f'width="{chart.width}" height="{chart.height}"' in drawn

    def test_months_say_their_number_and_whether_they_are_whole(self, now: datetime) -> None:
        entered(lead(day("2026-01-02")), [("mql", day("2026-02-03"))])
        drawn = svg(drawing("volume", now).spec)
        assert labels(drawn) == ["February 2026: 1 MQL", "March 2026: 0 MQLs (part of the month)"]

    def test_too_many_channels_become_others(self, now: datetime) -> None:
        for number in range(MOST_BARS + 2):
            entered(lead(day("2026-03-02"), first=channel(f"c{number:02}")), [("mql", day("2026-03-03"))])
        chart = drawing("channels", now)
        assert labels(svg(chart.spec))[-1] == "2 others: 2"
        assert len(chart.rows) == MOST_BARS + 2

    @pytest.mark.parametrize(
        ("name", "shown"),
        [
            ('<script>"&', '<script>"&'),
            ("a\x0bb\x1f", "a b"),
            ("datum.number", "datum.number"),
            ("']}//", "']}//"),
            ("n" * 90, "n" * 60),
            ("日本", "日本"),
        ],
    )
    def test_a_hostile_channel_name_is_text(self, now: datetime, name: str, shown: str) -> None:
        one = channel("hostile")
        type(one).objects.filter(pk=one.pk).update(name=name)
        entered(lead(day("2026-03-02"), first=one), [("mql", day("2026-03-03"))])
        drawn = svg(drawing("channels", now).spec)
        assert labels(drawn) == [f"{' '.join(name.replace(chr(11), ' ').replace(chr(31), ' ').split())[:60]}: 1"]
        assert "<script" not in drawn

    def test_nothing_in_it_offends_the_content_policy(self, now: datetime) -> None:
        entered(lead(day("2026-03-02")), [("mql", day("2026-03-03"))])
        for chart in (drawing("funnel", now), drawing("volume", now)):
            drawn = svg(chart.spec)
            for offence in ("style=", "<style", "<script", "<foreignObject", "onload", "href=", "<image"):
                assert offence not in drawn


class TestCache:
    def test_equal_data_are_drawn_once(self, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
        drawn: list[dict[str, Any]] = []

        def draw(spec: dict[str, Any]) -> str:
            drawn.append(spec)
            return "<svg/>"

        monkeypatch.setattr(rendering, "_draw", draw)
        for _time in range(2):
            assert svg(drawing("funnel", now).spec) == "<svg/>"
        lead(day("2026-03-02"))
        svg(drawing("funnel", now).spec)
        assert len(drawn) == 2

    def test_without_the_cache_it_is_drawn_again(self, now: datetime, settings: Settings) -> None:
        with override_settings(CACHES=UNREACHABLE):
            assert labels(svg(drawing("funnel", now).spec))[0] == "Leads: 0"

    def test_other_data_have_another_name(self, now: datetime) -> None:
        before = digest(drawing("funnel", now).spec)
        lead(day("2026-03-02"))
        assert digest(drawing("funnel", now).spec) != before
