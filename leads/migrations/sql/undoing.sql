-- What an import did can be taken back (leads/undoing/); whoever does that says so for the length of a transaction.
CREATE OR REPLACE FUNCTION leads_is_undoing() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(current_setting('baton.undoing', true) = 'on', false)
$$;
