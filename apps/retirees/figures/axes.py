"""Counting heads by what the kept cells do not hold: rank at retirement, medical treatment, residence, kind of unit.

Rank and medical treatment are those of the day asked for (they are dated facts). Residence and the kind of a unit are
the register's present ones, since nobody records when they changed.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db import connection

from apps.core.scope import Actor

AXES = ("rank", "medical_treatment", "residence", "unit_kind")
GONE = "gone"
"""Value of people of a county who have moved to another county since: their rows lie behind its wall now."""

_COUNT = """
SELECT category, sex, rank, medical_treatment, residence, unit_kind,
       count(*)::int, count(*) FILTER (WHERE party_member)::int
FROM (
  SELECT s.category, s.sex, s.party_member, u.kind AS unit_kind,
         CASE WHEN r.id IS NULL THEN 'gone' ELSE coalesce(ranks.level, '') END AS rank,
         CASE WHEN r.id IS NULL THEN 'gone' ELSE coalesce(medical.level, '') END AS medical_treatment,
         CASE WHEN r.id IS NULL THEN 'gone' ELSE r.residence END AS residence
  FROM retirees_spell s
  JOIN units_unit u ON u.id = s.unit_id
  LEFT JOIN retirees_retiree r ON r.id = s.retiree_id {here}
  LEFT JOIN retirees_levelfact ranks
    ON ranks.retiree_id = s.retiree_id AND ranks.kind = 'rank' AND ranks.during @> %(on)s::date
  LEFT JOIN retirees_levelfact medical
    ON medical.retiree_id = s.retiree_id AND medical.kind = 'medical' AND medical.during @> %(on)s::date
  WHERE (s.starts_on IS NULL OR s.starts_on <= %(on)s) AND (s.ends_on IS NULL OR s.ends_on > %(on)s) {place}
) counted
GROUP BY GROUPING SETS ((category, sex, rank), (category, sex, medical_treatment), (category, sex, residence),
                        (category, sex, unit_kind))
"""


@dataclass(frozen=True)
class AxisCell:
    """Heads of one value of one axis, by category and sex; the other axes are empty."""

    category: str
    sex: str
    people: int
    party_members: int
    rank: str = ""
    medical_treatment: str = ""
    residence: str = ""
    unit_kind: str = ""


def register_axes(actor: Actor, on: date) -> Mapping[str, list[AxisCell]]:
    """Count everyone the actor sees as of a day, by each of AXES. Every axis counts everybody once. Within a county
    whoever has moved away since has the value GONE, also where the city asks for that county's numbers, so that both
    get the same ones."""
    county = actor.county_id is not None
    statement = _COUNT.format(
        here="AND r.county_id = s.county_id" if county else "",
        place="AND s.county_id = %(county)s" if county else "",
    )
    found: dict[str, list[AxisCell]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(statement, {"on": on, "county": actor.county_id})
        for category, sex, *values, people, party in cursor.fetchall():
            for axis, value in zip(AXES, values, strict=True):
                if value is not None:  # of the other axes' groups
                    found[axis].append(AxisCell(category, sex, people, party, **{axis: value}))
    return found
