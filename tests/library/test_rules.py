"""What a paper is worth on each day around its limits, in Python and in SQL alike; circles; where clauses begin."""

from datetime import date, timedelta
from itertools import product

import pytest

from apps.core.scope import scope
from apps.library.choices import Validity
from apps.library.models import Clause, Paper, Supersession
from apps.library.queries import papers_under, replacements_of, with_validity
from apps.library.rules import (
    PaperRefused,
    Replacement,
    circle,
    split_clauses,
    validity_on,
    validity_words,
)
from tests.factories.city import actor_of
from tests.library.conftest import make_paper

DAY = date(2017, 7, 1)
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)
STARTS = DAY - timedelta(days=900)


@pytest.mark.parametrize(
    ("day", "given", "expected"),
    [
        (BEFORE, {"starts_on": DAY}, Validity.NOT_YET),
        (DAY, {"starts_on": DAY}, Validity.IN_FORCE),
        (date(1900, 1, 1), {"starts_on": None}, Validity.IN_FORCE),
        (BEFORE, {"ended_on": DAY}, Validity.IN_FORCE),
        (DAY, {"ended_on": DAY}, Validity.REPEALED),
        (BEFORE, {"replaced_by": [Replacement(DAY, True)]}, Validity.IN_FORCE),
        (DAY, {"replaced_by": [Replacement(DAY, True)]}, Validity.REPLACED),
        (DAY, {"replaced_by": [Replacement(DAY, False)]}, Validity.PARTLY),
        (DAY, {"replaced_by": [Replacement(DAY, False), Replacement(AFTER, True)]}, Validity.PARTLY),
        (AFTER, {"replaced_by": [Replacement(DAY, False), Replacement(AFTER, True)]}, Validity.REPLACED),
        (DAY, {"ended_on": DAY, "replaced_by": [Replacement(DAY, True)]}, Validity.REPEALED),
        (BEFORE, {"starts_on": DAY, "replaced_by": [Replacement(BEFORE, False)]}, Validity.NOT_YET),
    ],
)
def test_validity_on_each_day(day, given, expected):
    assert validity_on(day, **{"starts_on": STARTS, "ended_on": None} | given) == expected


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "有效，自2015年1月13日施行"),
        ({"starts_on": None}, "有效"),
        ({"starts_on": AFTER}, "尚未施行，自2017年7月2日施行"),
        ({"ended_on": DAY}, "已废止，自2017年7月1日"),
        ({"replaced_by": [Replacement(DAY, True, "甲")]}, "被甲全部替代，自2017年7月1日"),
        (
            {"replaced_by": [Replacement(AFTER, True, "甲"), Replacement(DAY, False, "乙")]},
            "有效，但被乙部分替代，自2017年7月1日",
        ),
    ],
)
def test_validity_in_words(given, words):
    assert validity_words(DAY, **{"starts_on": STARTS, "ended_on": None} | given) == words


@pytest.mark.django_db
def test_lists_and_pages_say_the_same_of_each_day(city):
    """The list asks the database, the page asks the rule."""
    days = (None, BEFORE, DAY, AFTER)
    with scope(actor_of(city.city_clerk)) as actor:
        for starts, ended, newer, whole in product(days, days, days, (False, True)):
            if starts and ended and ended <= starts:
                continue
            row = Paper.objects.create(
                number=f"{starts}{ended}{newer}{whole}", title="x", issuer="x", level="3", starts_on=starts,
                ended_on=ended,
            )  # fmt: skip
            if newer:
                by = Paper.objects.create(
                    number=f"新{row.number}", title="x", issuer="x", level="3", starts_on=newer
                )
                Supersession.objects.create(newer=by, older=row, is_whole=whole)
        for day in (BEFORE, DAY, AFTER):
            rows = list(with_validity(Paper.objects.all(), day).prefetch_related("replaced_by__newer"))
            assert len(rows) > 50
            for row in rows:
                told = validity_on(
                    day,
                    starts_on=row.starts_on,
                    ended_on=row.ended_on,
                    replaced_by=replacements_of(row.replaced_by.all()),
                )
                assert row.validity == told, (row, day)
        assert papers_under(actor, {"validity": "replaced"}, DAY).exists()


def test_circles():
    assert circle(1, 2, {}) == []
    assert circle(1, 2, {2: [3], 3: [4]}) == []
    assert circle(1, 2, {2: [1]}) == [2, 1]
    assert circle(1, 2, {2: [3, 5], 3: [4], 4: [1]}) == [2, 3, 4, 1]
    assert circle(1, 1, {}) == [1]


def test_where_clauses_begin():
    text = """
    第一章　总则
    第一条　为做好工作，
    制定本办法。
    第二条 对象：
    （一）离休干部；
    （二）退休干部。
    第十条之一 其他。
    一、要求
    (1)要快
    """
    assert split_clauses(text) == [
        ("第一条", "为做好工作，\n制定本办法。"),
        ("第二条", "对象："),
        ("第二条（一）", "离休干部；"),
        ("第二条（二）", "退休干部。"),
        ("第十条之一", "其他。"),
        ("一", "要求"),
        ("一（1）", "要快"),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("关于走访的通知\n第一条 甲", "第1行“关于走访的通知”不在任何一条里"),
        ("第一条 甲\n第一条 乙", "“第一条”出现了两次"),
        ("第一条 甲\n第二条", "“第二条”没有条文"),
        (f"第一条 {'长' * 4001}", "“第一条”超过4000字"),
        ("\n".join(f"{number}、甲" for number in range(301)), "一次最多300条"),
    ],
)
def test_clauses_that_cannot_be(text, told):
    with pytest.raises(PaperRefused, match=told):
        split_clauses(text)


@pytest.mark.django_db
def test_words_of_the_list(city):
    with scope(actor_of(city.city_clerk)) as actor:
        one = make_paper(actor, "试字〔2026〕7号", summary="走访")
        Clause.objects.create(paper=one, label="第一条", text="离休干部每季度看望")
        two = make_paper(actor, "试字〔2026〕8号", summary="走访100%")
        found = {
            words: set(papers_under(actor, {"q": words}, DAY).values_list("pk", flat=True))
            for words in ("走访 试字", "走访　季度", "季度 100%", "%", "〔2026〕8号")
        }
    assert found == {
        "走访 试字": {one.pk, two.pk},
        "走访　季度": {one.pk},
        "季度 100%": set(),
        "%": {two.pk},
        "〔2026〕8号": {two.pk},
    }
