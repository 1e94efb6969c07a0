-- Where a lead came from first is written once; the last touch moves.
CREATE OR REPLACE FUNCTION leads_first_touch_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The first touch of a lead is written once.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE TRIGGER leads_first_touch_is_kept BEFORE UPDATE ON leads_lead
    FOR EACH ROW WHEN (
        OLD.first_touch_at IS NOT NULL AND (
            OLD.first_touch_at IS DISTINCT FROM NEW.first_touch_at
            OR OLD.first_channel_id IS DISTINCT FROM NEW.first_channel_id
            OR OLD.first_campaign_id IS DISTINCT FROM NEW.first_campaign_id
            OR OLD.first_page_id IS DISTINCT FROM NEW.first_page_id
        )
    ) EXECUTE FUNCTION leads_first_touch_is_kept();
