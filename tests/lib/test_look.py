from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Self
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.template import Context, Template
from django.test import RequestFactory
from django.test.signals import template_rendered
from django.utils import timezone, translation

from lib.moments import deadline, due_words, relative_time, seconds_words, span_words, time_left
from lib.numbers import number, percent, signed
from lib.templatetags.look import UnknownIconError, icon

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
ICONS = sorted((settings.BASE_DIR / "static" / "icons").glob("*.svg"))


class CaptureTemplates:
    """The names of the templates that are drawn."""

    def __enter__(self) -> Self:
        self.names: list[str] = []
        template_rendered.connect(self._drawn)
        return self

    def __exit__(self, *error: object) -> None:
        template_rendered.disconnect(self._drawn)

    def _drawn(self, *, template: Template, **more: object) -> None:
        if template.name:
            self.names.append(template.name)


def render(source: str, path: str = "/", **values: object) -> str:
    return Template(source).render(Context({"request": RequestFactory().get(path), **values}))


class TestDrawn:
    def test_it_is_what_the_template_shows_of_the_values_and_of_nothing_else(self) -> None:
        for grade in ("A1", "D4", "A1"):
            source = f'{{% drawn "scoring/explain/_grade.html" grade="{grade}" %}}'
            included = f'{{% include "scoring/explain/_grade.html" with grade="{grade}" only %}}'
            assert render(source, fit="?") == render(included)

    def test_it_is_drawn_once_for_each_language(self) -> None:
        source = '{% drawn "_badge.html" label=label %}'
        with CaptureTemplates() as first:
            render(source, label="said once")
            render(source, label="said once")
        assert first.names == ["_badge.html"]
        with translation.override("de"), CaptureTemplates() as again:
            render(source, label="said once")
        assert again.names == ["_badge.html"]


class TestIcon:
    def test_decoration_is_hidden_from_screen_readers(self) -> None:
        assert 'aria-hidden="true"' in icon("check")

    def test_a_label_is_read_out_and_escaped(self) -> None:
        drawn = icon("check", label='"><script>')
        assert 'role="img"' in drawn
        assert "<script>" not in drawn
        assert "aria-hidden" not in drawn

    def test_an_unknown_name_is_an_error(self) -> None:
        with pytest.raises(UnknownIconError):
            icon("no-such-icon")

    @pytest.mark.parametrize("path", ICONS, ids=lambda path: path.stem)
    def test_every_icon_is_one_svg_in_the_colour_of_the_text(self, path: Path) -> None:
        drawing = ElementTree.fromstring(icon(path.stem))  # noqa: S314 - our own files
        assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
        assert drawing.get("stroke") == "currentColor"
        assert "#" not in path.read_text().replace("http://www.w3.org/2000/svg", "")


class TestTable:
    def test_it_stands_in_a_frame_that_is_named_and_scrolls_by_keyboard(self) -> None:
        drawn = render(
            "{% table label %}<tbody><tr><td>{{ name }}</td></tr></tbody>{% endtable %}", label="A&B", name="<b>"
        )
        frame = ElementTree.fromstring(drawn)  # noqa: S314 - our own
        assert (frame.tag, frame.get("class"), frame.get("role")) == ("div", "table-frame", "region")
        assert (frame.get("tabindex"), frame.get("aria-label")) == ("0", "A&B")
        (table,) = frame
        assert (table.tag, table.attrib) == ("table", {"class": "table table-stack"})
        assert table.findtext("tbody/tr/td") == "<b>"

    def test_attributes_are_the_tables_or_the_frames(self) -> None:
        source = '{% table "x" stack=False class="dense" id="here" frame_class="wide" frame_hx_get=url %}{% endtable %}'
        frame = ElementTree.fromstring(render(source, url='/?a="&b'))  # noqa: S314 - our own
        assert (frame.get("class"), frame.get("hx-get")) == ("table-frame wide", '/?a="&b')
        assert frame[0].attrib == {"class": "table dense", "id": "here"}

    def test_no_template_writes_the_frame_itself(self) -> None:
        templates = (settings.BASE_DIR / "templates").rglob("*.html")
        assert [path.name for path in templates if 'class="table-frame' in path.read_text()] == ["_table.html"]


