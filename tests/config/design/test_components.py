import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from config.design.components import components
from tests.architecture.reading import ROOT


@pytest.mark.usefixtures("db")
def test_the_sheet_shows_every_component_and_icon(rf: RequestFactory) -> None:
    request = rf.get("/design/components/")
    request.user = AnonymousUser()
    page = components(request).content.decode()
    icons = [path.stem for path in (ROOT / "static/icons").glob("*.svg")]
    assert icons
    assert [icon for icon in icons if icon not in page] == []
    assert 'class="select-row"' in page
    assert 'class="stage-6"' in page
    assert "css/leads/stage.css" in page
    assert "css/scoring/score.css" in page
