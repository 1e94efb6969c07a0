"""The first page: what needs a person, by each of their roles, and how an installation is set up."""
