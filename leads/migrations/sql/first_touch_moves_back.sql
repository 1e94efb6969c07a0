-- A lead came from where its earliest touch says. One that becomes known later may have been earlier, so the first
-- touch moves to an earlier moment, and to nothing else; the last touch moves freely.
CREATE OR REPLACE FUNCTION leads_first_touch_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The first touch of a lead changes to an earlier one only.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE TRIGGER leads_first_touch_is_kept BEFORE UPDATE ON leads_lead
    FOR EACH ROW WHEN (
        OLD.first_touch_at IS NOT NULL AND (
            OLD.first_touch_at IS DISTINCT FROM NEW.first_touch_at
            OR OLD.first_channel_id IS DISTINCT FROM NEW.first_channel_id
            OR OLD.first_campaign_id IS DISTINCT FROM NEW.first_campaign_id
            OR OLD.first_page_id IS DISTINCT FROM NEW.first_page_id
        ) AND (NEW.first_touch_at IS NULL OR NEW.first_touch_at >= OLD.first_touch_at)
    ) EXECUTE FUNCTION leads_first_touch_is_kept();
