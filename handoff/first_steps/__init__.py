"""The steps of the first-run list about people, who gets a lead, and how long sales has."""
