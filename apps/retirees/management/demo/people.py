"""Inventing one person: dates as files hold them, ID number, health, money, and what the file lacks."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from apps.core.chinese import years_before
from apps.core.demo import Demo
from apps.core.partial_date import PartialDate
from apps.retirees.actions import Entry
from apps.retirees.choices import Category, Political
from apps.retirees.management.demo import careers, names
from apps.retirees.management.demo.conditions import conditions
from apps.retirees.management.demo.dates import as_filed, between, joining_day, retiring_day, working_day
from apps.retirees.management.demo.identity import address, identity, phone
from apps.units.models import Unit

AGES = (
    (55, 5), (60, 16), (65, 16), (70, 16), (75, 14), (80, 12), (85, 9), (90, 4.4), (95, 1.3), (100, 0.05),
)  # fmt: skip
"""First age of five years each, and how many of 100 retired people are in it."""
SPECIAL_JOINING = {
    3: PartialDate(1945, 9),
    8: PartialDate(1937, 7),
    14: PartialDate(1949),
    20: PartialDate(1945),
    26: PartialDate(1950, 3),
}
"""By the number of a 离休 person, modulo 29: dates that need a ruling, and one that does not fit 离休 at all."""
OLDEST = (8, 37)
"""Numbers of those old enough to have joined in July 1937."""
POLITICAL = {"01": 74, "13": 21, "05": 1.2, "04": 0.8, "06": 0.6, "07": 0.8, "08": 0.6, "10": 0.5, "12": 0.5}
PROVINCES = "湖北 湖北 湖北 湖北 河南 湖南 山东 河北 江西 安徽".split()
FORGOTTEN = {
    "sex": 0.002, "birth_date": 0.004, "nation": 0.015, "native_place": 0.06, "political": 0.02,
    "joined_party_on": 0.05, "education": 0.05, "work_started_on": 0.015, "retired_on": 0.008, "treatment": 0.03,
    "treatment_on": 0.04, "health": 0.05, "rank": 0.03, "post": 0.04, "monthly_income": 0.08, "basic_fee": 0.10,
    "allowance": 0.12, "national_id": 0.03, "medical_card": 0.18, "marriage": 0.09, "address": 0.06, "phone": 0.07,
}  # fmt: skip
"""How often a value is missing where the office is of middling care."""
CARE = {"shizhi": 0.4, "nanling": 0.7, "baishi": 2.0, "linjiang": 1.6, "kaifaqu": 1.4}


@dataclass
class Invented:
    """A person to register, with the true days behind his dates."""

    number: int
    entry: Entry
    lixiu: bool
    birth: date
    retired: date

    @property
    def came(self) -> date:
        """Day from which he is on the register."""
        return self.entry.registered_from or self.retired


def invent(demo: Demo, number: int, unit: Unit, division: str, *, lixiu: bool, ids: set[str]) -> Invented:
    """Person ``number`` of ``unit``; ``ids`` holds the ID numbers given out so far and gets his."""
    dice = demo.dice(f"person {number}")
    sex = "1" if dice.random() < (0.84 if lixiu else 0.62) else "2"
    birth, retired = _life(demo, dice, sex, lixiu=lixiu)
    if lixiu and number in OLDEST:
        birth, retired = date(1922, 3, 8), date(1982, 12, 1)
    name, nation = names.invent(dice, sex, birth.year)
    career = careers.invent(dice, unit, lixiu=lixiu)
    worked, joined = _starts(dice, number, birth, lixiu)
    raised_on = between(dice, retired, min(demo.as_of, retired + timedelta(days=7000)))
    values: dict[str, Any] = {
        "name": name,
        "sex": sex,
        "nation": nation,
        "birth_date": as_filed(dice, birth, year=0.02, month=0.78),
        "native_place": _native_place(dice, unit),
        "education": _education(dice, birth.year),
        "category": Category.LIXIU if lixiu else Category.TUIXIU,
        "joined_on": joined,
        "joined_basis": "1952年干部履历表、1956年审干结论" if lixiu and joined else "",
        "work_started_on": worked,
        "retired_on": as_filed(dice, retired, year=0.02, month=0.8),
        "approval_number": f"{unit.area.name[0]}组干〔{retired.year}〕{dice.randint(1, 60)}号",
        "post": career.post,
        "highest_post": career.highest_post,
        "held_leading_post": dice.random() < 0.7 if "长" in career.post or "主任" in career.post else None,
        "rank": career.rank,
        "treatment": career.treatment,
        "treatment_on": as_filed(
            dice, raised_on if career.treatment_was_raised else retired, year=0.02, month=0.85
        ),
        "medical_treatment": career.medical,
        "original_unit": unit.label,
        "paying_unit": unit.label if dice.random() < 0.6 else "机关事业单位养老保险中心",
        "verified_on": demo.days_ago(dice.randint(5, 900)) if dice.random() < 0.8 else None,
        **_party(dice, birth, unit, lixiu),
        **conditions(dice, birth, demo.as_of, lixiu=lixiu),
        **_private(dice, unit, career, number),
        **identity(dice, birth, sex, division, ids),
    }
    _forget(dice, values, CARE.get(unit.area.code, 1.0))
    entry = Entry(county_id=unit.area_id, unit_id=unit.pk, values=values)
    return Invented(number, entry, lixiu, birth, retired)


def _life(demo: Demo, dice: Random, sex: str, *, lixiu: bool) -> tuple[date, date]:
    """Birth and retirement, both before ``as_of``."""
    while True:
        if lixiu:
            age = min(90 + int(dice.expovariate(0.28)), 104)
        else:
            age = dice.choices([age for age, _ in AGES], [weight for _, weight in AGES])[0] + dice.randint(
                0, 4
            )
            age = min(age, 100)
        birth = years_before(demo.as_of, age) - timedelta(days=dice.randint(0, 364))
        if lixiu and birth.year > 1935:
            birth = birth.replace(year=1935, day=min(birth.day, 28))
        retired = retiring_day(dice, birth, sex, lixiu=lixiu)
        if retired < demo.as_of:
            return birth, retired


def _starts(
    dice: Random, number: int, birth: date, lixiu: bool
) -> tuple[PartialDate | None, PartialDate | None]:
    """参加工作时间 and 参加革命工作时间, two facts. Forms before about 1966 asked everyone for the second."""
    if not lixiu:
        day = working_day(dice, birth)
        worked = as_filed(dice, day, year=0.04, month=0.86)
        return worked, worked if day.year < 1966 and dice.random() < 0.5 else None
    special = SPECIAL_JOINING.get(number % 29)
    # A date is special only for those who were of an age to join then.
    if special and 12 <= special.year - birth.year <= 25 and (special.month or number % 2):
        return special, special
    joined = as_filed(dice, joining_day(dice, birth), year=0, month=0.9)
    return joined, joined if dice.random() > 0.01 else None


def _party(dice: Random, birth: date, unit: Unit, lixiu: bool) -> dict[str, Any]:
    political = dice.choices(list(POLITICAL), POLITICAL.values())[0]
    if lixiu and dice.random() < 0.8:
        political = Political.PARTY
    if political != Political.PARTY:
        return {"political": political}
    day = birth + timedelta(days=dice.randint(19 * 365, 38 * 365))
    return {
        "political": political,
        "joined_party_on": as_filed(dice, day, year=0.03, month=0.85),
        "party_branch": f"{unit.label}离退休干部党支部",
    }


def _native_place(dice: Random, unit: Unit) -> str:
    if dice.random() < 0.7:
        return "云溪市" if unit.area.code in ("shizhi", "kaifaqu") else f"云溪市{unit.area.name}"
    return dice.choice(PROVINCES)


def _education(dice: Random, born: int) -> str:
    codes = ("10", "20", "30", "40", "60", "70", "80", "90")
    if born < 1940:
        return dice.choices(codes, (0, 4, 6, 14, 14, 34, 25, 3))[0]
    if born < 1955:
        return dice.choices(codes, (0.5, 10, 20, 24, 22, 18, 5, 0.5))[0]
    return dice.choices(codes, (3, 38, 33, 14, 9, 3, 0, 0))[0]


def _private(dice: Random, unit: Unit, career: careers.Career, number: int) -> dict[str, Any]:
    away = dice.choices(("local", "province", "other", "hmt", "abroad"), (91, 5, 3.3, 0.2, 0.5))[0]
    return {
        "residence": away,
        "address": address(dice, unit) if away == "local" else f"{dice.choice(PROVINCES)}省（随子女居住）",
        "phone": phone(dice),
        "medical_card": f"YX{number:08d}",
        "basic_fee": career.basic_fee,
        "allowance": career.allowance,
        "monthly_income": career.basic_fee + career.allowance,
    }


def _forget(dice: Random, values: dict[str, Any], carelessness: float) -> None:
    for name, share in FORGOTTEN.items():
        if dice.random() < share * carelessness:
            values.pop(name, None)
    if "national_id" not in values:
        values.pop("card_birth_date")
