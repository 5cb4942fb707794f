"""Sheets that the portal wrote find their people again."""

import pytest

from apps.core.scope import scope
from apps.imports.models import Batch
from apps.retirees.models import Retiree
from apps.retirees.rules.sheet_key import SHEET_KEY_LABEL, sheet_key
from tests.factories.city import make_person
from tests.imports.desk import HEADER, issues, person, rows_of, staged, table, written

KEYED = (*HEADER, SHEET_KEY_LABEL)
NOW = {"出生年月": "1934-07", "参加工作时间": "1955-02", "单位": "", "联系电话": ""}


def row(city, batch: Batch):
    with scope(city.actor(city.clerk_a)):
        return rows_of(batch)[0]


def test_the_key_finds_its_person_without_a_number(city):
    known = make_person(city.clerk_a, city.a1)
    other = make_person(city.clerk_a, city.a1)  # of the same name, month and unit
    same = staged(city, table((*person("邓忠永", **NOW), sheet_key(known.pk)), header=KEYED))
    assert row(city, same).verdict == "same"
    renamed = staged(
        city,
        table((*person("邓忠勇", **NOW | {"联系电话": "13912251394"}), sheet_key(known.pk)), header=KEYED),
    )
    assert (row(city, renamed).verdict, row(city, renamed).target_id) == ("update", known.pk)
    written(city, renamed)
    with scope(city.actor(city.clerk_a)):
        assert Retiree.objects.get(pk=known.pk).name == "邓忠勇"
        assert Retiree.objects.get(pk=other.pk).name == "邓忠永"
        assert Retiree.objects.count() == 2


@pytest.mark.parametrize(
    ("key", "name", "kind"),
    [
        ("R12020-54", "邓忠永", "damaged-key"),
        ("=1+1", "邓忠永", "damaged-key"),
        (sheet_key(987654321), "邓忠永", "unknown-key"),
        ("stranger", "邓忠永", "unknown-key"),
        ("own", "别的人", "key-moved"),
        ("own", "邓忠永", "key-and-number"),
    ],
)
def test_a_key_that_does_not_fit_its_row_is_an_error(city, key, name, kind):
    known = make_person(city.clerk_a, city.a1)
    stranger = make_person(city.clerk_b, city.b1)
    more = {}
    if kind == "key-moved":
        more = {"出生年月": "1950-01"}
    if kind == "key-and-number":
        make_person(city.clerk_a, city.a2, name="另一人", national_id="440524188001010014")
        more = {"身份证号码": "440524188001010014"}
    text = {"own": sheet_key(known.pk), "stranger": sheet_key(stranger.pk)}.get(key, key)
    found = row(city, staged(city, table((*person(name, **NOW | more), text), header=KEYED)))
    assert (found.verdict, f"person_key:{kind}" in issues(found)) == ("error", True)
