-- The index activity_to_score answers alone only for pages that vacuum has seen. Activities are added, hardly ever
-- changed, and by default vacuum would come by only when a fifth of the table is new.
ALTER TABLE leads_activity SET (autovacuum_vacuum_insert_scale_factor = 0.02);
