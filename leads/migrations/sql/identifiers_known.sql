-- The ids that leads have until now.
INSERT INTO leads_leadidentifier (lead_id, system, external_id)
SELECT id, external_system, external_id FROM leads_lead WHERE external_id IS NOT NULL ORDER BY id
ON CONFLICT DO NOTHING;
