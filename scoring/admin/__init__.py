"""Criteria and personas in the admin."""

from scoring.admin import criteria, personas

__all__ = ["criteria", "personas"]
