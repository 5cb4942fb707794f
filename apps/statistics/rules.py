"""What a yearly table is: sections of rows × columns of people counted, and the sums that must come out.

The model table is our own layout (我局自拟表样): the printed form of the state's yearly statistics is not known here.
Its axes are those that offices are known to count by (docs/glossary.md): 离休 and 退休 apart, level of treatment, rank
at retirement, medical treatment, age, period of joining, kind of unit, residence elsewhere, sex, party, and the
movement of the year.

Rank and medical treatment are those of the table's day. Residence and the kind of a unit are the register's of the
day it was counted on, since nobody dates them; the notes of their sections say so.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

TITLE = "离退休干部年度统计表"
REMARK = "我局自拟表样（非国家统一表式）"
PARTY = "party_members"
Where = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Line:
    """A row or a column: which people it counts (values by dimension of the register's cells). ``part``: it is one of
    those that make up the total; ``within``: key of the row that it and its like make up; ``flow``: it counts a
    movement, with its sign in the balance; ``is_listed``: false where no list can show its people."""

    key: str
    label: str
    where: Where = field(default_factory=dict)
    part: bool = True
    measure: str = "people"
    flow: str = ""
    kinds: tuple[str, ...] = ()
    sign: int = 0
    within: str = ""
    is_listed: bool = True


@dataclass(frozen=True)
class Section:
    """One block of a table."""

    key: str
    title: str
    rows: tuple[Line, ...]
    columns: tuple[Line, ...]
    where: Where = field(default_factory=dict)
    is_balance: bool = False
    axis: str = ""
    """The count of its own that it is from (apps/retirees/figures/axes.py); "" for the counted cells."""
    note: str = ""


TOTAL = Line("total", "合计", part=False)
LIXIU, TUIXIU = (
    Line("lixiu", "离休", {"category": ("lixiu",)}),
    Line("tuixiu", "退休", {"category": ("tuixiu",)}),
)
SEXES = (
    Line("male", "男", {"sex": ("1",)}, part=False),
    Line("female", "女", {"sex": ("2",)}, part=False),
    Line("unstated", "性别未填", {"sex": ("0", "9", "")}, part=False),
)
MEMBERS = Line("party", "中共党员", part=False, measure=PARTY)
COLUMNS = (TOTAL, LIXIU, TUIXIU, *SEXES, MEMBERS)
LEVELS = (
    ("province", "省部级及以上", ("101", "102", "111", "112"), ()),
    ("bureau", "厅局级", ("121", "122"), (("bureau1", "正厅级", "121"), ("bureau2", "副厅级", "122"))),
    ("county", "县处级", ("131", "132"), (("county1", "正县级", "131"), ("county2", "副县级", "132"))),
    ("section", "乡科级及以下", ("141", "142", "150", "160", "199"), ()),
)
GONE = Line("gone", "其后转到市内别处（资料在接收地）", is_listed=False)
"""People of a county's table who have moved to another county since: what is not in the counted cells lies there."""


def _level_rows(dimension: str, unknown: str) -> tuple[Line, ...]:
    rows = [TOTAL]
    for key, label, values, parts in LEVELS:
        rows.append(Line(key, label, {dimension: values}))
        rows += (
            Line(part, f"　其中：{words}", {dimension: (value,)}, part=False, within=key)
            for part, words, value in parts
        )
    return (*rows, Line("none", unknown, {dimension: ("",)}))


VICE_PROVINCE = (
    Line(
        "province1",
        "　其中：正省级及以上",
        {"medical_treatment": ("101", "102", "111")},
        part=False,
        within="province",
    ),
    Line("province2", "　其中：副省级", {"medical_treatment": ("112",)}, part=False, within="province"),
)
MEDICAL = _level_rows("medical_treatment", "医疗待遇未填")
MEDICAL = (*MEDICAL[:2], *VICE_PROVINCE, *MEDICAL[2:])
RESIDENCES = (
    TOTAL,
    Line("local", "本县市区", {"residence": ("local",)}),
    Line("away", "异地", {"residence": ("province", "other", "hmt", "abroad")}),
    Line("away1", "　其中：省内他县", {"residence": ("province",)}, part=False, within="away"),
    Line("away2", "　其中：外省", {"residence": ("other",)}, part=False, within="away"),
    Line("away3", "　其中：港澳台", {"residence": ("hmt",)}, part=False, within="away"),
    Line("away4", "　其中：境外", {"residence": ("abroad",)}, part=False, within="away"),
    Line("none", "居住地未填", {"residence": ("",)}),
)
UNIT_KINDS = (
    TOTAL,
    Line("organ", "机关", {"unit_kind": ("organ",)}),
    Line("institution", "事业单位", {"unit_kind": ("institution",)}),
    Line("enterprise", "企业", {"unit_kind": ("enterprise",)}),
    Line("township", "乡镇（街道）", {"unit_kind": ("township",)}),
    Line("community", "社区（村）", {"unit_kind": ("community",)}),
    Line(
        "places",
        "直接在县市区名下",
        {"unit_kind": ("city", "county", "county_city", "district", "zone", "direct")},
    ),
)
AGES = (
    TOTAL,
    Line("a0", "60岁以下", {"age_band": ("0",)}),
    *(Line(f"a{low}", f"{low}—{low + 9}岁", {"age_band": (str(low),)}) for low in (60, 70, 80, 90)),
    Line("a100", "100岁以上", {"age_band": ("100",)}),
    Line("none", "出生日期未填", {"age_band": ("",)}),
)
PERIODS = (
    TOTAL,
    Line("red_army", "红军时期", {"period": ("red_army",)}),
    Line("early", "抗战前期", {"period": ("resistance_early",)}),
    Line("late", "抗战后期", {"period": ("resistance_late",)}),
    Line("liberation", "解放战争时期", {"period": ("liberation",)}),
    Line("other", "待认定、未填及其他", {"period": ("needs_ruling", "unknown", "after")}),
)
RESIDENCE_NOTE = "居住地不分日期登记，是统计时名册里的。"
KIND_NOTE = "在册的单位是当日的，单位性质是统计时的。"
# A record entered by mistake counts on no day (apps/retirees/actions/leaving.py), so it neither comes nor leaves: where
# last year's frozen table had counted it, the check against this year's beginning says so.
MOVES = (
    Line("before", "上年末人数", part=False),
    Line(
        "additions",
        "增：新办离退休、补登",
        flow="additions",
        kinds=("enters:retired", "enters:found"),
        sign=1,
    ),
    Line("in", "增：从市内其他县市区转入", flow="in_from_city", kinds=("enters:moved_in",), sign=1),
    Line("arrived", "增：从市外转入", flow="in_from_outside", kinds=("enters:outside",), sign=1),
    Line("deaths", "减：去世", flow="deaths", kinds=("leaves:died",), sign=-1),
    Line("out", "减：转到市内其他县市区", flow="out_within_city", kinds=("leaves:moved_out",), sign=-1),
    Line("left", "减：转出本市", flow="out_of_city", kinds=("leaves:outside",), sign=-1),
    Line("end", "年末人数", part=False),
)


def last_day(year: int, counted_on: date) -> date:
    """The day a table is as of: the end of its year, or the day it was counted on where that came first."""
    return min(date(year, 12, 31), counted_on)


def sections(
    counties: Sequence[tuple[str, str]], *, is_trial: bool = False, counted: Container[str] | None = None
) -> tuple[Section, ...]:
    """The model table; ``counties`` (key, name): the rows of the city's own section, none below the city;
    ``is_trial``: counted before the year was over, so that its last row is no end of a year; ``counted``: keys of the
    cells there are, where the table was counted by an earlier layout: what it did not have is left out."""
    moves = (*MOVES[:-1], replace(MOVES[-1], label="统计日人数")) if is_trial else MOVES
    found = [
        Section("moves", "增减变动", moves, (TOTAL, LIXIU, TUIXIU), is_balance=True),
        Section("levels", "按现享受待遇", _level_rows("treatment", "待遇未填"), COLUMNS),
        Section("ranks", "按退休时职级", _level_rows("rank", "职级未填"), COLUMNS, axis="rank"),
        Section("medical", "按医疗待遇", MEDICAL, COLUMNS, axis="medical_treatment"),
        Section("ages", "按年龄", AGES, COLUMNS),
        Section(
            "periods",
            "离休干部按参加革命工作时期",
            PERIODS,
            (TOTAL, *SEXES, MEMBERS),
            {"category": ("lixiu",)},
        ),
        Section("kinds", "按管理单位性质", UNIT_KINDS, COLUMNS, axis="unit_kind", note=KIND_NOTE),
        Section(
            "residence", "按居住地（异地安置）", RESIDENCES, COLUMNS, axis="residence", note=RESIDENCE_NOTE
        ),
    ]
    if counties:
        rows = (TOTAL, *(Line(f"c{key}", name, {"county": (key,)}) for key, name in counties))
        found.append(Section("counties", "按县市区", rows, COLUMNS))
    else:
        found = [_with_gone(section) for section in found]
    return _numbered(found if counted is None else _counted(found, counted))


def _with_gone(section: Section) -> Section:
    if section.axis in ("", "unit_kind"):
        return section
    return replace(section, rows=(*section.rows, replace(GONE, where={section.axis: ("gone",)})))


def _counted(table: Iterable[Section], keys: Container[str]) -> Iterator[Section]:
    for section in table:
        rows = tuple(row for row in section.rows if f"{section.key}:{row.key}:total" in keys)
        if rows:
            yield replace(section, rows=rows)


def _numbered(table: Iterable[Section]) -> tuple[Section, ...]:
    return tuple(
        replace(section, title=f"{'一二三四五六七八九十'[place]}、{section.title}")
        for place, section in enumerate(table)
    )


@dataclass(frozen=True)
class Check:
    """One sum that must come out."""

    text: str
    left: int
    right: int

    @property
    def is_right(self) -> bool:
        return self.left == self.right

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"is_right": self.is_right}


