"""Composite keys between walled tables, as migration operations.

A plain foreign key does not look at row policies, so that a county could point at another county's person. With
the county and the unit in the key it cannot; and when a person moves, his rows move with him (ON UPDATE CASCADE).
Rows that refer to other rows of the same person do so by a key with the person in it.
"""

from django.db.migrations import RunSQL


def person_key(table: str) -> RunSQL:
    """``table`` (county_id, unit_id, retiree_id) → retirees_retiree (county_id, unit_id, id)."""
    name = f"{table}_person"
    return RunSQL(
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY (county_id, unit_id, retiree_id)'
        " REFERENCES retirees_retiree (county_id, unit_id, id) ON UPDATE CASCADE DEFERRABLE INITIALLY IMMEDIATE",
        f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"',
    )


def own_row_key(table: str, column: str, parent: str) -> RunSQL:
    """``table`` (retiree_id, column) → ``parent`` (retiree_id, id): a row may refer to rows of its own person only.

    Looked at when the transaction ends, because merging two people and moving one take the tables turn by turn. The
    parent needs a unique key over both columns.
    """
    name = f"{table}_{column}_own"[:63]
    return RunSQL(
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY (retiree_id, {column})'
        f' REFERENCES "{parent}" (retiree_id, id) DEFERRABLE INITIALLY DEFERRED',
        f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"',
    )
