"""Model fields of the small types."""

import functools
from typing import TYPE_CHECKING, Any

from django.db import models

from apps.core.partial_date import PartialDate

if (
    TYPE_CHECKING
):  # what is assigned and what is read differ from a text's; Django's classes take no types at run time
    _Text = models.CharField[PartialDate | str | None, PartialDate | None]
else:
    _Text = models.CharField


class PartialDateField(_Text):
    """A date of which the day, or the month and the day, may be unknown.

    Stored as text, ``1924-07`` or ``1924-07-15``, and behind a space what was typed when it read otherwise:
    the text sorts and compares by its earliest day (the column has the "C" collation; a space sorts before "-").
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 60)
        kwargs.setdefault("db_collation", "C")
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _PartialDateAttribute(self.attname))

    def get_prep_value(self, value: Any) -> str:
        return encode(value) if isinstance(value, PartialDate) else super().get_prep_value(value or "")

    def value_to_string(self, obj: models.Model) -> str:
        return self.get_prep_value(self.value_from_object(obj))


class _PartialDateAttribute:
    """Reads the stored text as a PartialDate, or None where nothing is known."""

    def __init__(self, attname: str) -> None:
        self.attname = attname

    def __get__(self, instance: models.Model | None, owner: type | None = None) -> Any:
        if instance is None:
            return self
        if self.attname not in instance.__dict__:
            instance.refresh_from_db(fields=[self.attname])
        value = instance.__dict__[self.attname]
        return decode(value) if isinstance(value, str) else value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.attname] = value


def encode(value: PartialDate | None) -> str:
    """Stored text of a partial date."""
    if value is None:
        return ""
    iso = value.iso()
    raw = value.raw.strip()
    return iso if not raw or raw == iso else f"{iso} {raw}"[:60]


@functools.lru_cache(maxsize=65_536)
def decode(text: str) -> PartialDate | None:
    """PartialDate of a stored text; None for the empty text."""
    if not text:
        return None
    iso, _, raw = text.partition(" ")
    value = PartialDate.from_iso(iso)
    return PartialDate(value.year, value.month, value.day, raw=raw)


@models.CharField.register_lookup
@models.TextField.register_lookup
class Begins(models.Lookup):
    """``name__begins="张"``: as ``startswith``, but by an operator that PostgreSQL trusts behind a row policy.

    LIKE is not leakproof, so that under a policy no index can answer it: at a million people a name took a second.
    ``^@`` is, and B-trees answer it where the column has the "C" collation or the pattern operator class.
    """

    lookup_name = "begins"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, left_values = self.process_lhs(compiler, connection)
        right, right_values = self.process_rhs(compiler, connection)
        return f"{left} ^@ {right}", [*left_values, *right_values]


@models.Field.register_lookup
@models.ForeignObject.register_lookup
class Among(models.Lookup):
    """``pk__among=keys``: as ``in``, with the keys as one array. With ``in`` each of two thousand keys is a parameter
    that is resolved, checked, found in the text of the statement and written into it on its own."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, left_values = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s)", [*left_values, list(self.rhs)]


class EarliestDay(models.Func):
    """SQL for the earliest day of a stored partial date, usable in a generated column."""

    output_field = models.DateField()
    template = (
        "CASE WHEN %(expressions)s = '' THEN NULL ELSE make_date("
        "substr(%(expressions)s, 1, 4)::int,"
        " CASE WHEN substr(%(expressions)s, 5, 1) = '-' THEN substr(%(expressions)s, 6, 2)::int ELSE 1 END,"
        " CASE WHEN substr(%(expressions)s, 8, 1) = '-' THEN substr(%(expressions)s, 9, 2)::int ELSE 1 END) END"
    )


class BirthdayNumber(models.Func):
    """SQL for the number of a birthday, the same every year: 905 for 5 September, 900 for a September without a day,
    10815 for lunar 八月十五, 20505 for a leap 五月初五; NULL where no month is known. Of a stored partial date and a
    lunar code (apps/core/lunar.py), usable in a generated column."""

    output_field = models.IntegerField()

    def as_sql(
        self,
        compiler: Any,
        connection: Any,
        function: str | None = None,
        template: str | None = None,
        arg_joiner: str | None = None,
        **extra_context: Any,
    ) -> tuple[str, Any]:
        (birth, _), (lunar, _) = (compiler.compile(each) for each in self.get_source_expressions())

        def number(column: str, place: int) -> str:
            return f"coalesce(nullif(substr({column}, {place}, 2), ''), '0')::int"

        leap = f"20000 + {number(lunar, 7)} * 100 + {number(lunar, 10)}"
        plain = f"10000 + {number(lunar, 6)} * 100 + {number(lunar, 9)}"
        day = f"CASE WHEN substr({birth}, 8, 1) = '-' THEN {number(birth, 9)} ELSE 0 END"
        sql = (
            f"CASE WHEN {lunar} <> '' THEN CASE WHEN length({lunar}) < 7 THEN NULL"
            f" WHEN substr({lunar}, 6, 1) = 'L' THEN {leap} ELSE {plain} END"
            f" WHEN substr({birth}, 5, 1) = '-' THEN {number(birth, 6)} * 100 + {day} END"
        )
        return sql, []