Cells = Mapping[str, int]


def cell_key(section: Section, row: Line, column: Line) -> str:
    """ "levels:bureau:total"."""
    return f"{section.key}:{row.key}:{column.key}"


def checks(table: Sequence[Section], cells: Cells, *, last_frozen: Cells | None = None) -> list[Check]:
    """Every sum of a table: parts against totals, columns against each other, sections against each other, and
    上年末 + 增 − 减 = 年末. ``last_frozen``: last year's table as it was frozen, whose end is this year's beginning."""
    found: list[Check] = []
    for section in table:
        found += _balance(section, cells) if section.is_balance else _parts(section, cells)
        found += _across(section, cells)
    for section in table[2:]:
        if not section.where:
            found.append(
                Check(
                    f"{table[1].title}合计＝{section.title}合计",
                    cells[f"{table[1].key}:total:total"],
                    cells[f"{section.key}:total:total"],
                )
            )
    if any(section.key == "counties" for section in table):
        found.append(Check("市内转入＝转到市内其他县市区", cells["moves:in:total"], cells["moves:out:total"]))
    found.append(Check("增减表年末＝按待遇合计", cells["moves:end:total"], cells["levels:total:total"]))
    found.append(Check("增减表年末离休＝按时期合计", cells["moves:end:lixiu"], cells["periods:total:total"]))
    if last_frozen is not None:
        for key, label in (("total", "合计"), ("lixiu", "离休"), ("tuixiu", "退休")):
            found.append(
                Check(
                    f"上年定稿的年末{label}＝今年上年末",
                    last_frozen[f"moves:end:{key}"],
                    cells[f"moves:before:{key}"],
                )
            )
    return found


