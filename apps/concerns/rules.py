"""How a concern goes on: which step may follow which state, and how long an answer may take. On values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from apps.concerns.choices import UNANSWERED, Kind, Source, State, StepKind, Topic
from apps.core.chinese import format_date
from apps.core.workdays import add_workdays, is_workday, workdays_between

WORKING_DAYS: dict[str, int] = {Kind.DEMAND: 15, Kind.SUGGESTION: 20, Kind.PETITION: 30}
"""What the form proposes, to be changed for each: the office's own habit and no regulation."""
MOST_DAYS = 250
AGEING_DAYS = 10
"""Working days without anything done after which an open one is shown as ageing."""
NEAR = 3
"""Working days before the deadline from which on it is marked."""

S = State
STEPS: dict[StepKind, tuple[frozenset[str], State | None]] = {
    StepKind.ASSIGNED: (frozenset({S.RECEIVED, S.WORKING, S.ANSWERED}), S.WORKING),
    StepKind.NOTE: (frozenset({S.RECEIVED, S.WORKING, S.ANSWERED}), S.WORKING),
    StepKind.EXTENDED: (frozenset({S.RECEIVED, S.WORKING}), None),
    StepKind.REMINDED: (frozenset({S.RECEIVED, S.WORKING, S.ANSWERED}), None),
    StepKind.ANSWERED: (frozenset({S.RECEIVED, S.WORKING, S.ANSWERED}), S.ANSWERED),
    StepKind.CLOSED: (frozenset({S.ANSWERED}), S.CLOSED),
    StepKind.REOPENED: (frozenset({S.ANSWERED, S.CLOSED, S.DECLINED, S.WITHDRAWN}), S.WORKING),
    StepKind.DECLINED: (frozenset({S.RECEIVED, S.WORKING}), S.DECLINED),
    StepKind.WITHDRAWN: (frozenset({S.RECEIVED, S.WORKING, S.ANSWERED}), S.WITHDRAWN),
}
"""Step → (states it may be taken in, the state that follows; None: it stays). A note on what is answered already works
on it again; so the deadline does, too."""


def may_take(step: StepKind, state: str) -> bool:
    """Whether a step may be taken in a state."""
    return step in STEPS and state in STEPS[step][0]


def state_after(step: StepKind, state: str) -> str:
    """The state a step leads to. An answered one that gets a note stays answered until it is reopened."""
    if step == StepKind.NOTE and state == S.ANSWERED:
        return state
    return STEPS[step][1] or state


def due_day(received_on: date, working_days: int) -> date:
    """The last day for the answer: so many working days after the day it was received."""
    return add_workdays(received_on, working_days)


def quiet_since(today: date, working_days: int) -> date:
    """The last day on which something may have happened to what has been quiet for so many working days."""
    left, day = working_days, today
    while left > 0:
        left -= is_workday(day)
        day -= timedelta(days=1)
    return day


def timeliness(state: str, due_on: date, answered_on: date | None, today: date) -> tuple[str, str]:
    """(Whether it is answered in time, counted in working days; its tone). What was never to be answered: "".

    >>> timeliness("answered", date(2026, 3, 6), date(2026, 3, 10), date(2026, 3, 20))
    ('超期2个工作日', 'red')
    """
    if answered_on is None and state not in UNANSWERED:
        return "", "grey"
    day = answered_on or today
    if day > due_on:
        late = workdays_between(due_on, day)
        return (f"超期{late}个工作日" if late else "超期不足1个工作日"), "red"
    if answered_on is not None:
        return "按期", "green"
    left = workdays_between(today, due_on)
    return (f"剩{left}个工作日" if left else "今天到期"), "amber" if left <= NEAR else "grey"


ALIKE, ALIKE_IN_TOPIC = 0.6, 0.25


def is_alike(title: str, topic: str, other_title: str, other_topic: str) -> bool:
    """Whether two titles of one person may be the same matter: most pairs of characters are in both, or some are and
    the topic is the same. Own rule; a clerk decides.

    >>> is_alike("申请住院护工补助", "care", "护工补助没有到账", "care")
    True
    >>> is_alike("申请住院护工补助", "care", "建议多办书法班", "venue")
    False
    """
    one, two = _pairs(title), _pairs(other_title)
    if not one or not two:
        return title.strip() == other_title.strip()
    shared = len(one & two) / min(len(one), len(two))
    return shared >= (ALIKE_IN_TOPIC if topic == other_topic and topic != Topic.OTHER else ALIKE)


def _pairs(text: str) -> set[str]:
    plain = "".join(char for char in text if char.isalnum())
    return {plain[place : place + 2] for place in range(len(plain) - 1)}


CAME_BY: Mapping[str, str] = {
    Source.VISIT: "在走访时提出的",
    Source.EVENT: "在活动中提出的",
    Source.LETTER: "来信提出的",
    Source.CALL: "来电提出的",
    Source.CAME: "来访提出的",
    Source.ONLINE: "在网上提出的",
    Source.PASSED_ON: "由上级或其他单位转来的",
}


@dataclass(frozen=True)
class Letter:
    """A letter with an answer: title, whom it is to, paragraphs, who signs, which day."""

    title: str
    address: str
    paragraphs: tuple[str, ...]
    office: str
    day: str


@dataclass(frozen=True)
class Matter:
    """What a letter answers."""

    label: str
    title: str
    source: str
    raised_on: date
    answer: str


def reply_letter(matter: Matter, *, name: str, cadre: str, office: str, on: date) -> Letter:
    """The letter with the answer for one reader. ``cadre``: of whose family he is, "" for the cadre himself.

    No paper gives its wording: it is this portal's own, and printed as a draft.
    """
    came = CAME_BY.get(matter.source, "提出的")
    who = f"{cadre}同志" if cadre else "您"
    opening = f"{who}{format_date(matter.raised_on)}{came}“{matter.title}”（编号{matter.label}）已经办理，现答复如下："
    answer = (line.strip() for line in matter.answer.splitlines())
    closing = "对以上答复有不清楚的地方，请与我们联系。"
    return Letter(
        title=f"关于“{matter.title}”的答复",
        address=f"{name}同志（{cadre}同志家属）：" if cadre else f"{name}同志：",
        paragraphs=(opening, *(line for line in answer if line), closing),
        office=office,
        day=format_date(on),
    )
