"""The order of names in lists: as people sort, whatever the collation of the database."""

from typing import Final

from django.db.models import F, Func, TextField

# In small letters, without accents: adams, Ågren, Baker, Zeta. PostgreSQL may have been built without ICU, so there is
# no collation to ask for. Every function of it is immutable, so that an index can hold it.
_SORTED: Final = r"regexp_replace(lower(normalize(%(expressions)s, NFKD)), '[\u0300-\u036f]', '', 'g')"


def as_people_sort(name: str) -> Func:
    """What rows are sorted by instead of the column `name`."""
    return Func(F(name), template=_SORTED, output_field=TextField())
