import pytest

from accounts.models import User
from tests.browser.conftest import Visit
from tests.conftest import PASSWORD

pytestmark = pytest.mark.browser


class TestSignIn:
    @pytest.mark.parametrize("javascript", [True, False])
    def test_a_rep_signs_in_by_e_mail_and_is_at_home(self, visit: Visit, rep: User, javascript: bool) -> None:
        page = visit(None, "/", javascript=javascript)
        page.fill("input[name=login]", "Rep@Example.com")
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url("**/")
        assert page.locator("h1").inner_text() == "Home"

    def test_the_admin_has_no_door_of_its_own(self, visit: Visit, marketer: User) -> None:
        page = visit(None, "/admin/")
        assert "/accounts/login/" in page.url

    def test_nobody_signs_up(self, visit: Visit, db: None) -> None:
        page = visit(None, "/accounts/signup/")
        assert page.locator("input[name=password1]").count() == 0
