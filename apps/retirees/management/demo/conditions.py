"""Health, care and family by age."""

from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Any

from apps.core.chinese import age_on
from apps.core.demo import Demo
from apps.core.partial_date import PartialDate
from apps.retirees.choices import Category, Health, Living, Marriage, Relation, SelfCare
from apps.retirees.management.demo import names
from apps.retirees.management.demo.identity import phone
from apps.retirees.models import FamilyMember, Retiree

HEALTH = (
    (70, {Health.GOOD: 56, Health.FAIR: 24, Health.CHRONIC: 18, Health.DISABLED: 1.5, Health.BEDRIDDEN: 0.5}),
    (80, {Health.GOOD: 36, Health.FAIR: 28, Health.CHRONIC: 32, Health.DISABLED: 2.5, Health.BEDRIDDEN: 1.5}),
    (90, {Health.GOOD: 18, Health.FAIR: 27, Health.CHRONIC: 44, Health.DISABLED: 4, Health.BEDRIDDEN: 7}),
    (200, {Health.GOOD: 7, Health.FAIR: 21, Health.CHRONIC: 44, Health.DISABLED: 5, Health.BEDRIDDEN: 23}),
)
CARE = {
    Health.GOOD: (98, 2, 0),
    Health.FAIR: (92, 7, 1),
    Health.CHRONIC: (80, 16, 4),
    Health.DISABLED: (40, 45, 15),
    Health.BEDRIDDEN: (0, 12, 88),
}
"""Weights of the SelfCare values by health."""
WIDOWED = ((65, 0.04), (75, 0.12), (85, 0.3), (200, 0.6))


def conditions(dice: Random, birth: date, on: date, *, lixiu: bool) -> dict[str, Any]:
    """Health, self-care, living and marriage of somebody of that age."""
    age = age_on(birth, on) or 0
    health = _of_age(HEALTH, age)
    condition = dice.choices(list(health), health.values())[0]
    care = dice.choices(list(SelfCare), CARE[condition])[0]
    widowed = dice.random() < _of_age(WIDOWED, age)
    marriage = Marriage.WIDOWED if widowed else dice.choices(list(Marriage)[:4], (0.6, 97, 0, 2.4))[0]
    values = {"health": condition, "marriage": marriage}
    if age >= 75 or care != SelfCare.FULL or dice.random() < 0.3:
        values |= {"self_care": care, "living": _living(dice, marriage, care)}
    return values


def _of_age(table: Any, age: int) -> Any:
    return next(value for below, value in table if age < below)


def _living(dice: Random, marriage: str, care: str) -> str:
    if marriage == Marriage.MARRIED:
        return dice.choices((Living.WITH_SPOUSE, Living.WITH_CHILDREN, Living.INSTITUTION), (84, 14, 2))[0]
    if care == SelfCare.HELPLESS:
        return dice.choices(
            (Living.WITH_CHILDREN, Living.NANNY, Living.INSTITUTION, Living.HOSPITAL), (45, 20, 20, 15)
        )[0]
    return dice.choices(
        (Living.WITH_CHILDREN, Living.ALONE, Living.NANNY, Living.INSTITUTION), (50, 34, 9, 7)
    )[0]


def family(demo: Demo, person: Retiree, number: int, birth: date) -> Iterator[FamilyMember]:
    """Spouse and children of every 离休 person and of a third of the others, in the order of calling."""
    dice = demo.dice(f"family {number}")
    if person.category != Category.LIXIU and dice.random() > 0.33:
        return
    found = []
    if person.marriage == Marriage.MARRIED:
        sex = "2" if person.sex == "1" else "1"
        born = birth.year + dice.randint(-2, 6)
        called = "妻子" if sex == "2" else "丈夫"
        found.append((Relation.SPOUSE, called, names.surname(dice) + names.given(dice, sex, born), born, ""))
    for _ in range(dice.randint(1, 3)):
        born = birth.year + dice.randint(22, 34)
        surname = person.name[0] if "·" not in person.name else ""
        work = dice.choice(("中学教师", "企业职工", "机关工作人员", "个体经营", "医院护士", ""))
        sex = dice.choice("12")
        called = "儿子" if sex == "1" else "女儿"
        found.append((Relation.CHILD, called, surname + names.given(dice, sex, born), born, work))
    for sort, (relation, called, name, born, work) in enumerate(found, start=1):
        yield FamilyMember(
            retiree=person, county_id=person.county_id, unit_id=person.unit_id, relation=relation, kinship=called,
            name=name, birth_date=PartialDate(born), work=work, phone=phone(dice),
            is_emergency=sort == len(found), sort=sort, verified_on=demo.days_ago(dice.randint(5, 900)),
        )  # fmt: skip
