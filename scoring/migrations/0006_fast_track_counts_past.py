from django.db import migrations, models

# A fast track counts only what happens after its rule came into force from now on: under criteria with one everybody is
# scored again, by 10,000 neighbouring leads.
SCORED_AGAIN = """
CREATE TEMPORARY TABLE fast ON COMMIT DROP AS
    SELECT criteria.id FROM scoring_criteria AS criteria WHERE criteria.state = 'published' AND EXISTS (
        SELECT FROM scoring_rule AS rule
        WHERE rule.criteria_id = criteria.id AND rule.is_enabled AND rule.gate = 'fast_track'
    );
UPDATE scoring_rescore SET finished_at = now() WHERE finished_at IS NULL AND EXISTS (SELECT FROM fast);
INSERT INTO scoring_rescore (criteria_id, why, leads, requested_at)
    SELECT id, 6, (SELECT count(*) FROM leads_lead), now() FROM fast;
INSERT INTO scoring_rescorechunk (rescore_id, first_lead, last_lead, leads)
    SELECT rescore.id, chunk.first, chunk.last, chunk.leads FROM scoring_rescore AS rescore, (
        SELECT min(id) AS first, max(id) AS last, count(*) AS leads
        FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / 10000 AS place FROM leads_lead) AS placed
        GROUP BY place
    ) AS chunk
    WHERE rescore.finished_at IS NULL AND EXISTS (SELECT FROM fast) ORDER BY chunk.first;
"""


class Migration(migrations.Migration):
    dependencies = [("scoring", "0005_why_import")]

    operations = [
        migrations.AddField(
            "criteria",
            "fast_track_counts_past",
            models.BooleanField(
                db_default=False,
                default=False,
                help_text="Ticked: what a lead did before a fast-track rule came into force makes it an MQL at once, "
                "too. Otherwise only what it does from then on; the points count either way.",
                verbose_name="a fast track counts what happened before",
            ),
        ),
        migrations.RunSQL(SCORED_AGAIN, migrations.RunSQL.noop),
    ]
