"""Conditions of a standard: a closed list, each either a choice of values or a span. Pure functions on values.

They are stored as JSON (``to_json``), read back as a sentence (``sentence``), and compared exactly (``overlap``): two
rows overlap where for every condition that both have some value fits both.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from apps.benefits.choices import DeathKind, Household, SurvivorRelation
from apps.core.chinese import age_on, format_date
from apps.core.partial_date import PartialDate
from apps.retirees.choices import Category, Level, Period, SelfCare, Sex
from apps.units.choices import Kind

CHOICES: dict[str, tuple[str, Any]] = {
    "category": ("类别", Category),
    "period": ("参加革命工作时期", Period),
    "sex": ("性别", Sex),
    "self_care": ("生活自理", SelfCare),
    "unit_kind": ("单位性质", Kind),
    "place": ("县市区", None),
    "death": ("死亡性质", DeathKind),
    "relation": ("与干部关系", SurvivorRelation),
    "household": ("户口", Household),
}
SPANS: dict[str, str] = {
    "rank": "退休时职级",
    "treatment": "现享受待遇",
    "full_age": "周岁",
    "nominal_age": "虚岁",
    "joined": "参加革命工作时间",
    "retired": "离退休时间",
}
"""Both ends belong to the span; None is open. Of levels the first is the higher: codes of GB/T 12407 grow downwards."""
LEVELS = ("rank", "treatment")
AGES = ("full_age", "nominal_age")
DATES = ("joined", "retired")
TIERS = {Period.RESISTANCE_EARLY, Period.RESISTANCE_LATE}
ORGANS = set(Kind.values) - {Kind.INSTITUTION, Kind.ENTERPRISE, Kind.COMMUNITY}
UNDECIDED = {Period.NEEDS_RULING, Period.UNKNOWN, Sex.UNKNOWN, Sex.UNSTATED, ""}
"""What the register does not know: nobody gets or loses a benefit by it without being told so."""

Span = tuple[Any, Any]


class BadConditions(ValueError):
    """The conditions are not of the closed list, or contradict themselves; the message is for the user."""


@dataclass(frozen=True)
class Facts:
    """What of a person, on the day that decides, standards may ask. Codes of apps/retirees/choices.py."""

    category: str = ""
    period: str = ""
    sex: str = ""
    rank: str = ""
    treatment: str = ""
    self_care: str = ""
    unit_kind: str = ""
    place: int | None = None
    """Key of the county-level area that pays."""
    full_age: int | None = None
    nominal_age: int | None = None
    joined: PartialDate | None = None
    retired: PartialDate | None = None
    death: str = DeathKind.ILLNESS
    relation: str = ""
    household: str = ""
    approved: frozenset[int] = frozenset()
    """Keys of benefits that somebody approved for this person."""


def ages_on(birth: date | None, day: date) -> tuple[int | None, int | None]:
    """周岁 and 虚岁 on a day. 虚岁 counts the years of the calendar a person has lived in."""
    return age_on(birth, day), (day.year - birth.year + 1 if birth else None)


@dataclass(frozen=True)
class Conditions:
    """``choices``: by name, the values that fit; ``spans``: by name, first and last that fit. What is not named may be
    anything."""

    choices: Mapping[str, frozenset[Any]] = field(default_factory=dict)
    spans: Mapping[str, Span] = field(default_factory=dict)

    def names(self) -> frozenset[str]:
        """Which facts they ask for."""
        return frozenset(self.choices) | frozenset(self.spans)

    def failing(self, facts: Facts, places: Mapping[int, str] | None = None) -> tuple[str, bool] | None:
        """None where ``facts`` fit; else why not, in words, and whether that is because the register does not know."""
        found = [told for told in self._failures(facts, places or {}) if told]
        if not found:
            return None
        sure = [told for told, unknown in found if not unknown]
        return ("；".join(sure), False) if sure else ("；".join(told for told, _ in found), True)

    def _failures(self, facts: Facts, places: Mapping[int, str]) -> Iterator[tuple[str, bool] | None]:
        for name in CHOICES:
            if name in self.choices:
                yield _choice_failure(name, self.choices[name], getattr(facts, name), places)
        for name in SPANS:
            if name in self.spans:
                yield _span_failure(name, self.spans[name], getattr(facts, name))


def _choice_failure(
    name: str, wanted: frozenset[Any], value: Any, places: Mapping[int, str]
) -> tuple[str, bool] | None:
    if value in wanted:
        return None
    label, choices = CHOICES[name]
    if name == "self_care" and not value:
        return "没有评估生活自理", False
    if value is None or value in UNDECIDED:
        told = "待认定" if value == Period.NEEDS_RULING else "未填"
        return f"{label}{told}", True
    told = places.get(value, str(value)) if choices is None else str(choices(value).label)
    return f"{label}为{told}", False


def _span_failure(name: str, span: Span, value: Any) -> tuple[str, bool] | None:
    first, last = span
    if value is None or value == "":
        return f"{'出生时间' if name in AGES else SPANS[name]}未填", True
    low, high = (value.earliest, value.latest) if isinstance(value, PartialDate) else (value, value)
    if (first is None or low >= first) and (last is None or high <= last):
        return None
    unsure = (first is None or high >= first) and (last is None or low <= last)
    if name in LEVELS:
        told = f"{SPANS[name]}为{Level(value).label}"
    elif name in AGES:
        told = f"{SPANS[name]}{value}"
    else:
        told = f"{SPANS[name]}只到{'月' if value.month else '年'}" if unsure else f"{SPANS[name]}不在范围内"
    return told, unsure


def overlap(one: Conditions, other: Conditions) -> bool:
    """Whether somebody may fit both."""
    for name in one.choices.keys() & other.choices.keys():
        if not one.choices[name] & other.choices[name]:
            return False
    for name in one.spans.keys() & other.spans.keys():
        (low, high), (first, last) = one.spans[name], other.spans[name]
        if (high is not None and first is not None and high < first) or (
            last is not None and low is not None and last < low
        ):
            return False
    return True


# ---- storing


def to_json(conditions: Conditions) -> dict[str, Any]:
    """What the database keeps: lists, dates in ISO."""
    stored: dict[str, Any] = {name: sorted(values) for name, values in conditions.choices.items()}
    for name, span in conditions.spans.items():
        stored[name] = [end.isoformat() if isinstance(end, date) else end for end in span]
    return stored


def from_json(stored: Mapping[str, Any]) -> Conditions:
    """The conditions of a stored row. Raises BadConditions where a name or value is not of the closed list."""
    choices: dict[str, frozenset[Any]] = {}
    spans: dict[str, Span] = {}
    for name, value in stored.items():
        if name in CHOICES:
            choices[name] = _choice(name, value)
        elif name in SPANS:
            spans[name] = _span(name, value)
        else:
            raise BadConditions(f"没有这种条件：{name}")
    return Conditions(choices, spans)


def _choice(name: str, value: Any) -> frozenset[Any]:
    label, kind = CHOICES[name]
    if not isinstance(value, list) or not value:
        raise BadConditions(f"{label}：至少选一项。")
    known = set(value) <= set(kind.values) if kind else all(isinstance(one, int) for one in value)
    if not known:
        raise BadConditions(f"{label}：有不认识的选项。")
    return frozenset(value)


def _span(name: str, value: Any) -> Span:
    label = SPANS[name]
    if not isinstance(value, list) or len(value) != 2 or value == [None, None]:
        raise BadConditions(f"{label}：要有起或止。")
    low, high = (_end(name, end) for end in value)
    if low is not None and high is not None and low > high:
        raise BadConditions(f"{label}：起止颠倒了。")
    return low, high


def _end(name: str, value: Any) -> Any:
    label = SPANS[name]
    if value is None:
        return None
    if name in LEVELS:
        if value not in Level.values:
            raise BadConditions(f"{label}：有不认识的级别。")
        return value
    if name in AGES:
        if not isinstance(value, int) or not 0 < value < 150:
            raise BadConditions(f"{label}：应是1到149的整数。")
        return value
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadConditions(f"{label}：不是日期。") from None


# ---- in words


def sentence(conditions: Conditions, places: Mapping[int, str] | None = None) -> str:
    """离休干部，抗日战争时期参加革命工作，现享受副厅级以上待遇，男，满70周岁. 全体人员 where there is no condition."""
    parts = [told for told in _parts(conditions, places or {}) if told]
    return "，".join(parts) or "全体人员"


def _parts(conditions: Conditions, places: Mapping[int, str]) -> Iterator[str]:
    chosen, spans = conditions.choices, conditions.spans
    if "place" in chosen:
        yield "、".join(sorted(places.get(key, str(key)) for key in chosen["place"]))
    if "category" in chosen:
        yield "或".join(f"{Category(one).label}干部" for one in Category.values if one in chosen["category"])
    if "period" in chosen:
        yield f"{'、'.join(_periods(chosen['period']))}参加革命工作"
    if "joined" in spans:
        yield _dates(spans["joined"]) + "参加革命工作"
    if "retired" in spans:
        yield _dates(spans["retired"]) + "离退休"
    for name, template in (("rank", "退休时为{}"), ("treatment", "现享受{}待遇")):
        if name in spans:
            yield template.format(_levels(spans[name]))
    for name in ("sex", "unit_kind", "self_care", "death", "relation", "household"):
        if name in chosen:
            yield "或".join(_chosen(name, chosen[name]))
    for name, word in (("full_age", "周岁"), ("nominal_age", "虚岁")):
        if name in spans:
            yield _ages(spans[name], word)


def _chosen(name: str, chosen: frozenset[str]) -> list[str]:
    """Labels; all that are 机关 by one word where all of them are meant, as papers on gratuities say."""
    kind = CHOICES[name][1]
    labels = [str(kind(one).label) for one in kind.values if one in chosen and one not in ORGANS]
    organs = [one for one in kind.values if one in chosen and one in ORGANS]
    if name == "unit_kind" and len(organs) == len(ORGANS):
        return ["机关", *labels]
    return [str(kind(one).label) for one in organs] + labels


def _periods(chosen: frozenset[str]) -> list[str]:
    """The two of 抗战 by one word where both are meant, as nursing-fee papers say."""
    joined = chosen >= TIERS
    found = []
    for one in Period.values:
        if one not in chosen:
            continue
        if joined and one in TIERS:
            if "抗日战争时期" not in found:
                found.append("抗日战争时期")
        else:
            found.append(str(Period(one).label))
    return found


def _levels(span: Span) -> str:
    highest, lowest = span
    if highest is None:
        return f"{Level(lowest).label}以上"
    if lowest is None:
        return f"{Level(highest).label}以下"
    if highest == lowest:
        return str(Level(highest).label)
    return f"{Level(highest).label}至{Level(lowest).label}"


def _ages(span: Span, word: str) -> str:
    first, last = span
    if last is None:
        return f"满{first}{word}"
    if first is None:
        return f"不满{last + 1}{word}"
    return f"{first}至{last}{word}"


def _dates(span: Span) -> str:
    first, last = span
    if last is None:
        return f"{format_date(first)}以后"
    if first is None:
        return f"{format_date(last)}以前"
    return f"{format_date(first)}至{format_date(last)}"
