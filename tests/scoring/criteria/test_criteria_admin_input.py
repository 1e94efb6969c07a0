"""What the admin of criteria says to what no browser would post."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from scoring.models import Criteria

FORMS = {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0", "MIN_NUM_FORMS": "0", "MAX_NUM_FORMS": "1000"}


@pytest.mark.usefixtures("transactional")
class TestOddRequests:
    def test_the_history_can_be_asked_by_post(self, client: Client, marketer: User) -> None:
        client.force_login(marketer)
        criteria = Criteria.objects.get()
        assert client.post(reverse("admin:scoring_criteria_history", args=[criteria.pk])).status_code == 200

    @pytest.mark.parametrize("number", ["9" * 4000, "9" * 30, "٣", "²", "x"])
    def test_a_version_that_is_none_is_no_500(self, client: Client, marketer: User, number: str) -> None:
        client.force_login(marketer)
        assert client.post(f"/admin/scoring/criteria/{number}/change/").status_code in (302, 403, 404)


@pytest.mark.django_db
class TestNumbersOfForms:
    @pytest.mark.parametrize("total", ["9" * 5000, "-1", "", "²"])
    def test_one_that_is_none_changes_nothing(self, client: Client, marketer: User, total: str) -> None:
        client.force_login(marketer)
        published = Criteria.objects.get()
        client.post(reverse("scoring:step", args=[published.number, "draft"]))
        draft = Criteria.objects.exclude(pk=published.pk).get()
        rules = draft.rules.count()
        said = {"sentence": "Ready.", "threshold": "30", "minimum_behaviours": "1"}
        for prefix in ("behaviour", "fit", "combination", "source_bars"):
            said |= {f"{prefix}-{name}": value for name, value in FORMS.items()}
        answer = client.post(
            reverse("admin:scoring_criteria_change", args=[draft.pk]), said | {"fit-TOTAL_FORMS": total}
        )
        assert answer.status_code == 200
        assert draft.rules.count() == rules
