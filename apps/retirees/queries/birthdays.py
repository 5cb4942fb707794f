"""Whose birthday it is, solar and lunar. Only people who are on the register at the moment of asking."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, IntegerField, Q, Value, When

from apps.core.lunar import LunarDate, lunar_of, nominal_age_words
from apps.core.scope import Actor
from apps.retirees.models import Retiree
from apps.retirees.models.person import RetireeQuerySet
from apps.retirees.rules.birthdays import (
    BirthdayKeys,
    is_round,
    keys_between,
    round_births,
    round_lunar_births,
)


@dataclass(frozen=True)
class BirthdayOf:
    """One person's birthday on one day. ``age``: 周岁 reached that day (by the lunar calendar for a lunar birthday);
    ``nominal``: 虚岁 in words; ``said``: the birthday as the office says it, 农历八月十五 or 9月5日."""

    person: Retiree
    on: date
    age: int
    nominal: str
    said: str
    is_lunar: bool

    @property
    def is_round(self) -> bool:
        """Whether it is a 整寿."""
        return is_round(self.age)


def people_with_birthdays(
    actor: Actor, keys: BirthdayKeys, *, only_round: bool = False, lunar: bool | None = None
) -> RetireeQuerySet:
    """Living people of the actor's scope whose birthday lies in the span of ``keys`` (rules.birthdays), 整寿 only if
    asked, of one calendar if asked. The county's own condition is repeated, so that its index answers behind the row
    policy."""
    people = _there(actor)
    conditions = []
    if lunar is not True:
        solar = Q(birth_round__in=list(keys.solar))
        conditions.append(solar & Q(birth_order__in=round_births(keys)) if only_round else solar)
    if lunar is not False:
        moon = Q(birth_round__in=list(keys.lunar))
        conditions.append(moon & Q(birth_lunar__in=round_lunar_births(keys)) if only_round else moon)
    found = conditions[0]
    for condition in conditions[1:]:
        found |= condition
    return people.filter(found)


def people_without_day(actor: Actor, keys: BirthdayKeys) -> RetireeQuerySet:
    """Living people of whom only the month of birth is known, and it lies in the span: nobody guesses their day."""
    return _there(actor).filter(birth_round__in=keys.months)


def _there(actor: Actor) -> RetireeQuerySet:
    people = Retiree.objects.visible_to(actor).on_register()
    if actor.county_id is not None:
        people = people.filter(county_id=actor.county_id)
    return people


def by_day(people: RetireeQuerySet, keys: BirthdayKeys) -> RetireeQuerySet:
    """In the order of the days on which the birthdays are kept; whoever has two in the span stands at the first."""
    first = [When(birth_round=key, then=Value(min(days).toordinal())) for key, days in _all(keys)]
    place = Case(*first, default=Value(0), output_field=IntegerField())
    return people.annotate(kept_on=place).order_by("kept_on", "birth_order", "pk")


def _all(keys: BirthdayKeys) -> Iterable[tuple[int, list[date]]]:
    yield from keys.solar.items()
    yield from keys.lunar.items()


def birthdays_of(people: Iterable[Retiree], keys: BirthdayKeys) -> list[BirthdayOf]:
    """Each person's birthdays in the span, by day; one of a lunar calendar may come twice in a solar year."""
    found = [birthday_on(person, day) for person in people for day in keys.days(person.birth_round or 0)]
    return sorted(found, key=lambda one: (one.on, not one.is_round, -one.age, one.person.name_sort))


def birthday_on(person: Retiree, on: date) -> BirthdayOf:
    """The person's birthday on a day that ``keys_between`` found for him."""
    birth = person.birth_date
    assert birth is not None, "a birthday without a birth date"
    said = lunar_of(birth)
    if said is not None:
        age, words = LunarDate.of(on).year - said.year, f"农历{said.in_year}"
    else:
        age, words = on.year - birth.year, f"{birth.month}月{birth.day}日"
    return BirthdayOf(person, on, age, nominal_age_words(birth, on), words, said is not None)


def birthdays_between(
    actor: Actor, start: date, end: date, *, only_round: bool = False, limit: int | None = None
) -> list[BirthdayOf]:
    """Birthdays from ``start`` to ``end``, both inclusive, of the living people whom the actor sees."""
    keys = keys_between(start, end)
    people = by_day(people_with_birthdays(actor, keys, only_round=only_round), keys)
    people = people.select_related("county", "unit")
    return birthdays_of(people if limit is None else people[:limit], keys)


def round_count(actor: Actor, start: date, end: date, limit: int) -> int:
    """How many keep a 整寿 in the span, counted up to one more than ``limit``."""
    people = people_with_birthdays(actor, keys_between(start, end), only_round=True)
    return people.order_by().values("pk")[: limit + 1].count()


def birthday_count(actor: Actor, start: date, end: date, limit: int) -> int:
    """How many keep a birthday in the span, counted up to one more than ``limit``."""
    people = people_with_birthdays(actor, keys_between(start, end))
    return people.order_by().values("pk")[: limit + 1].count()


def first_names(birthdays: Sequence[BirthdayOf], most: int = 3) -> str:
    """周一平、王四平等: the first names, for a line that tells a number."""
    names = "、".join(one.person.name for one in birthdays[:most])
    return f"{names}等" if len(birthdays) > most else names
