"""The units of 云溪市, an invented city: eight county-level areas and 市直, a hundred townships and units."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import connection

from apps.core import pinyin
from apps.core.demo import Demo
from apps.core.scope import scope
from apps.units.choices import Change, Kind, Level
from apps.units.models import Unit, UnitChange, UnitName

CITY = ("yunxi", "云溪市")


@dataclass(frozen=True)
class Area:
    """A county-level area and, by kind, its units as rosters write them (short names)."""

    code: str
    name: str
    kind: Kind
    division: str
    """Six digits as in GB/T 2260. Prefecture 4299 was never given out (421399 and the like might be one day), so no
    ID number or credit code made with it can be anybody's."""
    organs: str
    institutions: str = ""
    enterprises: str = ""
    townships: str = ""

    def units(self) -> Iterator[tuple[str, Kind]]:
        """Short name and kind of each unit, in office order."""
        for names, kind in (
            (self.organs, Kind.ORGAN),
            (self.institutions, Kind.INSTITUTION),
            (self.enterprises, Kind.ENTERPRISE),
            (self.townships, Kind.TOWNSHIP),
        ):
            for name in names.split():
                yield name, kind


AREAS = (
    Area(
        "shizhi",
        "市直",
        Kind.DIRECT,
        "429901",
        "市委办 市人大办 市政府办 市政协办 市委组织部 市财政局 市教育局 市水利局 市公安局 市农业农村局 市交通运输局",
        "市中心医院 市一中 市委党校 市农科所",
        "市建筑总公司 市自来水公司 市粮油总公司",
    ),
    Area(
        "nanling",
        "南岭县",
        Kind.COUNTY,
        "429921",
        "县委办 县人大办 县政府办 县财政局 县水利局 县教育局 县发改局 县粮食局",
        "县人民医院 县一中",
        "县水泥厂",
        "城关镇 柳林镇 安居镇",
    ),
    Area(
        "shiqiao",
        "石桥县",
        Kind.COUNTY,
        "429922",
        "县委办 县人大办 县政府办 县财政局 县林业局 县教育局",
        "县人民医院 县实验中学",
        "县供销总公司",
        "石桥镇 青龙镇 响水乡",
    ),
    Area(
        "liuquan",
        "柳泉市",
        Kind.COUNTY_CITY,
        "429981",
        "市委办 市人大办 市政府办 市财政局 市公安局 市经信局 市二轻局",
        "市人民医院 市师范学校",
        "",
        "泉口镇 柳河街道",
    ),
    Area(
        "donghu",
        "东湖区",
        Kind.DISTRICT,
        "429902",
        "区委办 区人大办 区政府办 区财政局 区教育局",
        "区人民医院 区一中",
        "",
        "湖滨街道 文昌街道",
    ),
    Area(
        "beitang",
        "北塘县",
        Kind.COUNTY,
        "429923",
        "县委办 县人大办 县政府办 县财政局 县农业农村局 县公安局",
        "县中医院 县一中",
        "",
        "塘口镇 双桥镇 枫树乡",
    ),
    Area(
        "kaifaqu",
        "开发区",
        Kind.ZONE,
        "429971",
        "管委会办公室 财政局 社会事务局",
        "",
        "建设投资公司",
        "兴业街道",
    ),
    Area(
        "linjiang",
        "临江区",
        Kind.DISTRICT,
        "429903",
        "区委办 区人大办 区政府办 区财政局 区民政局",
        "区人民医院",
        "区港务公司",
        "江岸街道 沙洲镇",
    ),
    Area(
        "baishi",
        "白石县",
        Kind.COUNTY,
        "429924",
        "县委办 县人大办 县政府办 县财政局 县民政局 县水利局",
        "县人民医院 县一中",
        "",
        "白石镇 云台镇 高山乡",
    ),
)
LONG_ENDS = {
    "人大办": "人大常委会办公室",
    "政府办": "人民政府办公室",
    "政协办": "政协办公室",
    "发改局": "发展和改革局",
    "经信局": "经济和信息化局",
    "一中": "第一中学",
    "农科所": "农业科学研究所",
}
FORMER_NAMES = (
    ("水利局", "水利电力局", date(1985, 3, 1), date(2001, 9, 1)),
    ("交通运输局", "交通局", date(1984, 1, 1), date(2009, 11, 1)),
    ("农业农村局", "农业局", date(1984, 1, 1), date(2019, 2, 1)),
    ("教育局", "教育委员会", date(1986, 6, 1), date(2001, 9, 1)),
)
"""Ending of the present name, of the former one, and when the former one held."""
MERGERS = (
    ("nanling", "县粮食局", "县发改局", date(2019, 2, 1), "南编发〔2019〕3号"),
    ("liuquan", "市二轻局", "市经信局", date(2004, 12, 1), "柳编发〔2004〕21号"),
)


