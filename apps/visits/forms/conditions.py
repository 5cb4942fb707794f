"""Conditions of the register's list as plans keep them: a query string, read with the office's eyes."""

from django.core.exceptions import ValidationError
from django.http import QueryDict

from apps.jobs.rules import system_actor
from apps.retirees.queries.asked import asked
from apps.visits.queries.rules import OF_OTHER_DAYS

OF_THE_PAGE = ("sort", "view", "by", "page", "after", "before")
"""What an address says about how people are shown, not about who they are."""


def read_conditions(county_id: int | None, typed: str) -> str:
    """Read an address of the list, or its query string, for the office of a county, or with None for the city's.

    Return the query string of what it means. Raises ValidationError for what the list does not understand, or what
    is another day's.
    """
    text = typed.strip()
    text = text.partition("?")[2] if "?" in text else text
    given = QueryDict(text, mutable=True)
    if set(given) & OF_OTHER_DAYS:
        raise ValidationError("条件里有姓名、某一天、变动或导入批次，只适用于查一次；请去掉再用。")
    for name in OF_THE_PAGE:
        given.pop(name, None)
    found = asked(system_actor(county_id), given.urlencode())
    if found.dropped:
        words = "、".join(found.dropped)[:80]
        raise ValidationError(f"看不懂这些条件：{words}。请从人员名册重新复制。")
    return found.query
