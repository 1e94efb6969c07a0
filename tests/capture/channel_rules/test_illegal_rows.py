"""Rules, sites and spellings that must not exist, tried with raw SQL: the database itself refuses each."""

import pytest

from accounts.models import User
from tests.leads.test_illegal_rows import refused

pytestmark = pytest.mark.django_db
SPELLING = "INSERT INTO capture_tagspelling (tag, spelling, counts_as) VALUES"


class TestRows:
    @pytest.mark.parametrize(
        ("statement", "guard"),
        [
            ("UPDATE capture_channelrule SET origin = 'moon'", "channel_rule_origin_known"),
            ("UPDATE capture_channelrule SET name = ''", "channel_rule_has_name"),
            ("UPDATE capture_channelrule SET position = -1", "position"),
            ("UPDATE capture_knownsite SET kind = 'shop'", "known_site_kind_known"),
            ("UPDATE capture_knownsite SET host = 'https://a.example/'", "known_site_host_shape"),
            ("UPDATE capture_knownsite SET host = 'A.example' WHERE host = 'bing.com'", "known_site_host_shape"),
            ("UPDATE capture_knownsite SET host = 'bing.com' WHERE host = 'ask.com'", "capture_knownsite_host"),
            (
                f"{SPELLING} ('source', 'a', 'a')",
                "tag_spelling_of_another",
            ),
            (
                f"{SPELLING} ('term', 'a', 'b')",
                "tag_spelling_tag_known",
            ),
            (
                f"{SPELLING} ('source', 'a', 'b'), ('source', 'a', 'c')",
                "tag_spelling_once",
            ),
        ],
    )
    def test_a_row_that_must_not_exist_is_refused(self, statement: str, guard: str) -> None:
        assert guard in refused(statement)

    @pytest.mark.parametrize(
        ("over", "is_broken_off", "guard"),
        [("NULL", "false", "channel_recount_one_at_a_time"), ("NULL", "true", "channel_recount_broken_off_is_over")],
    )
    def test_a_recount_that_must_not_exist(self, marketer: User, over: str, is_broken_off: str, guard: str) -> None:
        row = f"(false, 'x', {marketer.pk}, now(), {over}, {is_broken_off}, 0, 0, '[]')"
        columns = "is_trial, rules, asked_by_id, asked_at, finished_at, is_broken_off, leads, last_lead, moves"
        assert guard in refused(f"INSERT INTO capture_channelrecount ({columns}) VALUES {row}, {row}")  # noqa: S608
