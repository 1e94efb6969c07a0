"""One country, however people write it."""

import pytest
from django import forms

from lib.countries import CountryField, UnknownCountry, country_code


class TestCode:
    @pytest.mark.parametrize(
        ("written", "code"),
        [
            ("UK", "GB"), ("u.k.", "GB"), ("England", "GB"), ("GBR", "GB"), ("gb", "GB"),
            ("United Kingdom", "GB"), ("Türkiye", "TR"), ("Turkey", "TR"), ("The Netherlands", "NL"),
            ("Netherlands, The", "NL"), ("North Macedonia", "MK"), ("USA", "US"),
            ("United States of America", "US"), ("Deutschland", "DE"), ("España", "ES"), ("ESPANA", "ES"),
            ("Česko", "CZ"), ("Россия", "RU"), ("日本", "JP"), ("Ελλάδα", "GR"), ("Nederland", "NL"),
            ("مصر", "EG"), ("ประเทศไทย", "TH"), ("Côte d’Ivoire", "CI"), ("Korea, Republic of", "KR"),
            ("St. Lucia", "LC"), ("Trinidad & Tobago", "TT"), ("México", "MX"), ("Kosovo", "XK"),
            ("Viet Nam", "VN"), ("Hong Kong", "HK"),
        ],
    )  # fmt: skip
    def test_it_is_the_same_country(self, written: str, code: str) -> None:
        assert country_code(written) == code

    @pytest.mark.parametrize("written", ["ZZ", "EU", "XX", "AN", "Freedonia", "", "  ", "1", "x" * 5000])
    def test_what_is_no_country_is_not_guessed(self, written: str) -> None:
        with pytest.raises(UnknownCountry):
            country_code(written)


class TestField:
    def test_its_value_is_the_code(self) -> None:
        assert CountryField(required=False).clean(" UK ") == "GB"
        assert CountryField(required=False).clean("") == ""

    def test_what_is_no_country_is_named(self) -> None:
        with pytest.raises(forms.ValidationError, match="“ZZ” is no country"):
            CountryField().clean("ZZ")
