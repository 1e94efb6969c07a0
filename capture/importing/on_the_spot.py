"""Columns without a place become fields of one's own."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from capture.importing.kinds.register import kind_of
from capture.models import ImportBatch
from leads.custom_fields.definitions import define
from lib.process_cache import look_again

LONGEST_LABEL: Final = 60


def define_own(columns: Mapping[int, str], *, batch: ImportBatch, now: datetime) -> dict[str, int]:
    """Makes a field of each of these columns, by position with its kind. Returns the mapping of the new fields.

    Raises CannotDefine. In the caller's transaction.
    """
    about = kind_of(batch.kind).about
    mapping = {}
    for index, kind in columns.items():
        label = batch.columns[index][:LONGEST_LABEL]
        field = define(about=about, kind=kind, label=label, actor=batch.created_by, now=now)
        mapping[f"custom.{field.key}"] = index
    look_again()
    return mapping
