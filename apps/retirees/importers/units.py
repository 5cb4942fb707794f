"""Which unit of the tree a row names."""

from collections.abc import Iterable, Sequence

from apps.core.cells import error, fold, notice
from apps.imports.rules import Place, StagedRow
from apps.units.models import Unit


def resolve_units(rows: Sequence[StagedRow], place: Place, known_units: Sequence[str]) -> list[str]:
    """Put ``unit_id`` into each entry; what a unit's own roster calls its people's unit is kept as ``named_unit``.
    Rows of another county are refused; unknown names are told and come back."""
    if not place.is_county:
        for row in rows:
            name = row.entry.pop("unit", None)
            if name:
                row.entry["named_unit"] = name
            row.entry["unit_id"] = place.unit_id
        return []
    counties = {unit.pk: unit for unit in Unit.objects.counties()}
    home = counties[place.county_id]
    known = _units_by_spelling(home)
    strangers = [
        (fold(name), unit.label)
        for unit in counties.values()
        if unit.pk != home.pk and unit.kind != "direct"
        for name in {unit.name, unit.short_name} - {""}
    ]
    spelled = {fold(name): name for name in known_units}
    new_units: dict[str, str] = {}
    for row in rows:
        name = row.entry.pop("unit", None)
        if not name:
            row.entry["unit_id"] = place.unit_id
            continue
        key = fold(name)
        if key in known:
            row.entry["unit_id"] = known[key]
            continue
        stranger = next((label for start, label in strangers if key.startswith(start)), None)
        if stranger:
            row.add(
                "unit",
                error(
                    "other-county", f"是{stranger}的单位，不能导入{home.label}的名册。请交由{stranger}导入。"
                ),
            )
        else:
            new_units.setdefault(key, spelled.get(key, name))
            row.entry["new_unit"] = new_units[key]
            row.add("unit", notice("new-unit", "单位表里还没有这个单位，确认写入时新建。"))
    return list(new_units.values())


def _units_by_spelling(home: Unit) -> dict[str, int]:
    """Keys of a county's units by every way to write their names, the earlier ones too."""
    known: dict[str, int] = {}
    for unit in Unit.objects.filter(area_id=home.pk).prefetch_related("names"):
        for name in (unit.name, unit.short_name, *(old.name for old in unit.names.all())):
            for spelling in _spellings(name, home):
                known.setdefault(spelling, unit.pk)
    return known


def _spellings(name: str, home: Unit) -> Iterable[str]:
    """A unit's name as rosters of its own county write it: with the county's name, without it, with 县 for it."""
    if not name:
        return
    yield fold(name)
    for start in {home.name, home.short_name} - {""}:
        if name.startswith(start) and len(name) > len(start) + 1:
            rest = name.removeprefix(start)
            yield fold(rest)
            yield fold(home.name[-1] + rest)
    if name.startswith(home.name[-1]):
        yield fold(name[1:])
        yield fold(home.name + name[1:])
