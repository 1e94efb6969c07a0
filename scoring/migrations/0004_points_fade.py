import django.core.validators
from django.db import migrations, models

# What fades was counted in whole matches and is counted in parts from now on: under criteria with such a rule everybody
# is scored again, by 10,000 neighbouring leads.
SCORED_AGAIN = """
CREATE TEMPORARY TABLE fading ON COMMIT DROP AS
    SELECT criteria.id FROM scoring_criteria AS criteria WHERE criteria.state = 'published' AND EXISTS (
        SELECT FROM scoring_rule AS rule
        WHERE rule.criteria_id = criteria.id AND rule.is_enabled AND rule.half_life_days IS NOT NULL
    );
UPDATE scoring_rescore SET finished_at = now() WHERE finished_at IS NULL AND EXISTS (SELECT FROM fading);
INSERT INTO scoring_rescore (criteria_id, why, leads, requested_at)
    SELECT id, 6, (SELECT count(*) FROM leads_lead), now() FROM fading;
INSERT INTO scoring_rescorechunk (rescore_id, first_lead, last_lead, leads)
    SELECT rescore.id, chunk.first, chunk.last, chunk.leads FROM scoring_rescore AS rescore, (
        SELECT min(id) AS first, max(id) AS last, count(*) AS leads
        FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / 10000 AS place FROM leads_lead) AS placed
        GROUP BY place
    ) AS chunk
    WHERE rescore.finished_at IS NULL AND EXISTS (SELECT FROM fading) ORDER BY chunk.first;
"""


class Migration(migrations.Migration):
    dependencies = [("scoring", "0003_recent_change")]

    operations = [
        migrations.AlterField(
            "rule",
            "half_life_days",
            models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(3650),
                ],
                verbose_name="halves every days",
                help_text="After this many days what they did counts half as much: 10 points are 5 then, and 0 in the end. "
                "Parts of a match count too: 1 visit of 2 is half the points. Empty: it does not fade.",
            ),
        ),
        migrations.RunSQL(SCORED_AGAIN, migrations.RunSQL.noop),
    ]
