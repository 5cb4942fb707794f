"""Every write over units. The code never changes: rosters and reports speak of it."""

from datetime import date

from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.chinese import format_date
from apps.core.scope import Actor
from apps.core.side_by_side import Opened, not_stale
from apps.units.choices import Change, Kind, Level
from apps.units.models import Unit, UnitChange, UnitName
from apps.units.rules import BELOW, KINDS


class NotPossible(Exception):
    """The change does not fit the tree as it is; the text says why and what to do."""


def _hold(unit: Unit) -> Unit:
    return Unit.objects.select_for_update(of=("self",), no_key=True).get(pk=unit.pk)


def _hold_open(unit: Unit) -> Unit:
    held = _hold(unit)
    if held.closed_on is not None:
        raise NotPossible(f"“{held.name}”已登记{format_date(held.closed_on)}撤销，请先恢复。")
    return held


@transaction.atomic
def create_unit(
    *,
    parent: Unit,
    code: str,
    name: str,
    short_name: str = "",
    kind: Kind,
    credit_code: str = "",
    sort: int = 0,
    opened_on: date | None = None,
    by: Actor,
) -> Unit:
    """Add a unit below ``parent``; its level and area follow from where it stands.

    Raises NotPossible for a taken code, an abolished parent and a kind that does not fit the level.
    """
    upper = _hold_open(parent)
    level = BELOW[Level(upper.level)]
    if kind not in KINDS[level]:
        raise NotPossible(f"“{upper.name}”下面不能建{Kind(kind).label}。")
    unit = Unit(
        pk=_next_key(),  # known beforehand, because an area lies in itself
        code=code,
        name=name,
        short_name=short_name,
        level=level,
        kind=kind,
        parent=upper,
        credit_code=credit_code,
        sort=sort,
        opened_on=opened_on,
    )
    unit.area_id = unit.pk if level == Level.COUNTY else upper.area_id
    _insert(unit)
    record_event(
        kind=EventKind.CREATE,
        summary=f"新增单位 {name}（{code}）",
        by=by,
        subject=unit,
        county_id=unit.area_id,
    )
    return unit


def _insert(unit: Unit) -> None:
    try:
        with transaction.atomic():
            unit.save(force_insert=True)
    except IntegrityError:
        raise NotPossible(f"代码“{unit.code}”已有单位使用，请换一个。") from None


def _next_key() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('units_unit', 'id'))")
        return int(cursor.fetchone()[0])


@transaction.atomic
def change_unit(
    *,
    unit: Unit,
    name: str,
    short_name: str,
    kind: Kind,
    credit_code: str,
    sort: int,
    opened_on: date | None,
    by: Actor,
    opened: Opened | None = None,
) -> Unit:
    """Correct what is kept of a unit. A new name of the office itself is ``rename_unit``. ``opened``: what the form was
    opened on.

    Raises NotPossible for a kind that does not fit and for an opening after the closing, Stale when somebody else
    changed the unit since.
    """
    held = _hold(unit)
    not_stale(held, opened)
    if kind not in KINDS[Level(held.level)]:
        raise NotPossible(f"{held.get_level_display()}一级的单位不能是{Kind(kind).label}。")
    if opened_on and held.closed_on and opened_on >= held.closed_on:
        raise NotPossible("撤销日期应在设立日期之后。")
    new = {
        "name": name,
        "short_name": short_name,
        "kind": kind,
        "credit_code": credit_code,
        "sort": sort,
        "opened_on": opened_on,
    }
    changed = [field for field, value in new.items() if getattr(held, field) != value]
    if not changed:
        return held
    for field in changed:
        setattr(held, field, new[field])
    held.save(update_fields=changed)
    _tell_of_changes(held, changed, by)
    return held


def _tell_of_changes(held: Unit, changed: list[str], by: Actor) -> None:
    labels = "、".join(_label(field) for field in changed)
    record_event(
        kind=EventKind.CHANGE,
        summary=f"修改单位 {held.name} 的{labels}",
        by=by,
        subject=held,
        county_id=held.area_id,
        data={"fields": changed},
    )


