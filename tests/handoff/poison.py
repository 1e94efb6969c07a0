"""A row that cannot be written, whatever is tried."""

from django.db import connection


def poison(table: str, condition: str) -> None:
    """From now on the database refuses to insert such a row; `condition` is about NEW."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN IF {condition} THEN RAISE EXCEPTION 'poison'; END IF; RETURN NEW; END $$;"
            f" CREATE TRIGGER poison BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION poison()"
        )
