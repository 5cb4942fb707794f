"""The campaigns of a year in the invented city: for whom, when, what is brought."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from apps.core.lunar import LunarDate
from apps.visits.choices import Target
from apps.visits.management.demo.people import Person

Window = tuple[date, date]


@dataclass(frozen=True, slots=True)
class CampaignKind:
    """One campaign of each year. ``query`` says of the register's list what ``who`` says of a person on a day."""

    occasion: str
    title: str
    window: Callable[[int], Window]
    who: Callable[[Person, date], bool]
    query: str
    money: int = 0
    goods: str = ""
    value: int = 0
    target: str = Target.SELF
    complete: bool = False
    """Nobody was missed."""


def _spring(year: int) -> Window:
    new_year = LunarDate(year, 1, 1).earliest
    return new_year - timedelta(days=20), new_year - timedelta(days=1)


def _july(year: int) -> Window:
    return date(year, 6, 18), date(year, 7, 5)


def _heat(year: int) -> Window:
    return date(year, 7, 15), date(year, 8, 20)


def _ninth(year: int) -> Window:
    day = LunarDate(year, 9, 9).earliest
    return day - timedelta(days=9), day + timedelta(days=3)


def _honoured(person: Person, day: date) -> bool:
    return person.is_lixiu or person.is_high


def _eighty(person: Person, day: date) -> bool:
    return person.age(day) >= 80


def _old_member(person: Person, day: date) -> bool:
    return person.in_party and person.age(day) >= 85


def _ninety(person: Person, day: date) -> bool:
    return person.age(day) >= 90


def _left_behind(person: Person, day: date) -> bool:
    return person.survivor is not None and day >= person.gone


def alone_and_old(person: Person, day: date) -> bool:
    """Whom the campaign that is under way is for."""
    return person.is_alone and person.age(day) >= 80


HONOURED = urlencode([("any", "category=lixiu"), ("any", "treatment=121&treatment=122")])
ALONE = "living=alone&living=nanny&age_min=80"
OF_THE_CITY = (
    CampaignKind("spring", "{0}年春节走访慰问离休和厅级退休干部", _spring, _honoured, HONOURED, 1000, "米油礼包", 200,
                 complete=True),
    CampaignKind("spring", "{0}年春节慰问已故干部遗属", _spring, _left_behind, "state=dead", 600, "", 0,
                 target=Target.SURVIVOR),
    CampaignKind("july-first", "{0}年“七一”走访慰问离休和厅级退休干部", _july, _honoured, HONOURED, 500, "", 0),
    CampaignKind("heat", "{0}年高温慰问离休和厅级退休干部", _heat, _honoured, HONOURED, 0, "防暑降温用品", 160),
    CampaignKind("double-ninth", "{0}年重阳节走访慰问离休和厅级退休干部", _ninth, _honoured, HONOURED, 0,
                 "重阳糕、牛奶", 180),
)  # fmt: skip
OF_COUNTIES = (
    CampaignKind("spring", "{0}年春节走访八十岁以上老干部", _spring, _eighty, "age_min=80", 400, "米油礼包", 150),
    CampaignKind("july-first", "{0}年“七一”走访高龄老党员", _july, _old_member, "party=1&age_min=85", 300, "", 0),
    CampaignKind("heat", "{0}年高温走访九十岁以上老干部", _heat, _ninety, "age_min=90", 0, "防暑降温用品", 120),
    CampaignKind("double-ninth", "{0}年重阳节走访八十岁以上老干部", _ninth, _eighty, "age_min=80", 0, "重阳糕", 100),
)  # fmt: skip
