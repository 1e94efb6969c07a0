"""What people write becomes HTML and plain text; what is known of a person stands where braces say, nowhere else."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from leads.models import Lead
from nurture.mails.blocks import KINDS
from nurture.mails.compiling import Compiled, compile_content
from nurture.mails.fields import FieldProblem, has_fallback, merge_fields, read, values_of
from nurture.models import MailVersion
from tests.leads.custom_fields.building import make_field

pytestmark = pytest.mark.django_db
MakeLead = Callable[..., Lead]
LINK = "https://baton.example/preferences/x"


def compiled(*blocks: dict[str, str], subject: str = "Hello", preheader: str = "") -> Compiled:
    return compile_content(MailVersion(subject=subject, preheader=preheader, blocks=list(blocks)))


def text(words: str, **more: str) -> dict[str, str]:
    return {"kind": "text", "text": words} | more


class TestFields:
    def test_what_is_not_known_is_what_the_fallback_says(self, make_lead: MakeLead) -> None:
        lead = make_lead(first_name="", company="A & B")
        mail = compiled(text('Dear {{ lead.first_name | default: "friend" }} of {{lead.company}},'))
        written = mail.write(values_of(lead, merge_fields(), preference_link=LINK))
        assert "Dear friend of A & B," in written.text
        assert "Dear friend of A &amp; B," in written.html

    def test_fields_of_ones_own_stand_in_their_words_and_sensitive_ones_are_not_offered(
        self, make_lead: MakeLead
    ) -> None:
        make_field("date", "Contract ends")
        make_field("text", "Illness", is_sensitive=True)
        lead = make_lead(custom={"contract_ends": "2026-03-10"})
        written = compiled(text("Until {{ custom.contract_ends }}.")).write(
            values_of(lead, merge_fields(), preference_link=LINK)
        )
        assert "Until 10 March 2026." in written.text
        with pytest.raises(FieldProblem, match=r"There is no field “custom\.illness”"):
            read("{{ custom.illness }}")

    @pytest.mark.parametrize(
        ("expression", "words"),
        [
            ("{{ lead.email }}", "There is no field"),
            ("{{ lead }}", "There is no field"),
            ("{{ lead.first_name.size }}", "There is no field"),
            ("{{ lead.first_name | default: lead.password }}", "There is no field"),
            ("{{ lead['__class__'] }}", "There is no field"),
            ("{{ lead.first_name | base64_encode }}", "There is no filter"),
            ("{{ 'words' }}", "names no field"),
            ("{{ }}", "cannot be read"),
            ("{{ lead[ }}", "cannot be read"),
        ],
    )
    def test_what_is_not_registered_is_refused_in_words(self, expression: str, words: str) -> None:
        with pytest.raises(FieldProblem, match=words):
            read(expression)

    def test_whether_there_is_a_fallback_is_known(self) -> None:
        assert has_fallback('{{ lead.first_name | default: "x" }}')
        assert has_fallback("{{ preference_link }}")
        assert not has_fallback("{{ lead.first_name | upcase }}")


class TestWords:
    def test_a_little_markup_and_never_html(self) -> None:
        mail = compiled(text("**b** *i* <script>x</script> [a](https://a.example/?x=1&y=2)\nnext\n\n- one\n- two"))
        page = mail.write({"preference_link": "https://baton.example/preferences/x"}).html
        for part in ("<strong>b</strong>", "<em>i</em>", "&lt;script&gt;", "<br", "<li>one</li>"):
            assert part in page
        assert 'href="https://a.example/?x=1&amp;y=2"' in page
        assert mail.targets == ("https://a.example/?x=1&y=2",)
        assert "<script" not in page

    def test_nothing_is_fetched_that_nobody_put_there(self) -> None:
        page = "".join(fixed for fixed, _number in compiled(text("Words.")).html)
        assert re.findall(r"(?:src|@import|<link)[^>]*", page) == []
        assert set(re.findall(r"https?://[^/\"]+", page)) <= {"https://preferences.invalid", "http://www.w3.org"}

    def test_plain_text_has_the_addresses(self) -> None:
        mail = compiled(
            text("**Read** [the guide](https://a.example/guide)."),
            {"kind": "button", "label": "Go", "url": "https://a.example/go"},
            {"kind": "image", "alt": "A map", "src": "https://a.example/map.png"},
        )
        plain = "".join(fixed for fixed, _number in mail.text)
        assert "Read the guide (https://a.example/guide).\n\nGo: https://a.example/go\n\nA map\n\n" in plain

    @pytest.mark.parametrize(
        ("block", "place", "words"),
        [
            (text("{% if x %}y{% endif %}"), "Text 2, text", "Tags"),
            (text("Dear {{ lead.first_name"), "Text 2, text", "One of the two is missing"),
            (text("Dear {{ lead.name }}"), "Text 2, text", "There is no field “lead.name”."),
            (text("[x](javascript:alert(1))"), "Text 2, text", "no whole address"),
            ({"kind": "button", "label": "x"}, "Button 2, address", "missing"),
            ({"kind": "button", "label": "x", "url": "https://a.example/?m={{ lead.city }}"}, "Button 2", "in logs"),
            ({"kind": "image", "src": "file:///etc/passwd"}, "Image 2, address of the image", "no whole address"),
            ({"kind": "image", "src": "https://[::1"}, "Image 2, address of the image", "is no address"),
        ],
    )
    def test_what_is_wrong_is_said_with_its_place(self, block: dict[str, str], place: str, words: str) -> None:
        [problem] = compiled(text("Fine."), block).problems
        assert problem.place.startswith(place)
        assert words in problem.message

    def test_whatever_is_written_every_mail_can_be_ended(self, make_lead: MakeLead) -> None:
        hostile: list[dict[str, Any]] = [
            {"kind": key, **dict.fromkeys((entry.name for entry in kind.entries), '</mjml> <!-- ]]> & " xmfx9xmfx ü')}
            for key, kind in KINDS.items()
        ]
        values = values_of(make_lead(), merge_fields(), preference_link=LINK)
        for blocks in ([], hostile, [{"kind": "nothing"}]):
            written = compiled(*blocks, subject="</title>", preheader='"><b>').write(values)
            assert f'href="{LINK}"' in written.html
            assert LINK in written.text

    def test_a_person_cannot_write_a_field(self, make_lead: MakeLead) -> None:
        lead = make_lead(first_name="xmfx0xmfx {{ lead.last_name }}", last_name="Secret")
        written = compiled(text("Dear {{ lead.first_name }}")).write(
            values_of(lead, merge_fields(), preference_link=LINK)
        )
        assert "Dear xmfx0xmfx {{ lead.last_name }}" in written.text

    def test_preferences_can_be_linked_in_words(self, make_lead: MakeLead) -> None:
        written = compiled(text("[Change it]({{ preference_link }}).")).write(
            values_of(make_lead(), merge_fields(), preference_link=LINK)
        )
        assert f"Change it ({LINK})." in written.text
        assert written.html.count(f'href="{LINK}"') == 2