class TestNumber:
    @pytest.mark.parametrize(
        ("value", "words"),
        [
            (4171, "4,171"),
            (0, "0"),
            (Decimal("10.00"), "10"),
            (Decimal("2.50"), "2.5"),
            (1234.567, "1,234.57"),
            (Decimal("1E+3"), "1,000"),
            (-3, "-3"),
            (None, "–"),
        ],
    )
    def test_it_has_no_more_decimals_than_it_needs(self, value: Decimal | None, words: str) -> None:
        assert number(value) == words

    def test_it_may_have_a_fixed_number_of_decimals_and_is_rounded_not_cut(self) -> None:
        assert number(3, 1) == "3.0"
        assert number(2.96, 1) == "3.0"
        assert number(-0.04, 1) == "0.0"


class TestSigned:
    def test_a_difference_has_its_sign_unless_it_is_none(self) -> None:
        assert [signed(value) for value in (1234, 0, -5)] == ["+1,234", "0", "-5"]
        assert [signed(value, 1) for value in (2.25, 0.04, -0.04, -3.96)] == ["+2.3", "0.0", "0.0", "-4.0"]


class TestPercent:
    @pytest.mark.parametrize(
        ("share", "words"), [(0.125, "12.5%"), (1, "100.0%"), (Decimal("0.0005"), "0.1%"), (None, "–")]
    )
    def test_a_share_becomes_a_percentage(self, share: float | None, words: str) -> None:
        assert percent(share) == words


class TestSpan:
    @pytest.mark.parametrize(
        ("span", "words"),
        [
            (timedelta(seconds=59), "less than a minute"),
            (timedelta(minutes=12), "12 min"),
            (timedelta(hours=5), "5 h"),
            (timedelta(hours=5, minutes=12, seconds=59), "5 h 12 min"),
            (timedelta(days=2), "2 d"),
            (timedelta(days=2, hours=3, minutes=50), "2 d 3 h"),
            (timedelta(hours=-5), "5 h"),
        ],
    )
    def test_it_has_two_units_at_most(self, span: timedelta, words: str) -> None:
        assert span_words(span) == words

    @pytest.mark.parametrize(
        ("seconds", "words"),
        [(59, "59 s"), (60, "1 min"), (225, "3 min 45 s"), (3599, "59 min 59 s"), (4210, "1 h 10 min")],
    )
    def test_a_visit_is_told_to_the_second(self, seconds: int, words: str) -> None:
        assert seconds_words(seconds) == words

    def test_what_is_left_and_what_is_late_read_differently(self) -> None:
        assert time_left(NOW + timedelta(hours=5, minutes=12), NOW) == "5 h 12 min left"
        assert time_left(NOW - timedelta(hours=2), NOW) == "2 h late"
        assert time_left(None, NOW) == "no deadline"


class TestDue:
    @pytest.mark.parametrize(
        ("due", "words"),
        [
            (datetime(2026, 3, 10, 16, 40, tzinfo=UTC), "due 16:40"),
            (datetime(2026, 3, 11, 9, 10, tzinfo=UTC), "due tomorrow 09:10"),
            (datetime(2026, 3, 9, 9, 10, tzinfo=UTC), "due yesterday 09:10"),
            (datetime(2026, 3, 16, 9, 10, tzinfo=UTC), "due Mon 16 Mar 09:10"),
            (datetime(2027, 1, 4, 9, 10, tzinfo=UTC), "due 4 Jan 2027 09:10"),
        ],
    )
    def test_the_day_is_named_when_it_is_not_today(self, due: datetime, words: str) -> None:
        assert due_words(due, NOW) == words

    def test_it_is_in_the_zone_of_the_reader(self) -> None:
        with timezone.override("Asia/Tokyo"):
            assert due_words(datetime(2026, 3, 10, 16, 40, tzinfo=UTC), NOW) == "due tomorrow 01:40"


class TestDeadline:
    @pytest.mark.parametrize(
        ("left", "meaning"),
        [(24, "fine"), (6.1, "fine"), (6, "soon"), (0.1, "soon"), (0, "late"), (-1, "late")],
    )
    def test_a_quarter_of_the_time_is_soon_and_the_moment_itself_is_late(self, left: float, meaning: str) -> None:
        due = NOW + timedelta(hours=left)
        assert deadline(due - timedelta(hours=24), due, NOW).meaning == meaning

    def test_the_share_stays_between_nothing_and_everything(self) -> None:
        assert deadline(NOW + timedelta(hours=1), NOW + timedelta(hours=2), NOW).share == 0
        assert deadline(NOW - timedelta(hours=9), NOW - timedelta(hours=2), NOW).share == 1
        assert deadline(None, NOW + timedelta(hours=2), NOW).share == 0
        assert deadline(NOW, NOW, NOW).share == 1


