"""Fields of the bureau's own in rosters: columns by their names, values as the forms take them, nothing lost."""

from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.urls import reverse

from apps.core.scope import scope
from apps.dictionaries.actions import add_term, create_dictionary, switch_term
from apps.imports import actions
from apps.imports.models import Batch, Row
from apps.imports.rules import importers
from apps.retirees.actions.custom import retire_custom_field, save_custom_field
from apps.retirees.models import CustomField, Retiree
from tests.factories.city import actor_of
from tests.factories.signed_in import signed_in
from tests.retirees.test_roster_import import TODAY, commit

HEADERS = ("姓名", "类别", "出生年月", "老战友", "藏书数", "获纪念章时间", "愿意宣讲", "手艺")


@pytest.fixture
def fields(city: Any) -> dict[str, CustomField]:
    with scope(actor_of(city.city_clerk)) as actor:
        hobby = create_dictionary(label="手艺", by=actor)
        for label in ("书法", "象棋"):
            add_term(dictionary=hobby, label=label, by=actor)
        made = {
            "text": {"label": "老战友", "kind": "text", "max_length": 20},
            "number": {"label": "藏书数", "kind": "number", "minimum": 0, "maximum": 999},
            "date": {"label": "获纪念章时间", "kind": "date"},
            "yes_no": {"label": "愿意宣讲", "kind": "yes_no"},
            "choice": {"label": "手艺", "kind": "choice", "dictionary": hobby.code},
        }
        return {kind: save_custom_field(field=None, values=given, by=actor) for kind, given in made.items()}


def sheet(*rows: tuple[Any, ...]) -> bytes:
    book, into = openpyxl.Workbook(), BytesIO()
    for row in (HEADERS, *rows):
        book.active.append(row)
    book.save(into)
    return into.getvalue()


def custom_of(city: Any, name: str) -> dict[str, Any]:
    with scope(actor_of(city.clerk_a)):
        return dict(Retiree.objects.get(name=name).custom)


FIRST = ("张建国", "退休", "1934-07", "王班长", 120, "1985-09", "否", "象棋")


def test_a_roster_fills_them_and_the_same_one_again_changes_nothing(city: Any, fields: Any) -> None:
    batch = commit(city, sheet(FIRST), unit="a1")
    assert batch.counts["new"] == 1
    assert custom_of(city, "张建国") == {
        fields["text"].key: "王班长",
        fields["number"].key: "120",
        fields["date"].key: "1985-09",
        fields["yes_no"].key: False,
        fields["choice"].key: "2",
    }
    assert commit(city, sheet(FIRST), unit="a1").counts.get("same") == 1
    changed = (*FIRST[:3], "李班长", None, "1985.9", "是", "")
    assert commit(city, sheet(changed), unit="a1").counts.get("update") == 1
    stored = custom_of(city, "张建国")
    assert (stored[fields["text"].key], stored[fields["yes_no"].key]) == ("李班长", True)
    assert (stored[fields["number"].key], stored[fields["choice"].key]) == ("120", "2")


def test_what_cannot_be_read_is_told_and_mended(city: Any, fields: Any) -> None:
    wrong = ("赵小山", "退休", "1940-01", "字" * 30, "1000", "去年", "也许", "飞行")
    fine = ("李秀英", "退休", "1941-01", None, "很多", None, None, None)
    batch = upload(city, sheet(wrong, fine))
    with scope(actor_of(city.clerk_a)):
        found = {
            row.number: {issue["field"] for issue in row.issues} for row in Row.objects.filter(batch=batch)
        }
        row = Row.objects.get(batch=batch, number=2)
    assert {field.key for field in fields.values()} <= found[2]
    assert fields["number"].key in found[3]
    client = signed_in(city.clerk_a)
    page = client.get(f"/imports/{batch.pk}/").content.decode()
    assert "手艺“飞行”不认识" in page
    address = f"/imports/{batch.pk}/rows/{row.pk}/{fields['choice'].key}/"
    assert "象棋" in client.get(address).content.decode()
    assert client.post(address, {"do": "fix", "text": "象棋"}).status_code == 302
    with scope(actor_of(city.clerk_a)):
        row.refresh_from_db()
    assert fields["choice"].key not in {issue["field"] for issue in row.issues}
    assert "老战友" in client.get(f"/imports/{batch.pk}/columns/").content.decode()


def test_a_retired_field_is_not_filled(city: Any, fields: Any) -> None:
    with scope(actor_of(city.city_clerk)) as actor:
        retire_custom_field(field=fields["text"], retired=True, by=actor)
    commit(city, sheet(FIRST), unit="a1")
    assert fields["text"].key not in custom_of(city, "张建国")


def test_the_empty_sheet_has_their_columns_and_is_understood(city: Any, fields: Any) -> None:
    with scope(actor_of(city.city_clerk)) as actor:
        switch_term(dictionary=fields["choice"].dictionary, code="1", enabled=False, by=actor)
    content = signed_in(city.clerk_a).post(reverse("imports:template")).content
    book = openpyxl.load_workbook(BytesIO(content))
    head = [cell.value for cell in book["花名册"][1]]
    assert head[-5:] == ["老战友", "藏书数", "获纪念章时间", "愿意宣讲", "手艺"]
    notes = {cell.value: cell.comment.text for cell in book["花名册"][1] if cell.comment}
    assert "数字，0至999。" in notes["藏书数"]
    lists = [[cell.value for cell in column if cell.value] for column in book["选项"].iter_cols()]
    assert ["是", "否"] in lists
    assert ["象棋"] in lists  # 书法 is no longer offered
    row = {
        "姓名": "钱大江",
        "类别": "退休",
        "出生年月": "1934-07",
        "老战友": "王班长",
        "藏书数": "12.5",
        "手艺": "书法",
    }
    for place, label in enumerate(head, start=1):
        book["花名册"].cell(3, place, row.get(label))
    filled = BytesIO()
    book.save(filled)
    commit(city, filled.getvalue(), unit="a1")
    assert custom_of(city, "钱大江") == {
        fields["text"].key: "王班长",
        fields["number"].key: "12.5",
        fields["choice"].key: "1",  # whoever writes it means it
    }


def upload(city: Any, content: bytes) -> Batch:
    """Checked, not yet confirmed."""
    with scope(actor_of(city.clerk_a)) as actor:
        batch = actions.upload_batch(
            kind="roster", file_name="花名册.xlsx", content=content, unit=city.a1, by=actor
        )
        place = actions.place_of(batch.unit)
        reading = actions.read_content(content, importers["roster"], place=place, actor=actor, today=TODAY)
        actions.stage(batch, reading)
    return batch
