"""Acceptance 1 and 4 in their full size: a thousand rows, three of them wrong; taken back two days later."""

from django.urls import reverse

from apps.core.national_id import check_character
from apps.core.scope import scope
from apps.imports.choices import Verdict
from apps.retirees.actions import edit_retiree, undo_change_set
from apps.retirees.models import ChangeSet, Retiree
from tests.factories.city import make_person
from tests.factories.signed_in import signed_in
from tests.imports.desk import TODAY, person, rows_of, says, staged, table, written

BAD = {
    17: ("出生年月", "1940-13", "birth_date"),
    500: ("离退休类别", "不知道", "category"),
    998: ("身份证号码", "42010619340715999X", "national_id"),
}
"""Position in the file: column, what stands there, field."""
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈", "建国文华志强秀英玉兰"


def name(number: int) -> str:
    """A thousand names, each once."""
    return SURNAMES[number // 100] + GIVEN[number // 10 % 10] + GIVEN[number % 10]


def id_number(number: int) -> str:
    first = f"4201061940{1 + number % 12:02d}15{number:03d}"
    return first + check_character(first)


def a_thousand() -> bytes:
    rows = []
    for number in range(1000):
        values = {
            "身份证号码": id_number(number),
            "出生年月": f"1940-{1 + number % 12:02d}",
            "性别": "女男"[number % 2],
        }
        if number in BAD:
            column, text, _ = BAD[number]
            values[column] = text
        rows.append(person(name(number), **values))
    return table(*rows)


def test_three_bad_rows_in_a_thousand_and_what_is_taken_back(city):
    """Acceptance 1: all three are shown with cell and advice, the good ones go in, nothing else changes. Acceptance 4:
    of what went in, one is edited; taken back later, all others are gone and that one is listed."""
    bystander = make_person(city.clerk_a, city.a1)
    batch = staged(city, a_thousand())
    client = signed_in(city.clerk_a)
    with scope(city.actor(city.clerk_a)):
        bad = [row for row in rows_of(batch) if row.verdict == Verdict.ERROR]
        assert [says(row)["name"] for row in bad] == [name(number) for number in BAD]
        told = {says(row)["name"]: row.issues for row in bad}
        assert not Retiree.objects.exclude(pk=bystander.pk).exists(), (
            "nothing is written before it is confirmed"
        )
    page = client.get(reverse("imports:detail", args=[batch.pk]), {"show": "error"}).content.decode()
    for number, (_, text, field) in BAD.items():
        assert any(issue["field"] == field and issue["message"] for issue in told[name(number)])
        assert name(number) in page
        assert text in page or field == "national_id"
    written(city, batch)
    assert batch.counts["new"] == 997
    with scope(city.actor(city.clerk_a)) as actor:
        bystander.refresh_from_db()
        assert (bystander.version, Retiree.objects.count()) == (1, 998)
        touched = Retiree.objects.get(name=name(5))
        edit_retiree(
            retiree=touched, values={"post": "科长"}, version=touched.version, seen_on=TODAY, by=actor
        )
        undone = undo_change_set(change_set=ChangeSet.objects.get(pk=batch.change_set_id), by=actor)
        assert list(undone.conflicts) == [touched.pk]
        assert set(Retiree.objects.values_list("pk", flat=True)) == {bystander.pk, touched.pk}
    page = client.get(reverse("imports:detail", args=[batch.pk])).content.decode()
    assert "已撤销996人，1人没有撤销" in page
    assert name(5) in client.get(reverse("retirees:changeset", args=[batch.change_set_id])).content.decode()
