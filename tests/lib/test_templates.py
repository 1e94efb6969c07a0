"""Rules every template and the tokens keep: nothing is inline, and colours can be read."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import Engine

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
TOKENS = (settings.BASE_DIR / "static" / "css" / "tokens.css").read_text()
ON_LIGHT_GROUND = ("ink", "ink-quiet", "accent", "accent-strong", "fine", "soon", "late", "machine")


def name_of(path: Path) -> str:
    return str(path.relative_to(settings.BASE_DIR / "templates"))


SOURCES = {name_of(path): path.read_text() for path in TEMPLATES}


def named(pattern: str) -> set[tuple[str, str]]:
    """(template, what the pattern finds in it)."""
    return {(name, "".join(found)) for name, source in SOURCES.items() for found in re.findall(pattern, source)}


class TestTemplates:
    def test_nothing_is_inline(self) -> None:
        assert named(r"(\sstyle\s*=|<style|javascript:|\son[a-z]+\s*=\s*[\"'])") == set()
        assert [tag for _name, tag in named(r"<script[^>]*>") if "src=" not in tag] == []

    def test_every_static_file_they_name_exists(self) -> None:
        assert [(name, file) for name, file in named(r"{% static ['\"]([^'\"]+)['\"]") if not finders.find(file)] == []

    def test_every_icon_they_name_exists(self) -> None:
        icons = named(r"{% icon \"([^\"]+)\"| icon=\"([^\"]+)\"")
        assert [(name, icon) for name, icon in icons if not finders.find(f"icons/{icon}.svg")] == []

    def test_they_compile(self) -> None:
        for path in TEMPLATES:
            assert Engine.get_default().get_template(name_of(path)).origin.name == str(path)


def colour(name: str, scheme: int) -> tuple[float, float, float]:
    pair = re.search(rf"--{name}: light-dark\((#\w{{6}}), (#\w{{6}})\);", TOKENS)
    assert pair, name
    text = pair[scheme + 1]
    red, green, blue = (int(text[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def luminance(name: str, scheme: int) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour(name, scheme)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str, scheme: int) -> float:
    """WCAG 2.2, 1.4.3: (lighter + 0.05) / (darker + 0.05)."""
    low, high = sorted((luminance(one, scheme), luminance(other, scheme)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
class TestTokens:
    @pytest.mark.parametrize("ground", ["paper", "surface", "sunken"])
    @pytest.mark.parametrize("text", ON_LIGHT_GROUND)
    def test_text_can_be_read_on_every_ground(self, text: str, ground: str, scheme: int) -> None:
        assert contrast(text, ground, scheme) >= 4.5

    @pytest.mark.parametrize("meaning", ["fine", "soon", "late", "machine"])
    def test_a_meaning_can_be_read_on_its_own_soft_ground(self, meaning: str, scheme: int) -> None:
        assert contrast(meaning, f"{meaning}-soft", scheme) >= 4.5

    def test_the_accent_carries_text(self, scheme: int) -> None:
        assert contrast("on-accent", "accent", scheme) >= 4.5
        assert contrast("on-accent", "accent-strong", scheme) >= 4.5
        assert contrast("accent-strong", "accent-soft", scheme) >= 4.5
        assert contrast("ink", "accent-soft", scheme) >= 4.5
        assert contrast("ink-quiet", "accent-soft", scheme) >= 4.5

    def test_the_edge_of_a_control_can_be_seen(self, scheme: int) -> None:
        assert contrast("line-strong", "surface", scheme) >= 3
        assert contrast("line-strong", "paper", scheme) >= 3

    def test_the_parts_of_a_score_differ_in_lightness(self, scheme: int) -> None:
        assert contrast("accent", "accent-mid", scheme) >= 2
