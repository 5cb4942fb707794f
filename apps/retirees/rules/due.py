"""What comes next for a person, on plain values: round birthdays and verification."""

from datetime import date

from apps.core.chinese import years_before
from apps.core.partial_date import PartialDate

FIRST_ROUND_AGE = 60
VERIFY_AFTER_YEARS = 1


def next_round_birthday(birth: PartialDate | None, today: date) -> tuple[int, PartialDate] | None:
    """The next 整寿 (60, 70, 80 …) and when it is, as precisely as the birth is known; None without a birth date.

    A birthday known to the month counts until the month is over. Somebody born on 29 February has it on 1 March of
    a common year, as 周岁 are counted.
    """
    if birth is None:
        return None
    age = FIRST_ROUND_AGE
    while (due := _birthday(birth, age)).latest < today:
        age += 10
    return age, due


def _birthday(birth: PartialDate, age: int) -> PartialDate:
    try:
        return PartialDate(birth.year + age, birth.month, birth.day)
    except ValueError:
        return PartialDate(birth.year + age, 3, 1)


def verification_due(verified_on: date | None, today: date) -> bool:
    """Whether a record wants verifying: never verified, or more than twelve months ago."""
    return verified_on is None or verified_on < years_before(today, VERIFY_AFTER_YEARS)
