import pytest

from scoring import whatif_sample, whatif_version


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten leads are many."""
    monkeypatch.setattr(whatif_sample.draw, "__defaults__", (10,))
    monkeypatch.setattr(whatif_version, "CHUNK", 7)