def load_units(demo: Demo) -> str:
    """Make the tree; return a line that says what was made."""
    with scope(demo.loader("city_clerk", "s_city")):
        keys = _keys(1 + len(AREAS))
        city = Unit(pk=next(keys), code=CITY[0], name=CITY[1], level=Level.CITY, kind=Kind.CITY, is_demo=True)
        areas = [
            Unit(
                pk=key, code=area.code, name=area.name, level=Level.COUNTY, kind=area.kind, parent=city, area_id=key,
                sort=number, is_demo=True,
            )
            for number, (area, key) in enumerate(zip(AREAS, keys, strict=False), start=1)
        ]  # fmt: skip
        Unit.objects.bulk_create([city, *areas])
        units = [unit for area, row in zip(AREAS, areas, strict=True) for unit in _units(area, row)]
        Unit.objects.bulk_create(units)
        UnitName.objects.bulk_create(_former_names(units))
        for code, old, new, day, paper in MERGERS:
            _merge(code, old, new, day, paper)
    return f"单位：{len(areas)}个县级地区，{len(units)}个乡镇和单位"


def _keys(count: int) -> Iterator[int]:
    """Keys taken beforehand: an area lies in itself."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('units_unit', 'id')) FROM generate_series(1, %s)", [count]
        )
        return iter([key for (key,) in cursor.fetchall()])


def _units(area: Area, row: Unit) -> Iterator[Unit]:
    for number, (short, kind) in enumerate(area.units(), start=1):
        yield Unit(
            code=f"{area.code}-{pinyin.full(short.removeprefix(area.name[-1]).removeprefix('市'))}",
            name=full_name(area, short),
            short_name=short,
            level=Level.UNIT,
            kind=kind,
            parent=row,
            area=row,
            credit_code=credit_code(area.division, kind, number),
            sort=number,
            opened_on=date(1984, 1, 1),
            is_demo=True,
        )


def full_name(area: Area, short: str) -> str:
    """县财政局 → 南岭县财政局, 县委办 → 中共南岭县委办公室, 城关镇 → 南岭县城关镇."""
    place = CITY[1] if area.kind == Kind.DIRECT else area.name
    body = short[1:] if short[0] == place[-1] else short
    for end, long in LONG_ENDS.items():
        body = body.removesuffix(end) + long if body.endswith(end) else body
    if body == "委办":
        return f"中共{place}委办公室"
    return f"中共{place}{body}" if body.startswith("委") else f"{place}{body}"


def _former_names(units: list[Unit]) -> Iterator[UnitName]:
    for unit in units:
        for end, former, first, last in FORMER_NAMES:
            if unit.name.endswith(end):
                yield UnitName(unit=unit, name=unit.name.removesuffix(end) + former, during=(first, last))


def _merge(code: str, old: str, new: str, day: date, paper: str) -> None:
    pair = {unit.short_name: unit for unit in Unit.objects.filter(area__code=code, short_name__in=(old, new))}
    Unit.objects.filter(pk=pair[old].pk).update(closed_on=day)
    UnitChange.objects.create(
        unit=pair[old], kind=Change.MERGED, successor=pair[new], happened_on=day, document=paper
    )


CODE_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CODE_KINDS = {Kind.INSTITUTION: "12", Kind.ENTERPRISE: "91"}


def credit_code(division: str, kind: str, number: int) -> str:
    """A 统一社会信用代码 whose check characters are right (GB 32100-2015, GB 11714-1997)."""
    body = f"MB{division[-2:]}{number:04d}"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    rest = sum(weight * int(character, 36) for weight, character in zip(weights, body, strict=True)) % 11
    first_17 = f"{CODE_KINDS.get(Kind(kind), '11')}{division}{body}{'0X987654321'[rest]}"
    total = sum(
        CODE_CHARACTERS.index(character) * pow(3, place, 31) for place, character in enumerate(first_17)
    )
    return first_17 + CODE_CHARACTERS[-total % 31]
