-- What a lead, people and time did to a score (scoring.models.Why below 5) counts for seven days
-- (scoring/score_change.py). Whoever records a step, it is added in the same statement.
CREATE OR REPLACE FUNCTION scoring_recent_change_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO scoring_recentchange AS kept (lead_id, points, next_change_at)
    SELECT lead_id, sum(total - was), min(changed_at) + interval '7 days' FROM recorded WHERE why < 5 GROUP BY lead_id
    ON CONFLICT (lead_id) DO UPDATE SET points = kept.points + excluded.points,
        next_change_at = least(kept.next_change_at, excluded.next_change_at);
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER scoring_recent_change_follows AFTER INSERT ON scoring_scorechange
    REFERENCING NEW TABLE AS recorded FOR EACH STATEMENT EXECUTE FUNCTION scoring_recent_change_follows();

INSERT INTO scoring_recentchange (lead_id, points, next_change_at)
SELECT lead_id, sum(total - was), min(changed_at) + interval '7 days' FROM scoring_scorechange
WHERE why < 5 AND changed_at > now() - interval '7 days' GROUP BY lead_id
ON CONFLICT DO NOTHING;
