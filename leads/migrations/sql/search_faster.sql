-- Nearly all names, addresses and titles are plain ASCII, and folding leaves nothing of them but small letters: their
-- words are found in one pass.
CREATE OR REPLACE FUNCTION leads_search_of(lead leads_lead, company_name text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    said constant text := concat_ws(
        ' ', lead.first_name, lead.last_name, company_name, lead.job_title, lead.external_id, lead.email
    );
BEGIN
    IF octet_length(said) = length(said) THEN
        RETURN array_to_tsvector(
            array_remove(string_to_array(regexp_replace(lower(said), '[^a-z0-9]+', ' ', 'g'), ' '), '')
        );
    END IF;
    -- Three texts are folded, for lib_fold ends at 500 characters and each of these is shorter.
    RETURN array_to_tsvector(leads_words(concat_ws(' ',
        lib_fold(concat_ws(' ', lead.first_name, lead.last_name, company_name)),
        lib_fold(concat_ws(' ', lead.job_title, lead.external_id)),
        lib_fold(lead.email)
    )));
END $$;
