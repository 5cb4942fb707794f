"""Drafts of the notice and of the life of somebody who died, in sentences of what the register knows. Pure functions.

Nothing is praised and no cause is given: the register holds neither. What it does not hold stands in brackets, for
whoever writes on. The places {享年}, {送别} and {发车} are filled in when the paper is made.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from apps.core.chinese import age_on
from apps.core.lunar import nominal_age
from apps.core.partial_date import PartialDate
from apps.visits.choices import AgeCount, DraftKind
from apps.visits.rules.letters import filled

DRAFT_MARK = "草稿，须经家属和组织审定"
AGE, FAREWELL, DEPARTS = "{享年}", "{送别}", "{发车}"


@dataclass(frozen=True)
class Deceased:
    """What the register tells. ``career``, ``levels`` and ``honours`` are lines in their order, each a whole clause."""

    name: str
    sex: str
    nation: str
    native_place: str
    birth: PartialDate | None
    died: PartialDate | None
    joined: PartialDate | None
    """参加革命工作."""
    worked: PartialDate | None
    """参加工作."""
    party: PartialDate | None
    in_party: bool
    retired: PartialDate | None
    retired_word: str
    """离休 or 退休."""
    post: str
    unit: str
    career: Sequence[str] = ()
    levels: Sequence[str] = ()
    honours: Sequence[str] = ()


def ages_at_death(birth: PartialDate | None, died: PartialDate | None) -> dict[AgeCount, str]:
    """周岁 and 虚岁 in words: 88, or 87或88 where a date leaves it open; "" where it cannot be told."""
    if birth is None or died is None:
        return {AgeCount.FULL: "", AgeCount.NOMINAL: ""}
    full = (age_on(birth.latest, died.earliest), age_on(birth.earliest, died.latest))
    early, late = nominal_age(birth, died.earliest), nominal_age(birth, died.latest)
    nominal = (early[0], late[1]) if early and late else (None, None)
    return {AgeCount.FULL: _span(*full), AgeCount.NOMINAL: _span(*nominal)}


def _span(low: int | None, high: int | None) -> str:
    if low is None or high is None or high < 0:
        return ""
    return str(high) if low == high else "或".join(str(age) for age in range(max(low, 0), high + 1)[:3])


def age_words(ages: Mapping[AgeCount, str]) -> str:
    """Both ways of counting: 周岁88，虚岁89; "" where neither can be told.

    >>> age_words({AgeCount.FULL: "88", AgeCount.NOMINAL: ""})
    '周岁88'
    """
    return "，".join(f"{one.label}{age}" for one, age in ages.items() if age)


def missing_of(one: Deceased) -> list[str]:
    """What a notice wants and the register does not hold."""
    wanted = {
        "性别": one.sex,
        "民族": one.nation,
        "出生时间": one.birth,
        "参加工作时间": one.joined or one.worked,
        "职务": one.post,
    }
    if one.in_party:
        wanted["入党时间"] = one.party
    return [label for label, value in wanted.items() if not value]


def draft_of(kind: str, one: Deceased) -> str:
    """The text of a new draft, a paragraph a line.

    >>> nothing = dict.fromkeys(Deceased.__dataclass_fields__, "") | {"career": (), "levels": (), "honours": ()}
    >>> print(draft_of("obituary", Deceased(**nothing | {"name": "周一平", "sex": "男"})).splitlines()[0])
    周一平同志，男，［民族待填］，［出生时间待填］出生，［参加工作时间待填］参加工作，于［去世时间待填］逝世，享年{享年}岁。
    """
    lines = _notice(one) if kind == DraftKind.OBITUARY else _life(one)
    return "\n".join(line for line in lines if line)


def _said(value: object, label: str) -> str:
    return str(value) if value else f"［{label}待填］"


def _person(one: Deceased) -> list[str]:
    parts = [f"{one.name}同志", _said(one.sex, "性别"), _said(one.nation, "民族")]
    if one.native_place:
        parts.append(f"{one.native_place}人")
    parts.append(f"{_said(one.birth, '出生时间')}出生")
    if one.joined:
        parts.append(f"{one.joined}参加革命工作")
    else:
        parts.append(f"{_said(one.worked, '参加工作时间')}参加工作")
    if one.in_party:
        parts.append(f"{_said(one.party, '入党时间')}加入中国共产党")
    return parts


def _death(one: Deceased) -> str:
    return f"于{_said(one.died, '去世时间')}逝世，享年{AGE}岁。"


def _left_work(one: Deceased) -> str:
    if not one.retired:
        return ""
    held = f"，{one.retired_word}时职务：{one.post}" if one.post else ""
    return f"{one.retired}{one.retired_word}{held}。"


def _notice(one: Deceased) -> Iterator[str]:
    held = f"{'' if one.post.startswith('原') else '原'}{one.post}" if one.post else ""
    yield held + "，".join([*_person(one), _death(one)])
    yield FAREWELL
    yield DEPARTS


def _life(one: Deceased) -> Iterator[str]:
    yield f"{'，'.join(_person(one))}。"
    yield from (f"{line}。" for line in one.career)
    yield _left_work(one)
    yield from (f"{line}。" for line in one.levels)
    if one.honours:
        yield f"曾获：{'；'.join(one.honours)}。"
    yield f"{one.name}同志{_death(one)}"


def paper_lines(body: str, *, age: str, farewell: str, departs: str) -> list[str]:
    """The paragraphs of a paper. A place without its value is left out with its line; an age that is not certain is
    marked as one to settle."""
    values = {
        AGE: age if age.isdigit() else f"［{age or '待填'}，请核定］",
        FAREWELL: f"送别安排：{farewell}" if farewell else "",
        DEPARTS: f"发车时间地点：{departs}" if departs else "",
    }
    lines = (filled(line.strip(), values) for line in body.splitlines())
    return [line for line in lines if line]
