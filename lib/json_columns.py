"""Columns that hold JSON."""

from django.db.models import F, Func, TextField, Value
from django.db.models.lookups import Exact


def is_json_object(column: str) -> Exact:
    """For a constraint: whether the column holds an object, {} or more."""
    return Exact(Func(F(column), function="jsonb_typeof", output_field=TextField()), Value("object"))
