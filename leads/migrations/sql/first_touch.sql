-- A lead came from where its earliest touch says. One that becomes known later may have been earlier, so the first
-- touch moves to an earlier moment, and to nothing else; the last touch moves freely.
-- Undone, a merge or an import gives back the first touch there was before. Where the past is counted by other rules,
-- the first touch is the same contact, of another channel.
CREATE OR REPLACE FUNCTION leads_first_touch_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF leads_is_merging() OR leads_is_undoing() THEN
        RETURN NEW;
    END IF;
    IF current_setting('baton.recounting', true) = 'on'
        AND (OLD.first_touch_at, OLD.first_campaign_id, OLD.first_page_id)
            IS NOT DISTINCT FROM (NEW.first_touch_at, NEW.first_campaign_id, NEW.first_page_id)
    THEN
        RETURN NEW;
    END IF;
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
