-- From here on names are folded (lib/folding.py): channels, campaigns, pages and assets that were several for one name
-- become the oldest of them. What refers to another one refers to it from now on.
DO $$
DECLARE
    referrer record;
    place record;
BEGIN
    CREATE TEMPORARY TABLE twins ON COMMIT DROP AS
    SELECT named.kind, named.id, identity, first_value(named.id) OVER (PARTITION BY kind, identity ORDER BY id) AS kept
    FROM (
        SELECT 'leads_channel'::regclass AS kind, id,
            btrim(left(regexp_replace(lib_fold(key), '[-_ ]+', '_', 'g'), 100), '_') AS identity
        FROM leads_channel
        UNION ALL
        SELECT 'leads_campaign'::regclass, id,
            btrim(left(regexp_replace(lib_fold(key), '[-_ ]+', '_', 'g'), 100), '_')
        FROM leads_campaign
        UNION ALL
        SELECT 'leads_page'::regclass, id, lib_fold(key) FROM leads_page
        UNION ALL
        SELECT 'leads_asset'::regclass, id, lib_fold(key) FROM leads_asset
    ) AS named;
    CREATE TEMPORARY TABLE referrers ON COMMIT DROP AS
    SELECT conrelid::regclass AS name, attname, confrelid::regclass AS kind FROM pg_constraint
    JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
    WHERE contype = 'f'
    UNION
    -- Activities refer without constraints.
    VALUES ('leads_activity'::regclass, 'page_id'::name, 'leads_page'::regclass),
        ('leads_activity', 'asset_id', 'leads_asset'),
        ('leads_activity', 'channel_id', 'leads_channel'),
        ('leads_activity', 'campaign_id', 'leads_campaign');
    DELETE FROM referrers WHERE kind NOT IN (SELECT twins.kind FROM twins WHERE id <> kept);
    FOR referrer IN SELECT DISTINCT name FROM referrers LOOP
        EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', referrer.name);
    END LOOP;
    UPDATE leads_channel SET counts_as_id = NULL FROM twins
        WHERE twins.kind = 'leads_channel'::regclass AND twins.kept = leads_channel.id
        AND twins.id = leads_channel.counts_as_id;
    FOR referrer IN SELECT * FROM referrers LOOP
        BEGIN
            EXECUTE format(
                'UPDATE %1$s AS row SET %2$I = kept FROM twins WHERE twins.kind = $1 AND twins.id = row.%2$I AND twins.id <> kept',
                referrer.name, referrer.attname
            ) USING referrer.kind;
        EXCEPTION WHEN unique_violation THEN
            -- Some of them refer to the oldest one as well.
            FOR place IN EXECUTE format(
                'SELECT row.ctid, kept FROM %1$s AS row JOIN twins ON twins.kind = $1 AND twins.id = row.%2$I AND twins.id <> kept',
                referrer.name, referrer.attname
            ) USING referrer.kind
            LOOP
                BEGIN
                    EXECUTE format('UPDATE %s SET %I = $1 WHERE ctid = $2', referrer.name, referrer.attname)
                        USING place.kept, place.ctid;
                EXCEPTION WHEN unique_violation THEN
                    EXECUTE format('DELETE FROM %s WHERE ctid = $1', referrer.name) USING place.ctid;
                END;
            END LOOP;
        END;
    END LOOP;
    DELETE FROM leads_channel USING twins
        WHERE twins.kind = 'leads_channel'::regclass AND twins.id = leads_channel.id AND twins.id <> kept;
    DELETE FROM leads_campaign USING twins
        WHERE twins.kind = 'leads_campaign'::regclass AND twins.id = leads_campaign.id AND twins.id <> kept;
    DELETE FROM leads_page USING twins
        WHERE twins.kind = 'leads_page'::regclass AND twins.id = leads_page.id AND twins.id <> kept;
    DELETE FROM leads_asset USING twins
        WHERE twins.kind = 'leads_asset'::regclass AND twins.id = leads_asset.id AND twins.id <> kept;
    SET CONSTRAINTS ALL IMMEDIATE;
    FOR referrer IN SELECT DISTINCT name FROM referrers LOOP
        EXECUTE format('ALTER TABLE %s ENABLE TRIGGER USER', referrer.name);
    END LOOP;
    UPDATE leads_channel SET key = identity FROM twins
        WHERE twins.kind = 'leads_channel'::regclass AND twins.id = leads_channel.id AND key <> identity AND identity <> '';
    UPDATE leads_campaign SET key = identity FROM twins
        WHERE twins.kind = 'leads_campaign'::regclass AND twins.id = leads_campaign.id AND key <> identity AND identity <> '';
END $$;
