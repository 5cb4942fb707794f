"""People's facts month by month, in sets: the SQL behind every reckoning of entitlements.

A row is a person and a month in which somebody has to pay for him, with what standards ask (``Facts``) on the day that
decides. Columns that no standard asks for are not read. ``profile`` is those facts as one text: people with the same
profile are judged once. The row policies of the scope hold; the county is the one that pays for the month, by the stays
on the register, not the one where a person is now.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from apps.benefits.choices import DeathKind, StateDay
from apps.benefits.rules.conditions import Facts
from apps.core.partial_date import PartialDate
from apps.retirees.choices import VOID, AffiliationKind, ConditionKind, ExitKind, LevelKind

COLUMNS = {
    "category": "person.category",
    "period": "coalesce(ruling.period_before, person.period)",
    "sex": "person.sex",
    "rank": "rank.level",
    "treatment": "treatment.level",
    "self_care": "self_care.value",
    "unit_kind": "coalesce(payer.kind, home.kind)",
    "place": "stay.county_id",
    "full_age": "extract(year FROM age(stay.day, person.birth_from))::int",
    "nominal_age": "extract(year FROM stay.day)::int - extract(year FROM person.birth_from)::int + 1",
    "joined": "split_part(person.joined_on, ' ', 1)",
    "retired": "split_part(person.retired_on, ' ', 1)",
    "death": "how.kind",
    "approved": "approvals.keys",
}
DURING = (
    "{table} {name} ON {name}.retiree_id = stay.retiree_id AND {name}.kind = '{kind}'"
    " AND {name}.during @> stay.day"
)
JOINS = {
    # A ruling that counts from a month leaves the months before it to the period of before.
    "period": "LATERAL (SELECT earlier.period_before FROM retirees_ruling earlier"
    " WHERE earlier.retiree_id = stay.retiree_id AND earlier.benefits_from > stay.month"
    " ORDER BY earlier.benefits_from LIMIT 1) ruling ON true",
    "rank": DURING.format(table="retirees_levelfact", name="rank", kind=LevelKind.RANK),
    "treatment": DURING.format(table="retirees_levelfact", name="treatment", kind=LevelKind.TREATMENT),
    "self_care": DURING.format(table="retirees_condition", name="self_care", kind=ConditionKind.SELF_CARE),
    "unit_kind": "units_unit home ON home.id = stay.unit_id LEFT JOIN "
    + DURING.format(table="retirees_affiliation", name="paying", kind=AffiliationKind.PAYING)
    + " LEFT JOIN units_unit payer ON payer.id = paying.organisation_id",
    "death": "benefits_deathruling how ON how.retiree_id = stay.retiree_id",
    "approved": "(SELECT given.retiree_id, month.first, string_agg(given.benefit_id::text, ',' ORDER BY"
    " given.benefit_id) AS keys FROM benefits_approval given JOIN unnest(%(months)s::date[]) month(first)"
    " ON given.during @> month.first GROUP BY 1, 2) approvals"
    " ON approvals.retiree_id = stay.retiree_id AND approvals.first = stay.month",
}


@dataclass(frozen=True)
class Manner:
    """What decides whom benefits reach; see queries.terms.by_manner."""

    by_death: bool
    state_day: str
    pays_death_month: bool


@dataclass(frozen=True)
class Asked:
    """Whose facts, of which months, and which of them."""

    manner: Manner
    months: Sequence[date]
    names: frozenset[str]
    """Of COLUMNS."""
    county: int | None = None
    """Who pays; None: all that the scope shows."""
    person: int | None = None

    def columns(self) -> list[str]:
        """Which columns the rows have, in a fixed order."""
        return [name for name in COLUMNS if name in self.names]

    def params(self) -> dict[str, Any]:
        """Parameters of ``people_sql``."""
        return {
            "months": list(self.months),
            "county": self.county,
            "person": self.person,
            "void": list(VOID),
        }


def people_sql(asked: Asked) -> str:
    """SELECT of month, retiree_id, county_id, unit_id, died (day or NULL), vague (whether the year alone of the death
    is known), profile, and the asked columns."""
    names = asked.columns()
    columns = "".join(f", {COLUMNS[name]} AS {name}" for name in names)
    texts = ", ".join(f"coalesce(({COLUMNS[name]})::text, '')" for name in names) or "''"
    joins = "".join(f" LEFT JOIN {JOINS[name]}" for name in names if name in JOINS)
    return (
        "SELECT stay.month, stay.retiree_id, stay.county_id, stay.unit_id, stay.died,"
        " (stay.died IS NOT NULL AND length(split_part(person.died_on, ' ', 1)) = 4) AS vague,"
        f" concat_ws('|', {texts}) AS profile{columns}"
        f" FROM ({_stays(asked)}) stay JOIN retirees_retiree person ON person.id = stay.retiree_id"
        f" AND person.state <> ALL(%(void)s){joins}"
    )


def _stays(asked: Asked) -> str:
    """Stays on the register and months they pay for (rules.months.stay_in), with the day that decides
    (rules.months.deciding_day)."""
    died = f"held.exit = '{ExitKind.DIED}'"
    until = "upper(held.during)"
    month_of_end = f"date_trunc('month', {until})::date"
    if asked.manner.by_death:
        reached = f"{died} AND {month_of_end} = month.first"
    else:
        last = ">=" if asked.manner.pays_death_month else ">"
        reached = (
            "coalesce(lower(held.during), '-infinity') <= month.first AND"
            f" ({until} IS NULL OR ({died} AND {month_of_end} {last} month.first)"
            f" OR (NOT {died} AND {until} > month.first))"
        )
    day = (
        "(month.first + interval '1 month' - interval '1 day')::date"
        if asked.manner.state_day == StateDay.LAST
        else "month.first"
    )
    where = "".join(
        f" AND {clause}"
        for clause, wanted in (
            ("held.county_id = %(county)s", asked.county),
            ("held.retiree_id = %(person)s", asked.person),
        )
        if wanted is not None
    )
    return (
        "SELECT month.first AS month, held.retiree_id, held.county_id, held.unit_id,"
        f" CASE WHEN {died} THEN {until} END AS died,"
        f" CASE WHEN {died} AND {until} <= {day} THEN greatest({until}, month.first) - 1 ELSE {day} END AS day"
        " FROM retirees_membership held JOIN unnest(%(months)s::date[]) month(first)"
        f" ON {reached} WHERE NOT isempty(held.during){where}"
    )


def facts_of(row: dict[str, Any]) -> Facts:
    """The facts of a row of ``people_sql``, by column."""
    values: dict[str, Any] = {
        name: row[name] or ""
        for name in ("category", "period", "sex", "rank", "treatment", "self_care", "unit_kind")
        if name in row
    }
    for name in ("place", "full_age", "nominal_age"):
        if name in row:
            values[name] = row[name]
    for name in ("joined", "retired"):
        if row.get(name):
            values[name] = PartialDate.from_iso(row[name])
    values["death"] = row.get("death") or DeathKind.ILLNESS
    if row.get("approved"):
        values["approved"] = frozenset(int(key) for key in row["approved"].split(","))
    return Facts(**values)


def names_asked(conditions: Collection[frozenset[str]], *, approvals: bool) -> frozenset[str]:
    """Which columns the standards ask for: the place always, because counties have standards of their own."""
    names = {name for one in conditions for name in one} & set(COLUMNS)
    return frozenset(names | {"place"} | ({"approved"} if approvals else set()))
