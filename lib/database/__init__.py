"""Django's way to PostgreSQL (ENGINE in config/environment.py)."""
