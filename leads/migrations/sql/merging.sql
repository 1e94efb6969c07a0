-- What is recorded is never changed. Only when two leads are one person (leads/merging/) it goes on to the other lead as
-- it is; whoever does that says so for the length of a transaction.
CREATE OR REPLACE FUNCTION leads_is_merging() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(current_setting('baton.merging', true) = 'on', false)
$$;
