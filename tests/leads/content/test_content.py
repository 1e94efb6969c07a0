"""The content library: codes of lead magnets, the board with its gaps, and taking over a list."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from leads.content.audit import NotAList, take_list
from leads.content.board import board
from leads.content.codes import is_lead_magnet_code, proposed_code
from leads.models import Asset

pytestmark = pytest.mark.django_db
DAY = date(2026, 1, 9)
LIST = b"""Title;Type;Funnel stage;Gated;URL;Topic
Security checklist;checklist;TOFU;yes;;Security
How we work;case studies;consideration;no;https://example.com/how;
;ebook;TOFU;no;;
A riddle;ebook;attic;no;;
"""


class TestCodes:
    @pytest.mark.parametrize("code", ["LM_SecurityChecklist_Jan2026", "LM_ROI2_Dec2030"])
    def test_a_code(self, code: str) -> None:
        assert is_lead_magnet_code(code)

    @pytest.mark.parametrize(
        "code",
        ["", "LM_securityChecklist_Jan2026", "LM_Security_Checklist_Jan2026", "LM_A_January2026", "lm_A_Jan2026",
         "LM_A_Jan26", "LM_A_Jan2026 ", "LM__Jan2026"],
    )  # fmt: skip
    def test_none(self, code: str) -> None:
        assert not is_lead_magnet_code(code)

    @pytest.mark.parametrize(
        ("name", "code"),
        [
            ("Security checklist", "LM_SecurityChecklist_Jan2026"),
            ("  10 façons d’économiser! ", "LM_FaconsDeconomiser_Jan2026"),
            ("LM Guide", "LM_Guide_Jan2026"),
            ("安全", "LM_Name_Jan2026"),
        ],
    )
    def test_what_is_proposed_is_a_code(self, name: str, code: str) -> None:
        assert proposed_code(name, on=DAY) == code
        assert is_lead_magnet_code(code)


class TestTheList:
    def test_each_row_becomes_an_asset_and_problems_are_named(self) -> None:
        report = take_list(LIST, on=DAY)
        assert (report.created, report.updated, report.unchanged) == (2, 0, 0)
        assert [line for line, _problem in report.problems] == [4, 5]
        magnet = Asset.objects.get(key="LM_SecurityChecklist_Jan2026")
        assert (magnet.kind, magnet.funnel_stage, magnet.is_gated, magnet.topic) == (
            "checklist",
            "awareness",
            True,
            "Security",
        )
        assert Asset.objects.get(name="How we work").kind == "case_study"

    def test_taken_twice_it_changes_nothing(self) -> None:
        take_list(LIST, on=DAY)
        report = take_list(LIST, on=DAY)
        assert (report.created, report.updated, report.unchanged) == (0, 0, 2)

    def test_another_file_is_refused(self) -> None:
        with pytest.raises(NotAList, match="names no column"):
            take_list(b"\x00\xff\x00", on=DAY)


class TestTheBoard:
    def test_it_names_the_gaps(self) -> None:
        take_list(LIST, on=DAY)
        found = board(Asset.objects.all())
        assert [row.kind for row in found.rows] == ["checklist", "case_study"]
        assert found.empty_stages == ["decision"]
        assert found.ungated_stages == ["consideration"]


class TestPages:
    @pytest.fixture
    def send(self, client: Client, marketer: User, private_files: None) -> Callable[..., Any]:
        client.force_login(marketer)

        def post(**said: Any) -> Any:
            values = {"name": "Guide", "kind": "ebook", "funnel_stage": "awareness", "key": ""}
            return client.post(reverse("content:new"), values | said, follow=True)

        return post

    def test_a_lead_magnet_without_a_code_gets_one(self, send: Callable[..., Any]) -> None:
        send(is_gated="on", file=SimpleUploadedFile("guide.pdf", b"%PDF"))
        asset = Asset.objects.get()
        assert is_lead_magnet_code(asset.key)
        assert asset.key.startswith("LM_Guide_")
        assert (asset.file_name, asset.file.read()) == ("guide.pdf", b"%PDF")

    def test_a_wrong_code_is_refused_with_the_right_one(self, send: Callable[..., Any]) -> None:
        answer = send(is_gated="on", key="guide")
        assert answer.status_code == 422
        assert "this one would be LM_Guide_" in answer.content.decode()
        assert not Asset.objects.exists()

    def test_what_is_in_use_under_another_code_stays_and_is_marked(
        self, client: Client, send: Callable[..., Any]
    ) -> None:
        asset = Asset.objects.create(key="old-guide", name="Old", is_gated=True)
        said = {"name": "Old guide", "kind": "ebook", "funnel_stage": "", "key": "old-guide", "is_gated": "on"}
        page = client.post(reverse("content:edit", args=[asset.public_id]), said, follow=True).content.decode()
        asset.refresh_from_db()
        assert asset.name == "Old guide"
        assert "not LM_Name_MonYYYY" in page

    def test_a_list_is_taken_over_there_and_an_asset_leaves(self, client: Client, send: Callable[..., Any]) -> None:
        page = client.post(reverse("content:audit"), {"file": SimpleUploadedFile("a.csv", LIST)}).content.decode()
        assert "Line 5" in page
        asset = Asset.objects.get(name="How we work")
        client.post(reverse("content:archive", args=[asset.public_id]))
        assert "How we work" not in client.get(reverse("content:library")).content.decode()
