"""Fields of forms as people see them."""

from django import forms
from django.test.html import parse_html
from django.utils.html import escape

from lib.widgets import Select

CHOICES = [("", "any <b>"), ("a&b", "A & B"), ("7", "seven")]


class TestSelect:
    def test_it_is_what_django_draws(self) -> None:
        attributes = {"id": "id_x", "required": True, "data-x": '"<'}
        for value in (None, "", "a&b", "7", 7, "unknown"):
            drawn, djangos = (
                widget(choices=CHOICES).render("x", value, attributes) for widget in (Select, forms.Select)
            )
            assert parse_html(drawn) == parse_html(djangos)

    def test_nothing_sent_gets_out_of_its_place(self) -> None:
        drawn = Select(choices=[('"><script>', "<script>")]).render("x", '"><script>')
        assert "<script>" not in drawn
        assert escape('"><script>') in drawn