@transaction.atomic
def rename_unit(
    *, unit: Unit, name: str, short_name: str, from_day: date, document: str = "", by: Actor
) -> Unit:
    """Give the unit its new name from a day on; the old one stays, with its time, as a former name.

    Raises NotPossible for an abolished unit, the same name, a day to come, and a day before the present name began.
    """
    held = _hold_open(unit)
    if name == held.name:
        raise NotPossible("新名称与现在的名称相同。")
    if from_day > timezone.localdate():
        raise NotPossible("更名日期不能晚于今天，请到那一天再办理。")
    last = UnitName.objects.filter(unit=held).order_by("-during").first()
    since = last.during.upper if last else held.opened_on
    if since is not None and from_day <= since:
        raise NotPossible(f"现在的名称从{format_date(since)}开始，更名日期要在它之后。")
    UnitName.objects.create(unit=held, name=held.name, during=DateRange(since, from_day))
    UnitChange.objects.create(unit=held, kind=Change.RENAMED, happened_on=from_day, document=document)
    old, held.name, held.short_name = held.name, name, short_name
    held.save(update_fields=["name", "short_name"])
    record_event(
        kind=EventKind.CHANGE,
        summary=f"单位更名：{old}→{name}（{format_date(from_day)}起）",
        by=by,
        subject=held,
        county_id=held.area_id,
    )
    return held


@transaction.atomic
def close_unit(
    *,
    unit: Unit,
    kind: Change,
    happened_on: date,
    successor: Unit | None = None,
    document: str = "",
    by: Actor,
) -> Unit:
    """Record that a unit was merged into another (MERGED) or abolished (ABOLISHED) on a day.

    Its people stay where they are until they are moved. Raises NotPossible for the city, for one closed already,
    for one with open units below it, for a day before its opening, and for a successor that does not fit.
    """
    held = _hold_open(unit)
    _check_closing(held, kind, happened_on, successor)
    held.closed_on = happened_on
    held.save(update_fields=["closed_on"])
    UnitChange.objects.create(
        unit=held, kind=kind, happened_on=happened_on, successor=successor, document=document
    )
    what = f"并入{successor.name}" if kind == Change.MERGED and successor else "撤销"
    record_event(
        kind=EventKind.STATE,
        summary=f"单位{what}：{held.name}（{format_date(happened_on)}）",
        by=by,
        subject=held,
        county_id=held.area_id,
    )
    return held


def _check_closing(held: Unit, kind: Change, happened_on: date, successor: Unit | None) -> None:
    if held.level == Level.CITY:
        raise NotPossible("市级单位不能撤销。")
    if kind not in (Change.MERGED, Change.ABOLISHED):
        raise NotPossible("请选择并入或撤销。")
    if kind == Change.MERGED and successor is None:
        raise NotPossible("并入要写明承接单位。")
    if successor is not None and (
        successor.pk == held.pk or successor.level != held.level or successor.closed_on is not None
    ):
        raise NotPossible("承接单位应是同一层级、没有撤销的另一个单位。")
    if held.opened_on is not None and happened_on <= held.opened_on:
        raise NotPossible("撤销日期应在设立日期之后。")
    below = Unit.objects.filter(parent=held, closed_on=None).count()
    if below:
        raise NotPossible(f"下面还有 {below} 个单位没有撤销，请先办理下级单位。")


@transaction.atomic
def change_parent(*, unit: Unit, parent: Unit, by: Actor) -> Unit:
    """Put a unit below another one of its county; whose people it keeps does not change.

    Raises NotPossible for another county, a closed unit and a place below itself.
    """
    held, upper = _hold_open(unit), _hold_open(parent)
    if held.level != Level.UNIT or upper.area_id != held.area_id:
        raise NotPossible("新的上级应在同一县市区内。")
    above: Unit | None = upper
    while above is not None:
        if above.pk == held.pk:
            raise NotPossible("不能归到它自己的下级单位。")
        above = above.parent
    held.parent = upper
    held.save(update_fields=["parent"])
    record_event(
        kind=EventKind.CHANGE,
        summary=f"单位{held.name}改归{upper.name}",
        by=by,
        subject=held,
        county_id=held.area_id,
    )
    return held


@transaction.atomic
def reopen_unit(*, unit: Unit, reason: str, by: Actor) -> Unit:
    """Take a closing back that was recorded by mistake.

    Raises NotPossible for a unit that is not closed.
    """
    held = _hold(unit)
    if held.closed_on is None:
        raise NotPossible("这个单位没有撤销。")
    UnitChange.objects.filter(unit=held, kind__in=(Change.MERGED, Change.ABOLISHED)).delete()
    held.closed_on = None
    held.save(update_fields=["closed_on"])
    record_event(
        kind=EventKind.STATE,
        summary=f"恢复单位：{held.name}",
        reason=reason,
        by=by,
        subject=held,
        county_id=held.area_id,
    )
    return held


def _label(name: str) -> str:
    return str(getattr(Unit._meta.get_field(name), "verbose_name", name))
