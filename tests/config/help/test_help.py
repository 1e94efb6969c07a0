"""The help: what there is to read, how it is drawn, where links and pages lead, what the search finds."""

import re
from pathlib import Path

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import get_resolver, reverse

from accounts.models import User
from config.help import pages
from config.help.documents import FOLDER, address_of, document, documents, sections_for, titles
from config.help.rendering import anchor_of, render_document
from config.help.search import MOST, search
from lib import glossary
from tests.test_access import PAGES, names

pytestmark = pytest.mark.django_db


def nowhere(_href: str) -> None:
    return None


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


class TestDocuments:
    def test_every_document_of_the_folder_is_shown(self) -> None:
        assert titles().keys() == {path.stem for path in FOLDER.glob("*.md")} - {"README"}

    @pytest.mark.parametrize("key", sorted(path.stem for path in FOLDER.glob("*.md") if path.stem != "README"))
    def test_every_document_is_a_page_without_style_or_script(self, key: str, rep: User) -> None:
        answer = signed_in(rep).get(reverse("help:document", args=[key]))
        text = answer.content.decode()
        article = text[text.index("<article") : text.index("</article>")]
        assert answer.status_code == 200
        assert not re.search(r"<(?:script|style|img|iframe|h1)\b|\sstyle=|\son\w+=", article)

    def test_every_link_within_leads_to_a_page_and_a_heading(self) -> None:
        anchors = {address_of(key): {h.anchor for h in shown.headings} for key, shown in documents()}
        for key, shown in documents():
            for href in re.findall(r'href="([^"]*)"', shown.html):
                if href.startswith(("http", "mailto:")) or href == reverse("help:index"):
                    continue
                page, _hash, anchor = href.partition("#")
                assert page in {"", *anchors}, (key, href)
                assert not anchor or anchor in anchors[page or address_of(key)], (key, href)

    def test_an_unknown_one_is_not_found(self, rep: User) -> None:
        client = signed_in(rep)
        assert client.get("/help/README/").status_code == 404
        assert client.get("/help/nothing/").status_code == 404

    def test_those_of_ones_own_role_come_first(self, rep: User, marketer: User) -> None:
        assert sections_for(rep.roles)[0].title == "Sales rep"
        assert sections_for(marketer.roles)[0].title == "Marketer"
        assert sections_for([])[0].title == "The first day"
        text = signed_in(rep).get(reverse("help:index")).content.decode()
        assert text.index("Sales rep") < text.index("The first day") < text.index("Developer")
        assert text.count("for you") == 1


class TestRendering:
    def test_html_is_shown_and_not_drawn(self) -> None:
        html = render_document("# T\n\n<script>x()</script> <b onclick='x()'>a</b>", rewrite=nowhere).html
        assert "<script" not in html
        assert "<b " not in html
        assert "&lt;script&gt;" in html

    def test_an_image_and_a_link_that_runs_are_words(self) -> None:
        html = render_document("# T\n\n![a](b.png) [c](javascript:x) [d](../e.md)", rewrite=nowhere).html
        assert "<img" not in html
        assert "<a" not in html
        assert "d" in html

    def test_a_link_to_a_document_leads_to_its_page_and_says_its_title(self) -> None:
        html = document("handoff").html
        assert f'<a href="{address_of("lifecycle")}">The two state machines</a>' in html
        assert ".md<" not in html

    def test_the_title_is_the_pages_and_headings_have_anchors(self) -> None:
        shown = render_document("# A `b`\n\n## C, d & e\n\nF\n\n### G\n\nH", rewrite=nowhere)
        assert shown.title == "A b"
        assert "<h1" not in shown.html
        assert '<h2 id="c-d--e">' in shown.html
        assert [(h.text, h.passage) for h in shown.headings] == [("A b", ""), ("C, d & e", "F"), ("G", "H")]
        assert anchor_of("Before the queue: marketing's look, and the pass") == (
            "before-the-queue-marketings-look-and-the-pass"
        )

    def test_a_table_scrolls_in_a_frame_that_has_a_name_of_its_own(self) -> None:
        table = "| a | b |\n|---|--:|\n| 1 | 2 |\n"
        html = render_document(f"# T\n\n## U\n\n{table}\n\n{table}", rewrite=nowhere).html
        assert re.findall(r'aria-label="(.*?)"', html) == ["U", "U 2"]
        assert html.count('<td class="number">2</td>') == 2
        assert html.count("</table>") == html.count("<table") == 2


