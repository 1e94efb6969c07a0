-- Whoever is known already is compared once, in the background.
INSERT INTO leads_duplicatecheck (lead_id, asked_at) SELECT id, now() FROM leads_lead ORDER BY id ON CONFLICT DO NOTHING;
