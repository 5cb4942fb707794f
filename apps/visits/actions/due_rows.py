"""Rows of the due list, in bulk: one statement for the people of a rule and a window."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.contrib.postgres.functions import TransactionNow
from django.db import connection
from django.db.models import Q, UUIDField, Value
from django.db.models.functions import ExtractDay, ExtractMonth, StrIndex, Substr

from apps.core.lunar import lunar_of
from apps.retirees.models import RetireeQuerySet
from apps.visits.actions.settling import settle_fresh
from apps.visits.choices import DueState, Target
from apps.visits.models import Due, VisitRule
from apps.visits.queries.rules import people_of_rule, target_of
from apps.visits.rules.windows import (
    Window,
    birthday_days,
    birthday_window,
    lunar_keys,
    period_span,
    period_windows,
    solar_keys,
)

_INSERT = """
    INSERT INTO visits_due (county_id, unit_id, retiree_id, family_id, rule_id, occasion_id, "window", target, from_on,
        due_on, who, state, position, planned_goods, reason, reason_note, was_added, change_reason, approved_by_name,
        made_at)
    SELECT who.county_id, who.unit_id, who.id, who.family_id::uuid, %s, %s, %s, %s, %s::date, %s::date, %s, %s, 0, '',
        '', '', false, '', '', now()
    FROM ({people}) who (county_id, unit_id, id, family_id)
    WHERE NOT EXISTS (
        SELECT FROM visits_due d
        WHERE d.retiree_id = who.id AND d.rule_id = %s AND d."window" = %s AND d.campaign_id IS NULL
            AND d.family_id IS NOT DISTINCT FROM who.family_id::uuid
    )
    ON CONFLICT DO NOTHING
"""


def within_county(people: RetireeQuerySet, county_id: int | None) -> RetireeQuerySet:
    """Those of a county; None: as they are. Repeats what the row policy says, so that an index can answer."""
    return people if county_id is None else people.filter(county_id=county_id)


def add_people(rule: VisitRule, people: RetireeQuerySet, window: Window) -> int:
    """Put everybody of ``people`` who is not there yet on the list of a rule's window; return how many rows."""
    family: Any = "familymember_set__pk"
    if target_of(rule) == Target.SURVIVOR:
        people = people.filter(familymember_set__is_survivor=True)
    else:
        people = people.annotate(no_family=Value(None, output_field=UUIDField(null=True)))
        family = "no_family"
    chosen = people.order_by().values_list("county_id", "unit_id", "pk", family)
    text, given = chosen.query.sql_with_params()
    values: list[Any] = [
        rule.pk,
        rule.occasion_id,
        window.name,
        target_of(rule),
        window.from_on,
        window.due_on,
        rule.who,
        DueState.OPEN,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT.format(people=text), [*values, *given, rule.pk, window.name])
        return int(cursor.rowcount)


def make_period(rule: VisitRule, today: date, county_id: int | None) -> int:
    """Rows of a periodic rule: of the present period, and of the next one some days before it begins."""
    people = within_county(people_of_rule(rule, today), county_id)
    windows = period_windows(
        rule.every,
        rule.times,
        today,
        ahead=rule.ahead_days,
        starts_on=rule.starts_on,
        ends_on=rule.ends_on,
    )
    _drop_unbegun(rule, people, windows, today, county_id)
    made = sum(add_people(rule, people, window) for window in windows)
    if made:
        settle_fresh(made_now(rule))
    return made


def _drop_unbegun(
    rule: VisitRule, people: RetireeQuerySet, windows: Iterable[Window], today: date, county_id: int | None
) -> None:
    """Of a period that has not begun nothing is frozen: whoever does not meet the rule any more goes off again."""
    names = [one.name for one in windows if (span := period_span(one.name)) and span[0] > today]
    if names:
        rows = Due.objects.filter(rule=rule, window__in=names, state=DueState.OPEN, campaign=None)
        rows = rows if county_id is None else rows.filter(county_id=county_id)
        rows.exclude(retiree_id__in=people.order_by().values("pk")).delete()


def made_now(rule: VisitRule) -> Any:
    """Open rows of a rule that this transaction made."""
    return Due.objects.filter(rule=rule, state=DueState.OPEN, made_at=TransactionNow())


def make_birthdays(rule: VisitRule, today: date, county_id: int | None) -> int:
    """Rows of the birthdays that are near: solar ones, and lunar ones of those whose birth is known so."""
    people = within_county(people_of_rule(rule, today), county_id)
    days = birthday_days(today, rule.ahead_days, rule.starts_on, rule.ends_on)
    rows = []
    for person in _born_on(people, days):
        lunar = lunar_of(person.birth_date)
        for day in days:
            code = person.birth_lunar[5:] if lunar else ""
            if (code in lunar_keys_of(day)) if lunar else (_key(person) in solar_keys(day)):
                window = birthday_window(
                    person.birth_date,
                    day,
                    ages=rule.ages,
                    count=rule.age_count,
                    ahead=rule.ahead_days,
                    starts_on=rule.starts_on,
                )
                if window is not None:
                    rows.append(row_of(rule, person, window))
    made = insert_ignoring(rows)
    if made:
        settle_fresh(made_now(rule))
    return made


def _key(person: Any) -> int:
    return int(person.birth_from.month * 100 + person.birth_from.day)


def lunar_keys_of(day: date) -> list[str]:
    """``lunar_keys``, remembered: the days of a run are the same for everybody."""
    if day not in _lunar:
        if len(_lunar) > 1000:
            _lunar.clear()
        _lunar[day] = lunar_keys(day)
    return _lunar[day]


_lunar: dict[date, list[str]] = {}


def _born_on(people: RetireeQuerySet, days: Sequence[date]) -> Any:
    """Those whose birthday, solar or lunar, may be one of the days; only of whom the day of birth is known."""
    solar = {key for day in days for key in solar_keys(day)}
    lunar = {key for day in days for key in lunar_keys_of(day)}
    # Stored as 1934-07-12, or with what was typed behind a space.
    known = people.annotate(
        born=ExtractMonth("birth_from") * 100 + ExtractDay("birth_from"),
        lunar_day=Substr("birth_lunar", 6),
        precise=StrIndex(Substr("birth_date", 8, 1), Value("-")),
    )
    by_sun = Q(birth_lunar="", born__in=solar, precise=1)
    return (
        known.filter(by_sun | Q(lunar_day__in=lunar) & ~Q(birth_lunar=""))
        .only("pk", "county_id", "unit_id", "birth_date", "birth_lunar", "birth_from")
        .order_by()
    )


def row_of(rule: VisitRule, person: Any, window: Window, **more: Any) -> Due:
    """A row not yet written."""
    return Due(
        county_id=person.county_id,
        unit_id=person.unit_id,
        retiree_id=person.pk,
        rule=rule,
        occasion_id=rule.occasion_id,
        window=window.name,
        target=target_of(rule),
        from_on=window.from_on,
        due_on=window.due_on,
        who=rule.who,
        **more,
    )


def insert_ignoring(rows: Sequence[Due]) -> int:
    """Insert rows that are not there yet; return how many were not."""
    there = set(
        Due.objects.filter(
            rule_id__in={row.rule_id for row in rows}, retiree_id__in={row.retiree_id for row in rows}
        ).values_list("rule_id", "retiree_id", "family_id", "window")
    )
    fresh = [row for row in rows if (row.rule_id, row.retiree_id, row.family_id, row.window) not in there]
    Due.objects.bulk_create(fresh, ignore_conflicts=True, batch_size=1000)
    return len(fresh)