class TestPages:
    def test_each_leads_to_a_heading_that_is_there(self) -> None:
        for key in (*pages.DOCUMENTS.values(), *pages.OF_ADMIN.values()):
            name, _hash, anchor = key.partition("#")
            assert name in titles()
            assert not anchor or anchor in {heading.anchor for heading in document(name).headings}, key

    def test_each_is_a_page_that_is_there(self) -> None:
        addresses = set(names(get_resolver()))
        namespaces = {name.partition(":")[0] for name in addresses if ":" in name}
        assert pages.DOCUMENTS.keys() <= addresses | namespaces

    def test_every_part_of_the_product_is_explained(self) -> None:
        parts = {address.partition(":")[0] for address, *_rest in PAGES if ":" in address}
        assert parts - pages.DOCUMENTS.keys() == {"help", "tracking"}  # itself, and what only websites ask for

    def test_every_model_of_the_administration_is_explained(self, manager: User, administrator: User) -> None:
        models = {model._meta.label_lower.replace(".", "_") for model in admin.site._registry}
        known = {key for key in pages.OF_ADMIN if "_" in key}
        assert known <= models
        assert {model.partition("_")[0] for model in models} <= pages.OF_ADMIN.keys()
        for name, key in (("handoff_slapolicy_add", "sla"), ("handoff_reason_changelist", "handoff"), ("index", "")):
            shown = signed_in(administrator).get(reverse(f"admin:{name}")).content.decode()
            assert f'href="{address_of(key) if key else reverse("help:index")}"' in shown

    def test_a_page_links_to_its_own_document(self, manager: User) -> None:
        client = signed_in(manager)
        assert f'href="{address_of("routing#the-team")}"' in client.get(reverse("handoff:team")).content.decode()
        assert f'href="{address_of("reports")}"' in client.get(reverse("reporting:funnel")).content.decode()


class TestSearch:
    def test_every_word_has_to_begin_a_word_of_the_passage(self) -> None:
        [first, *_more] = search("dead coun")
        assert first.passage.heading == "Deadlines counted anew"
        assert search("deadlines zebra") == []
        assert search("eadlines") == []

    def test_a_heading_counts_more_than_the_text(self) -> None:
        assert search("Leaving")[0].passage.heading == "Leaving"

    def test_the_glossary_is_looked_through_as_well(self) -> None:
        assert f"{reverse('help:glossary')}#grade" in {hit.passage.url for hit in search("grade")}

    def test_nothing_is_looked_for_by_nothing_and_signs_are_signs(self) -> None:
        assert search("  ") == []
        assert search(".*") == []
        assert search("(") == []

    def test_what_was_looked_for_is_marked_and_the_list_has_an_end(self, rep: User) -> None:
        hits = search("the")
        assert len(hits) == MOST
        assert all(any(is_looked_for for _piece, is_looked_for in hit.parts) for hit in hits if hit.passage.text)
        text = signed_in(rep).get(reverse("help:index"), {"search": "snow"}).content.decode()
        assert "<mark>snow</mark>" in text
        assert "1 place says something" in text

    def test_nothing_found_says_what_to_do_and_keeps_the_words(self, rep: User) -> None:
        text = signed_in(rep).get(reverse("help:index"), {"search": '<b>zebra" x'}).content.decode()
        assert "Nothing is said about “&lt;b&gt;zebra&quot; x”" in text
        assert 'value="&lt;b&gt;zebra&quot; x"' in text


class TestGlossary:
    def test_every_word_is_explained_by_whole_sentences(self, rep: User) -> None:
        text = signed_in(rep).get(reverse("help:glossary")).content.decode()
        for term in glossary.terms():
            assert re.fullmatch(r"[a-z-]+", term.key)
            assert str(term.text).endswith("."), term.key
            assert f'id="{term.key}"' in text
        assert "Marketing qualified lead (MQL)" in text

    def test_the_words_of_the_field_are_there(self) -> None:
        wanted = {
            "marketing-qualified-lead",
            "sales-accepted-lead",
            "sales-qualified-lead",
            "grade",
            "fit",
            "engagement",
            "sla",
            "fast-track",
            "nurture",
            "threshold",
        }
        assert wanted <= {term.key for term in glossary.terms()}

    def test_a_template_that_names_an_unknown_word_is_wrong(self) -> None:
        with pytest.raises(KeyError):
            glossary.term_of("zebra")

    def test_pages_explain_the_words_they_use_and_each_is_declared(self) -> None:
        folder = Path(FOLDER).parent / "templates"
        asked = {
            key
            for path in folder.rglob("*.html")
            for words in re.findall(r"\{% words (.*?) %\}", path.read_text(encoding="utf-8"))
            for key in re.findall(r"[\w-]+", words)
        }
        assert asked
        assert asked <= {term.key for term in glossary.terms()}

    def test_a_word_opens_on_the_page_without_a_script(self, manager: User) -> None:
        text = signed_in(manager).get(reverse("scoring:agreement")).content.decode()
        assert re.search(
            r'<details class="definition">\s*<summary>Threshold<svg.*?</summary>\s*<p>The points from', text
        )
