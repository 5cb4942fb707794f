"""When somebody was born, by both calendars and both papers, and how old that makes him."""

from collections.abc import Iterator
from datetime import date

from apps.core.chinese import age_on, format_date
from apps.core.lunar import LunarDate, NoSuchLunarDate, birthday_this_year, lunar_of, nominal_age_words
from apps.core.partial_date import PartialDate
from apps.retirees.models import Retiree
from apps.retirees.views.present import Fact, fact


def birth_facts(person: Retiree, today: date) -> list[Fact]:
    """Birth by archive and by card, the lunar birthday with its solar day this year, 周岁 and 虚岁."""
    birth, card = person.birth_date, person.card_birth_date
    said = lunar_of(birth)
    first = f"{birth}（按{said}填写）" if said else birth
    facts = [fact("出生（档案）", first), fact("出生（身份证）", card)]
    lunar = said or _computed(birth)
    if lunar is not None and lunar.in_year:
        facts.append(fact("农历生日", lunar.in_year if said else f"{lunar.in_year}（由公历推算）"))
        facts.extend(_this_year(lunar, person, today))
    return [*facts, *_ages(person, today)]


def _computed(birth: PartialDate | None) -> LunarDate | None:
    if birth is None or birth.precision != "day":
        return None
    try:
        return LunarDate.of(birth.earliest)
    except NoSuchLunarDate:
        return None


def _this_year(lunar: LunarDate, person: Retiree, today: date) -> Iterator[Fact]:
    found = None if person.died_on else birthday_this_year(lunar, today)
    if found is not None:
        label = "今年农历生日" if found.on.year == today.year else "下一个农历生日"
        note = f"（{found.note}）" if found.note else ""
        yield fact(label, f"公历{format_date(found.on)}{note}")


def _ages(person: Retiree, today: date) -> Iterator[Fact]:
    """By the archive; by the card too where it says another day, or where it alone is known."""
    birth, card = person.birth_date, person.card_birth_date
    label = "享年" if person.died_on else "年龄"
    end = person.died_on.earliest if person.died_on else today
    if birth is not None:
        yield fact(label, f"{_age_words(birth, end)}；按档案出生时间算")
    if card is not None and (birth is None or not birth.agrees_with(card)):
        yield fact(f"{label}（身份证）", f"{_age_words(card, end)}；按身份证出生日期算")


def _age_words(birth: PartialDate, end: date) -> str:
    about = "约" if birth.precision == "year" else ""
    years = f"{about}{age_on(birth.earliest, end)}周岁"
    nominal = nominal_age_words(birth, end)
    return f"{years}，虚岁{nominal}" if nominal else years
