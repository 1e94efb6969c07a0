"""Abbreviations are spelled out where a page first uses them."""

import pytest
from django.template import engines

from lib.abbreviations import abbreviations, spelled_out


class TestSpelledOut:
    @pytest.mark.parametrize(
        ("text", "spelled"),
        [
            ("33 points make an MQL", "33 points make a marketing qualified lead (MQL)"),
            (
                "How many MQLs become SQLs?",
                "How many marketing qualified leads (MQLs) become sales qualified leads (SQLs)?",
            ),
            ("SALs without a deal", "Sales accepted leads (SALs) without a deal"),
            ("An MQL is an MQL", "A marketing qualified lead (MQL) is an MQL"),
            ("PostgreSQL and MQLx", "PostgreSQL and MQLx"),
        ],
    )
    def test_it_is_spelled_out_once(self, text: str, spelled: str) -> None:
        assert spelled_out(text) == spelled

    def test_a_template_escapes_once(self) -> None:
        page = engines["django"].from_string("{{ plain|spelled_out }} {{ plain|abbreviations }}")
        shown = page.render({"plain": "<b> MQLs & SALs"})
        assert shown.startswith(
            "&lt;b&gt; marketing qualified leads (MQLs) &amp; sales accepted leads (SALs) &lt;b&gt; "
        )
        assert shown.endswith(
            '<abbr title="marketing qualified leads">MQLs</abbr> &amp; <abbr title="sales accepted leads">SALs</abbr>'
        )

    def test_a_label_says_it_on_demand_once(self) -> None:
        assert abbreviations("MQL to MQL") == '<abbr title="marketing qualified lead">MQL</abbr> to MQL'
