"""Composite keys between walled tables, as migration operations.

A plain foreign key does not look at row policies, so that a county could point at another county's person. With
the county and the unit in the key it cannot; and when a person moves, his rows move with him (ON UPDATE CASCADE).
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
