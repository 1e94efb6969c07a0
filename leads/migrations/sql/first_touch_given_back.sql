-- Undone, a merge gives back the first touch there was before.
CREATE OR REPLACE FUNCTION leads_first_touch_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF leads_is_merging() THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'The first touch of a lead changes to an earlier one only.' USING ERRCODE = 'restrict_violation';
END $$;