class TestRelativeTime:
    @pytest.mark.parametrize(
        ("ago", "words"),
        [
            (timedelta(seconds=20), "just now"),
            (timedelta(minutes=12), "12 min ago"),
            (timedelta(hours=3), "3 h ago"),
            (timedelta(days=1, minutes=1), "yesterday"),
            (timedelta(days=5), "5 days ago"),
            (timedelta(days=60), "9 Jan 2026"),
            (timedelta(seconds=-20), "in a moment"),
            (timedelta(hours=-3), "in 3 h"),
            (timedelta(days=-2), "in 2 days"),
        ],
    )
    def test_it_reads_in_words(self, ago: timedelta, words: str) -> None:
        assert f">{words}</time>" in relative_time(NOW - ago, NOW)

    def test_the_title_is_exact_and_names_the_zone(self) -> None:
        with timezone.override("Europe/Lisbon"):
            drawn = relative_time(datetime(2026, 7, 1, 8, 5, 9, tzinfo=UTC), NOW)
        assert 'title="Wed 1 Jul 2026, 09:05:09 WEST"' in drawn
        assert 'datetime="2026-07-01T08:05:09+00:00"' in drawn

    def test_a_day_has_no_clock(self) -> None:
        assert relative_time(date(2026, 3, 9), NOW) == (
            '<time datetime="2026-03-09" title="Monday 9 March 2026">yesterday</time>'
        )

    def test_no_moment_is_a_dash(self) -> None:
        assert render("{{ moment|relative_time }}", moment=None) == "–"


class TestBar:
    def test_amounts_stand_one_after_the_other_up_to_the_mark(self) -> None:
        drawn = render("{% bar 10 5 mark=30 %}")
        assert '<rect class="bar-1" x="0%" width="33.33%" height="100%"/>' in drawn
        assert '<rect class="bar-2" x="33.33%" width="16.67%" height="100%"/>' in drawn
        assert 'x1="100%"' in drawn

    def test_the_mark_moves_inward_when_the_sum_is_beyond_it(self) -> None:
        assert 'x1="50%"' in render("{% bar 40 20 mark=30 %}")

    def test_nothing_and_less_than_nothing_draw_nothing(self) -> None:
        assert 'width="0%"' in render("{% bar 0 %}")
        assert 'width="0%"' in render("{% bar amount limit=10 %}", amount=-5)

    def test_no_style_is_written(self) -> None:
        assert "style" not in render('{% bar 1 2 mark=3 label="Score" %}')


class TestQuerystring:
    def test_what_was_chosen_stays_and_the_page_starts_again(self) -> None:
        drawn = render("{% querystring_with sort='name' %}", "/?q=ana%26b&channel=a&channel=b&page=3")
        assert drawn == "?q=ana%26b&amp;channel=a&amp;channel=b&amp;sort=name"

    def test_a_page_can_be_given_and_a_parameter_taken_away(self) -> None:
        assert render("{% querystring_with page=4 q=None %}", "/?q=ana&page=3") == "?page=4"

    def test_one_value_of_many_can_be_taken_away(self) -> None:
        path = "/?channel=a&channel=b&page=2"
        assert render("{% querystring_without 'channel' 'a' %}", path) == "?channel=b"
        assert render("{% querystring_without 'channel' %}", path) == "?"

    def test_it_works_without_a_request(self) -> None:
        assert Template("{% querystring_with page=2 %}").render(Context()) == "?page=2"


class TestHeading:
    def test_a_second_click_turns_the_order(self) -> None:
        assert 'href="?sort=-name"' in render("{% heading 'name' 'Lead' %}", "/?sort=name")
        assert 'href="?sort=name"' in render("{% heading 'name' 'Lead' %}", "/?sort=-name")

    @pytest.mark.parametrize(
        ("path", "order"),
        [("/?sort=name", "ascending"), ("/?sort=-name", "descending"), ("/?sort=age", "none")],
    )
    def test_screen_readers_hear_the_order(self, path: str, order: str) -> None:
        assert f'aria-sort="{order}"' in render("{% heading 'name' 'Lead' %}", path)

    def test_the_page_says_which_order_it_has_by_itself(self) -> None:
        drawn = render("{% heading 'score' 'Score' current='-score' descending_first=True %}")
        assert 'aria-sort="descending"' in drawn
        assert 'href="?sort=score"' in drawn
