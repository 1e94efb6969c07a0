"""What `make run` need not do twice."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.finders import FileSystemFinder
from pytest_django.fixtures import Settings

from config.supervisor import prepare


@pytest.fixture
def collected(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands that were called, over one directory of static files."""
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "page.css").write_text("a {}")
    settings.STATICFILES_DIRS, settings.STATIC_ROOT = [tmp_path / "own"], tmp_path / "static"
    settings.STATE_DIR = tmp_path
    monkeypatch.setattr(prepare, "get_finders", lambda: [FileSystemFinder()])
    calls: list[str] = []

    def call_command(name: str, **_: Any) -> None:
        calls.append(name)
        settings.STATIC_ROOT.mkdir(exist_ok=True)

    monkeypatch.setattr(prepare, "call_command", call_command)
    return calls


class TestStaticFiles:
    def test_they_are_collected_once_and_again_when_one_changes(self, collected: list[str], tmp_path: Path) -> None:
        prepare.collect_static()
        prepare.collect_static()
        assert collected == ["collectstatic"]
        (tmp_path / "own" / "page.css").write_text("a { color: red }")
        prepare.collect_static()
        assert len(collected) == 2

    def test_they_are_collected_again_when_they_are_gone(self, collected: list[str], tmp_path: Path) -> None:
        prepare.collect_static()
        (tmp_path / "static").rmdir()
        prepare.collect_static()
        assert len(collected) == 2

    def test_another_way_of_keeping_them_counts(self, collected: list[str], settings: Settings) -> None:
        prepare.collect_static()
        plain = {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"}
        settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
        prepare.collect_static()
        assert len(collected) == 2
