"""Lists leave Baton as files that a spreadsheet opens, and that an import takes again without changing anything."""
