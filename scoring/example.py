"""The shipped first version: the worked example of the field, in force from the first minute."""

from typing import Any, Final

from django.apps.registry import Apps
from django.utils import timezone
from django.utils.translation import gettext_noop as _

SENTENCE: Final = _(
    "A lead is ready when what they did and who they are adds up to 30 points: "
    "they came for our content, looked at the price, and their company is one we can help."
)

RULES: Final[tuple[dict[str, Any], ...]] = (
    {
        "kind": "behaviour",
        "name": _("Downloaded content"),
        "points": 5,
        "type": "download",
        "measure": "assets",
        "max_times": 3,
    },
    {
        "kind": "behaviour",
        "name": _("Opened an e-mail after a download"),
        "points": 2,
        "type": "email_opened",
        "after": "download",
        "max_times": 5,
    },
    {
        "kind": "behaviour",
        "name": _("Visited the pricing page"),
        "points": 10,
        "type": "page_view",
        "page_category": "pricing",
    },
    {"kind": "behaviour", "name": _("Joined a programme"), "points": 20, "type": "programme_joined"},
    {
        "kind": "fit",
        "name": _("Has an executive title"),
        "points": 15,
        "field": "job_title",
        "operator": "contains",
        "values": ["vp", "vice president", "founder", "chief", "ceo", "cmo", "cto", "cfo", "coo", "president", "owner"],
    },
    {
        "kind": "fit",
        "name": _("Company of 50 to 500 people"),
        "points": 10,
        "field": "company_employees",
        "operator": "between",
        "values": [50, 500],
    },
)


def seed(apps: Apps) -> None:
    """Publishes version 1 when there are no criteria at all; run by a migration, harmless to repeat."""
    criteria_model, rule_model = apps.get_model("scoring", "Criteria"), apps.get_model("scoring", "Rule")
    if criteria_model.objects.exists():
        return
    now = timezone.now()
    criteria = criteria_model.objects.create(
        number=1, sentence=SENTENCE, threshold=30, is_shipped=True, created_at=now, state="draft"
    )
    types = {row.key: row for row in apps.get_model("leads", "ActivityType").objects.all()}
    for position, given in enumerate(RULES, start=1):
        rule = dict(given)
        rule_model.objects.create(
            criteria=criteria,
            position=position * 10,
            activity_type=types.get(rule.pop("type", "")),
            after_activity_type=types.get(rule.pop("after", "")),
            **rule,
        )
    criteria_model.objects.filter(pk=criteria.pk).update(state="published", published_at=now)
