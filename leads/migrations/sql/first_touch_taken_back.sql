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