def _parts(section: Section, cells: Cells) -> Iterator[Check]:
    for column in section.columns:
        whole = cells[f"{section.key}:total:{column.key}"]
        parts = sum(cells[cell_key(section, row, column)] for row in section.rows if row.part)
        yield Check(f"{section.title}：{column.label}各行之和＝合计", parts, whole)
        for row in section.rows:
            inner = [part for part in section.rows if part.within == row.key]
            if inner:
                yield Check(
                    f"{section.title}：{row.label}{column.label}，其中各行之和＝{row.label}",
                    sum(cells[cell_key(section, part, column)] for part in inner),
                    cells[cell_key(section, row, column)],
                )


def _across(section: Section, cells: Cells) -> Iterator[Check]:
    keys = {column.key for column in section.columns}
    for row in section.rows:
        at = f"{section.key}:{row.key}"
        label = f"{section.title}：{row.label.strip('　')}"
        if {"lixiu", "tuixiu"} <= keys:
            both = cells[f"{at}:lixiu"] + cells[f"{at}:tuixiu"]
            yield Check(f"{label}，离休＋退休＝合计", both, cells[f"{at}:total"])
        if "male" in keys:
            sexes = sum(cells[f"{at}:{line.key}"] for line in SEXES)
            yield Check(f"{label}，男＋女＋未填＝合计", sexes, cells[f"{at}:total"])


def _balance(section: Section, cells: Cells) -> Iterator[Check]:
    for column in section.columns:
        at = {row.key: cells[cell_key(section, row, column)] for row in section.rows}
        moved = at["before"] + sum(row.sign * at[row.key] for row in section.rows)
        yield Check(f"{column.label}：上年末＋增－减＝年末", moved, at["end"])


def query_of(section: Section, row: Line, column: Line, until: date) -> list[tuple[str, str]]:
    """Conditions of the register list behind a cell of a table as of ``until``; empty where no list can show it."""
    if not row.is_listed:
        return []
    where: dict[str, Sequence[str]] = {}
    for part in (section.where, row.where, column.where):
        where.update(part)
    query = [(name, value or "none") for name, values in where.items() for value in values]
    if column.measure == PARTY:
        query.append(("party", "1"))
    if row.flow:
        return [("flow", row.flow), ("from", f"{until.year}-01-01"), ("to", until.isoformat()), *query]
    if row.kinds:
        return []
    day = date(until.year - 1, 12, 31) if section.is_balance and row.key == "before" else until
    return [*query, ("on", day.isoformat())]


def matches(cell: Any, *wheres: Where) -> bool:
    """Whether a cell of the register's counts is among the people meant."""
    return all(str(getattr(cell, name)) in values for where in wheres for name, values in where.items())


def shown_rows(section: Section, cells: Cells) -> Iterator[Line]:
    """Rows as a reader sees them: one of people whom no list shows only where there are any."""
    return (row for row in section.rows if row.is_listed or cells[f"{section.key}:{row.key}:total"])


def flat_rows(table: Sequence[Section], cells: Cells, before: Cells) -> Iterable[list[str]]:
    """The table for a sheet: section, row, then the columns of COLUMNS (empty where a section has none) and the
    difference of the total to the year before."""
    for section in table:
        keys = {column.key for column in section.columns}
        for row in shown_rows(section, cells):
            at = f"{section.key}:{row.key}"
            numbers = [str(cells[f"{at}:{column.key}"]) if column.key in keys else "" for column in COLUMNS]
            change = cells[f"{at}:total"] - before.get(f"{at}:total", 0)
            yield [section.title, row.label, *numbers, f"{change:+d}" if change else "0"]
