"""Fields of the bureau's own: a file that we exported comes back with no difference in them either."""

from typing import Any

import pytest

from apps.core.scope import scope
from apps.exports.models import ExportRequest
from apps.exports.rules import exporters
from apps.jobs.models import Job
from tests.exports.conftest import Ask, made
from tests.exports.test_round_trip import read_back
from tests.factories.city import actor_of, make_person
from tests.retirees.test_custom_import import fields

__all__ = ["fields"]


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_a_sheet_that_was_exported_changes_nothing(city: Any, fields: Any, ask: Ask, format: str) -> None:
    key = {kind: field.key for kind, field in fields.items()}
    given: tuple[dict[str, Any], ...] = (
        {key["text"]: "=1+1", key["number"]: "0", key["date"]: "1985-09 1985.9", key["yes_no"]: False},
        {key["text"]: "'=2", key["number"]: "999", key["date"]: "1985", key["choice"]: "2"},
        {key["text"]: "@王，“班长”", key["number"]: "12.5", key["date"]: "1985-09-03", key["yes_no"]: True},
        {},
    )
    for number, custom in enumerate(given):
        make_person(city.clerk_a, city.a1, name="张甲乙丙丁"[: number + 2], **custom)
    with scope(actor_of(city.clerk_a)) as actor:
        names = [one.name for one in exporters["roster"].columns(actor) if not one.private]
    request = ask(city.clerk_a, *names, format=format)
    rows = [row for row in read_back(city, made(request, city.clerk_a)) if row.verdict != "skipped"]
    assert [(row.verdict, row.before, row.after) for row in rows] == [("same", {}, {})] * len(given)
    with scope(actor_of(city.clerk_a)):
        assert ExportRequest.objects.get().written == len(given)
    assert Job.objects.filter(state="done").exists()
