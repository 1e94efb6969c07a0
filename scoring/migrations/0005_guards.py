from importlib import import_module

from django.db import migrations

# Who proposed and who published is part of the way of a version, not of what it says.
BEFORE = import_module("scoring.migrations.0002_guards").CRITERIA
FUNCTION = BEFORE[: BEFORE.index("CREATE TRIGGER")].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
WORKFLOW = "'published_at', 'retired_at'];"
WITH_PEOPLE = "'published_at', 'retired_at', 'proposed_by_id', 'published_by_id'];"

APPEND_ONLY = """
CREATE FUNCTION scoring_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What was recorded is kept as it is.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER scoring_scorechange_kept BEFORE UPDATE ON scoring_scorechange
    FOR EACH ROW EXECUTE FUNCTION scoring_never_changed();
CREATE TRIGGER scoring_comment_kept BEFORE UPDATE ON scoring_comment
    FOR EACH ROW EXECUTE FUNCTION scoring_never_changed();
"""
UNDO = """
DROP TRIGGER scoring_scorechange_kept ON scoring_scorechange;
DROP TRIGGER scoring_comment_kept ON scoring_comment;
DROP FUNCTION scoring_never_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("scoring", "0004_how_a_score_came_to_be")]
    operations = [
        migrations.RunSQL(FUNCTION.replace(WORKFLOW, WITH_PEOPLE), FUNCTION),
        migrations.RunSQL(APPEND_ONLY, UNDO),
    ]
