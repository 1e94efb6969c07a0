-- The history of a score and the comments under criteria are recorded once.
CREATE OR REPLACE FUNCTION scoring_never_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'What was recorded is kept as it is.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE TRIGGER scoring_scorechange_kept BEFORE UPDATE ON scoring_scorechange
    FOR EACH ROW EXECUTE FUNCTION scoring_never_changed();
CREATE OR REPLACE TRIGGER scoring_comment_kept BEFORE UPDATE ON scoring_comment
    FOR EACH ROW EXECUTE FUNCTION scoring_never_changed();
