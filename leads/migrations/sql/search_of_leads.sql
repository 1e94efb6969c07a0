-- Leads are found by the beginnings of words: of their name, address, external id, title and of their company's name.
-- Words are folded as names are (lib_fold) and end at whatever is no letter and no digit. Everything beyond ASCII counts
-- as a letter, so that words do not depend on the locale of a database.
CREATE OR REPLACE FUNCTION leads_words(folded text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_remove(string_to_array(regexp_replace(folded, '[^a-z0-9\u0080-\U0010ffff]+', ' ', 'g'), ' '), '')
$$;

-- What somebody typed, as a query: each word may go on.
CREATE OR REPLACE FUNCTION leads_beginnings(value text) RETURNS tsquery LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT string_agg(quote_literal(word) || ':*', ' & ')::tsquery FROM unnest(leads_words(lib_fold(value))) AS word
$$;

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

CREATE OR REPLACE FUNCTION leads_search_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    company_name text;
BEGIN
    IF NEW.company_id IS NOT NULL THEN
        SELECT name INTO company_name FROM leads_company WHERE id = NEW.company_id;
    END IF;
    NEW.search := leads_search_of(NEW, company_name);
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER leads_search_is_kept
    BEFORE INSERT OR UPDATE OF first_name, last_name, email, external_id, job_title, company_id ON leads_lead
    FOR EACH ROW EXECUTE FUNCTION leads_search_is_kept();

CREATE OR REPLACE FUNCTION leads_search_follows_company() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE leads_lead AS lead SET search = leads_search_of(lead, NEW.name) WHERE company_id = NEW.id;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER leads_search_follows_company AFTER UPDATE OF name ON leads_company
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION leads_search_follows_company();
