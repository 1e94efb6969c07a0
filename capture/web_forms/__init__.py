"""Forms that people outside fill in: what they ask, what is checked, and how an answer becomes a lead."""
