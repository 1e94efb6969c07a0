"""Links that prove what they say."""

import uuid
from datetime import datetime, timedelta

import pytest
from django.test import override_settings

from lib.signed_links import LinkRefused, read_link, sign_link

ROW = uuid.UUID("8c2c3f38-7d8e-4a0a-9d36-5c1f7e0a9b11")


def link(now: datetime) -> str:
    return sign_link(ROW, purpose="a test", until=now + timedelta(days=1))


class TestLinks:
    def test_it_says_which_row_it_is_for(self, now: datetime) -> None:
        assert read_link(link(now), purpose="a test", now=now) == ROW

    def test_it_ends(self, now: datetime) -> None:
        text = link(now)
        assert read_link(text, purpose="a test", now=now + timedelta(hours=23)) == ROW
        with pytest.raises(LinkRefused, match="too old"):
            read_link(text, purpose="a test", now=now + timedelta(days=1))

    def test_it_is_for_one_purpose(self, now: datetime) -> None:
        with pytest.raises(LinkRefused, match="not complete"):
            read_link(link(now), purpose="another test", now=now)

    def test_nobody_else_can_make_one(self, now: datetime) -> None:
        with override_settings(SECRET_KEY="another key of fifty characters " * 2):
            text = link(now)
        with pytest.raises(LinkRefused, match="not complete"):
            read_link(text, purpose="a test", now=now)

    @pytest.mark.parametrize(
        ("before", "cut", "after"), [("", -1, ""), ("0", None, ""), ("", 0, ""), ("", 0, "é:😀"), ("", None, "x")]
    )
    def test_a_changed_one_is_refused(self, now: datetime, before: str, cut: int | None, after: str) -> None:
        with pytest.raises(LinkRefused, match="not complete"):
            read_link(before + link(now)[:cut] + after, purpose="a test", now=now)
