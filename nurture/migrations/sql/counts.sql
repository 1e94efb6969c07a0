-- How many are in a segment is counted with the rows, whoever writes or deletes them. The segments are held in the
-- order of their keys first, so that two who change many never wait for each other.
CREATE FUNCTION nurture_count_members() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM nurture_segment WHERE id IN (SELECT segment_id FROM changed) ORDER BY id FOR NO KEY UPDATE;
    UPDATE nurture_segment AS segment
    SET members = members + CASE TG_OP WHEN 'INSERT' THEN counted.rows ELSE -counted.rows END
    FROM (SELECT segment_id, count(*) AS rows FROM changed GROUP BY segment_id) AS counted
    WHERE segment.id = counted.segment_id;
    RETURN NULL;
END
$$;

CREATE TRIGGER nurture_members_come AFTER INSERT ON nurture_membership
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION nurture_count_members();

CREATE TRIGGER nurture_members_go AFTER DELETE ON nurture_membership
REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION nurture_count_members();
