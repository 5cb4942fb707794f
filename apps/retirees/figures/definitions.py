"""The figures of the register."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from apps.core.figures import FigureValue, Number, Part, Span
from apps.core.scope import Actor
from apps.retirees.choices import AgeBand, Category, Level, Period, Sex
from apps.retirees.figures.counts import Cell, Counts, Wanted, register_counts, register_flows
from apps.units.models import Unit

Labels = Sequence[tuple[str, str]]


def _is(**wanted: str) -> Wanted:
    return lambda cell: all(getattr(cell, name) == value for name, value in wanted.items())


def _aged(*bands: str) -> Wanted:
    return lambda cell: cell.age_band in bands


@dataclass(frozen=True)
class Stock:
    """Heads on a day."""

    name: str
    label: str
    definition: str
    query: Mapping[str, str]
    """Filter of the register list that shows the people."""
    wanted: Wanted | None = None
    measure: str = "people"
    dimension: str = ""
    unit: str = "人"

    def number(self, counts: Counts) -> Number | None:
        return counts.total(self.measure, self.wanted)


@dataclass(frozen=True)
class Share:
    """A percentage of two sums, one decimal, rounded half up; None of nobody."""

    name: str
    label: str
    definition: str
    query: Mapping[str, str]
    part: Callable[[Counts], int]
    whole: Callable[[Counts], int]
    dimension: str = ""
    unit: str = "%"

    def number(self, counts: Counts) -> Number | None:
        whole = self.whole(counts)
        if not whole:
            return None
        return (Decimal(self.part(counts)) * 100 / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


@dataclass(frozen=True)
class Flow:
    """Heads that came or left in a span."""

    name: str
    label: str
    definition: str
    kinds: tuple[str, ...]
    dimension: str = ""
    unit: str = "人"


STOCKS: tuple[Stock, ...] = (
    Stock("headcount", "在册离退休干部", "截至当日在册的离休、退休干部，不含已去世和已转出。", {}),
    Stock(
        "lixiu",
        "离休干部",
        "在册人员中类别为离休的。",
        {"category": Category.LIXIU},
        _is(category=Category.LIXIU),
    ),
    Stock(
        "tuixiu",
        "退休干部",
        "在册人员中类别为退休的。",
        {"category": Category.TUIXIU},
        _is(category=Category.TUIXIU),
    ),
    Stock(
        "aged_80",
        "80岁以上",
        "在册人员中满80周岁的；出生只到年月的，按最早一天计。",
        {"age_min": "80"},
        _aged("80", "90", "100"),
    ),
    Stock("aged_90", "90岁以上", "在册人员中满90周岁的。", {"age_min": "90"}, _aged("90", "100")),
    Stock("aged_100", "100岁以上", "在册人员中满100周岁的。", {"age_min": "100"}, _aged("100")),
    Stock(
        "party_members", "中共党员", "在册人员中的中共党员和预备党员。", {"party": "1"}, None, "party_members"
    ),
    Stock(
        "not_self_caring",
        "完全不能自理",
        "在册人员中当日生活完全不能自理的。",
        {"self_care": "helpless"},
        None,
        "helpless",
    ),
    Stock(
        "needs_ruling",
        "时期待认定",
        "离休干部中参加革命工作时间跨两个时期、须按档案认定的。",
        {"category": Category.LIXIU, "period": Period.NEEDS_RULING},
        _is(category=Category.LIXIU, period=Period.NEEDS_RULING),
    ),
    Stock("by_county", "各县市区", "在册人员按县市区分。", {}, dimension="county"),
    Stock("by_unit", "各单位", "在册人员按管理单位分。", {}, dimension="unit"),
    Stock("by_age_band", "各年龄段", "在册人员按周岁分段。", {}, dimension="age_band"),
    Stock("by_category", "离休和退休", "在册人员按类别分。", {}, dimension="category"),
    Stock(
        "by_period",
        "离休干部各时期",
        "离休干部按参加革命工作时期分（国发〔1982〕62号、组通字〔2008〕48号的时间界限）。",
        {"category": Category.LIXIU},
        _is(category=Category.LIXIU),
        dimension="period",
    ),
    Stock("by_rank", "各待遇级别", "在册人员按现享受待遇分。", {}, dimension="treatment"),
    Stock("by_sex", "性别", "在册人员按性别分。", {}, dimension="sex"),
)
SHARES: tuple[Share, ...] = (
    Share(
        "completeness",
        "资料完整率",
        "22项必填信息中已填的比例；入党时间只对党员计。",
        {"incomplete": "1"},
        lambda counts: counts.total("filled"),
        lambda counts: counts.total() * 22,
    ),
    Share(
        "share_80",
        "80岁以上占比",
        "满80周岁的占在册人员的比例。",
        {"age_min": "80"},
        lambda counts: counts.total("people", _aged("80", "90", "100")),
        lambda counts: counts.total(),
    ),
    Share(
        "completeness_by_county",
        "各县市区资料完整率",
        "各县市区22项必填信息中已填的比例。",
        {"incomplete": "1"},
        lambda counts: counts.total("filled"),
        lambda counts: counts.total() * 22,
        dimension="county",
    ),
    Share(
        "completeness_by_unit",
        "各单位资料完整率",
        "各单位22项必填信息中已填的比例。",
        {"incomplete": "1"},
        lambda counts: counts.total("filled"),
        lambda counts: counts.total() * 22,
        dimension="unit",
    ),
)
FLOWS: tuple[Flow, ...] = (
    Flow(
        "deaths",
        "去世",
        "期间去世的在册人员；去世只到月的，按当月最后一天计，不晚于报告日期。",
        ("leaves:died",),
    ),
    Flow("additions", "新增", "期间办理离退休进入名册和补登的人员。", ("enters:retired", "enters:found")),
    Flow(
        "transferred_in",
        "转入",
        "期间从市外和市内转入的人员，含市内各县市区之间的（转入、转出各计一次）。",
        ("enters:moved_in", "enters:outside"),
    ),
    Flow(
        "transferred_out",
        "转出",
        "期间转出本市和在市内转走的人员，含市内各县市区之间的（转入、转出各计一次）。",
        ("leaves:moved_out", "leaves:outside"),
    ),
    Flow("deaths_by_county", "各县市区去世", "期间去世人员按县市区分。", ("leaves:died",), "county"),
)
ALL: tuple[Stock | Share | Flow, ...] = (*STOCKS, *SHARES, *FLOWS)
FIGURES = {figure.name: figure for figure in ALL}
DIMENSION_KEY = {
    "county": "county",
    "unit": "unit",
    "age_band": "age_band",
    "category": "category",
    "period": "period",
    "treatment": "treatment",
    "sex": "sex",
}
LABELS: dict[str, Labels] = {
    "age_band": AgeBand.choices,
    "category": Category.choices,
    "period": Period.choices,
    "treatment": [*Level.choices, ("", "未填")],
    "sex": [*Sex.choices, ("", "未填")],
}


def list_link(query: Mapping[str, str], on: date, today: date) -> str:
    """Address of the register list behind a stock as of a day."""
    values = dict(query)
    if on != today:
        values["on"] = on.isoformat()
    return f"{reverse('retirees:list')}?{urlencode(values)}" if values else reverse("retirees:list")


def flow_link(flow: Flow, span: Span, county: str = "") -> str:
    """Address of the list behind a flow."""
    values = {
        "flow": flow.name.removesuffix("_by_county"),
        "from": span.start.isoformat(),
        "to": span.end.isoformat(),
    }
    if county:
        values["county"] = county
    return f"{reverse('retirees:list')}?{urlencode(values)}"


def compute(
    actor: Actor, span: Span, names: Sequence[str], *, today: date | None = None
) -> dict[str, FigureValue]:
    """Values of the register's figures in the actor's scope, with those of the same days last year."""
    wanted = [FIGURES[name] for name in names]
    today = today or timezone.localdate()
    before = span.year_before()
    counts = earlier = None
    if any(not isinstance(figure, Flow) for figure in wanted):
        counts, earlier = register_counts(actor, span.end), register_counts(actor, before.end)
    flows = flows_before = None
    kinds = {kind.partition(":")[0] for figure in wanted if isinstance(figure, Flow) for kind in figure.kinds}
    if kinds:
        flows = register_flows(actor, span.start, span.end, kinds)
        flows_before = register_flows(actor, before.start, before.end, kinds)
    counties = _counties(actor) if any(figure.dimension == "county" for figure in wanted) else []
    units = any(figure.dimension == "unit" for figure in wanted)
    by_unit = [register_counts(actor, day, by_unit=True) for day in (span.end, before.end) if units]
    labels = _units(actor) if units else []
    found = {}
    for figure in wanted:
        if isinstance(figure, Flow):
            found[figure.name] = _flow_value(figure, span, before, flows or {}, flows_before or {}, counties)
        elif figure.dimension == "unit":
            found[figure.name] = _stock_value(figure, by_unit[0], by_unit[1], labels, today)
        elif counts is not None and earlier is not None:
            found[figure.name] = _stock_value(figure, counts, earlier, counties, today)
    return found


def _counties(actor: Actor) -> Labels:
    units = Unit.objects.visible_to(actor).counties()
    return [(str(unit.pk), unit.label) for unit in units]


def _units(actor: Actor) -> Labels:
    units = (
        Unit.objects.visible_to(actor).filter(level="unit").order_by("area__sort", "area_id", "sort", "pk")
    )
    return [(str(unit.pk), unit.label) for unit in units]


def _stock_value(
    figure: Stock | Share, counts: Counts, earlier: Counts, places: Labels, today: date
) -> FigureValue:
    parts: tuple[Part, ...] = ()
    if figure.dimension:
        parts = tuple(_parts(figure, counts, earlier, places, today))
    return FigureValue(
        name=figure.name,
        label=figure.label,
        unit=figure.unit,
        value=figure.number(counts),
        last_year=figure.number(earlier),
        on=counts.on,
        definition=figure.definition,
        parts=parts,
        href=list_link(figure.query, counts.on, today),
        last_year_href=list_link(figure.query, earlier.on, today),
    )


def _parts(figure: Stock | Share, counts: Counts, earlier: Counts, places: Labels, today: date) -> list[Part]:
    dimension = figure.dimension
    labels = places if dimension in ("county", "unit") else LABELS[dimension]
    groups, groups_before = _group(counts, dimension), _group(earlier, dimension)
    parts = []
    for key, label in labels:
        value, last_year = (
            figure.number(groups.get(key, _EMPTY)),
            figure.number(groups_before.get(key, _EMPTY)),
        )
        if not value and not last_year and dimension != "county":
            continue
        query = {**figure.query, DIMENSION_KEY[dimension]: key or "none"}
        parts.append(Part(key, label, value, last_year, list_link(query, counts.on, today)))
    return parts


_EMPTY = Counts(date.min, ())


def _group(counts: Counts, dimension: str) -> dict[str, Counts]:
    groups: dict[str, list[Cell]] = {}
    for cell in counts.cells:
        place = "county" if dimension == "unit" else dimension  # counted by unit, a cell's place is the unit
        groups.setdefault(str(getattr(cell, place)), []).append(cell)
    return {key: Counts(counts.on, tuple(cells)) for key, cells in groups.items()}


def _flow_value(
    figure: Flow,
    span: Span,
    before: Span,
    flows: Mapping[str, Mapping[int, int]],
    flows_before: Mapping[str, Mapping[int, int]],
    counties: Labels,
) -> FigureValue:
    def people(source: Mapping[str, Mapping[int, int]], county: str = "") -> int:
        return sum(
            number
            for kind in figure.kinds
            for place, number in source.get(kind, {}).items()
            if not county or str(place) == county
        )

    parts: tuple[Part, ...] = ()
    if figure.dimension:
        parts = tuple(
            Part(key, label, people(flows, key), people(flows_before, key), flow_link(figure, span, key))
            for key, label in counties
        )
    return FigureValue(
        name=figure.name,
        label=figure.label,
        unit=figure.unit,
        value=people(flows),
        last_year=people(flows_before),
        on=span.end,
        definition=figure.definition,
        parts=parts,
        href=flow_link(figure, span),
        last_year_href=flow_link(figure, before),
    )
