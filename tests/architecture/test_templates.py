"""What a template says of its parts: what they are given, and which icons there are."""

import re

from tests.architecture.reading import ROOT, name, sources, strings, tell, templates, text, tree

INCLUDE = re.compile(r"\{%-?\s*include\s+(.*?)\s*%\}", re.DOTALL)
COMMENT = re.compile(r"\{% comment.*?endcomment %\}|\{#.*?#\}", re.DOTALL)
# The body of a page, which htmx gets alone: both are drawn by lib.pages.page_or_part from one and the same context.
BODIES = {
    "capture/importing/_state.html": "capture/importing/detail.html",
    "leads/exporting/_state.html": "leads/exporting/detail.html",
    "handoff/decisions/_handoff.html": "handoff/decisions/detail.html",
    "handoff/queue/_queue.html": "handoff/queue/queue.html",
    "outbox/_notices.html": "outbox/notices.html",
    "scoring/explain/_panel.html": "scoring/explain/panel.html",
    "scoring/whatif/_version.html": "scoring/whatif/version.html",
    "scoring/whatif/_what_if.html": "scoring/whatif/what_if.html",
}
ICON = re.compile(r"\{% icon \"([\w-]+)\"|\bicon=\"([\w-]+)\"")


def gets_everything(source: str) -> list[str]:
    """The includes in a template that do not say what they give: the part sees whatever the page happens to have."""
    return [tag for tag in INCLUDE.findall(COMMENT.sub("", source)) if not tag.endswith(" only")]


def named_icons() -> set[str]:
    """The icons that a template draws or gives to a part, or that code gives by name; the sample sheet draws all."""
    found = (ICON.findall(text(path)) for path in (*templates(), *sources()) if path.name != "components.html")
    return {one or other for pairs in found for one, other in pairs}


def perhaps_icons() -> set[str]:
    """Every string of the modules that have to do with icons: among them are those of a table of kinds."""
    return {said for path in sources() if "icon" in text(path).lower() for _line, said in strings(tree(path))}


class TestInclude:
    def test_every_part_is_given_what_it_needs_by_name(self) -> None:
        tell(
            f"{name(path)}: include {tag}"
            for path in templates()
            for tag in gets_everything(text(path))
            if name(path) != "templates/" + BODIES.get(tag.strip('"'), "")
        )

    def test_a_body_is_included_by_its_page_and_drawn_alone(self) -> None:
        named = {said for path in sources() for _line, said in strings(tree(path))}
        for body, page in BODIES.items():
            assert gets_everything(text(ROOT / "templates" / page)) == [f'"{body}"']
            assert {body, page} <= named

    def test_it_sees_an_include_without_only(self) -> None:
        assert gets_everything('{% include "a.html" with b=c %}{% include d %}') == ['"a.html" with b=c', "d"]
        assert gets_everything("{% include 'a.html' with only=c %}") == ["'a.html' with only=c"]
        assert not gets_everything('{% include "a.html" only %}{% include "b.html" with c=d only %}')
        assert not gets_everything('{% comment %}{% include "a.html" %}{% endcomment %}{# {% include "b.html" %} #}')


class TestIcons:
    def test_there_are_those_that_are_used_and_no_others(self) -> None:
        there = {path.stem for path in (ROOT / "static" / "icons").glob("*.svg")}
        tell(
            [f"static/icons/{icon}.svg is used by nobody" for icon in there - named_icons() - perhaps_icons()]
            + [f"there is no static/icons/{icon}.svg" for icon in named_icons() - there]
        )
