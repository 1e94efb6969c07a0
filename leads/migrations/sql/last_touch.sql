-- The last touches, which were columns of the lead, as rows of their own.
INSERT INTO leads_lasttouch (lead_id, at, channel_id, campaign_id, page_id)
SELECT id, last_touch_at, last_channel_id, last_campaign_id, last_page_id
FROM leads_lead WHERE last_touch_at IS NOT NULL ORDER BY id;
