-- Companies that are known already are compared once, in the background.
INSERT INTO leads_companyduplicatecheck (company_id, asked_at) SELECT id, now() FROM leads_company ORDER BY id ON CONFLICT DO NOTHING;
