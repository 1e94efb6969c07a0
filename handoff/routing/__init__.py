"""Who gets a lead, when people are out, and how leads change hands."""
