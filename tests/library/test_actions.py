"""Registering, correcting, replacing, repealing, taking away: what is refused, and what the log and history keep."""

from datetime import date

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from apps.audit.models import Event
from apps.benefits.models import Standard
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.library.actions.clauses import add_clauses, remove_clause, save_clause
from apps.library.actions.papers import remove_paper, repeal_paper, save_paper, withdraw_repeal
from apps.library.actions.supersessions import supersede, undo_supersession
from apps.library.models import Clause, Paper, Supersession
from apps.library.rules import PaperRefused
from tests.factories.city import actor_of
from tests.library.conftest import make_paper

pytestmark = pytest.mark.django_db


@pytest.fixture
def actor(city):
    with scope(actor_of(city.city_clerk)) as found:
        yield found


def told_of(paper):
    return list(
        Event.objects.filter(subject="library.paper", subject_id=str(paper.pk))
        .order_by("at", "summary")
        .values_list("summary", flat=True)
    )


def test_a_paper_is_corrected_once_at_a_time(actor):
    one = make_paper(actor, issued_on=PartialDate(2025, 12))
    assert one.dated == date(2025, 12, 1)
    two = save_paper(paper=one, values={"title": "新标题", "issuer": one.issuer}, version=1, by=actor)
    assert two.version == 2
    with pytest.raises(PaperRefused, match="别人刚修改过"):
        save_paper(paper=one, values={"title": "旧标题"}, version=1, by=actor)
    one.refresh_from_db()
    assert one.title == "新标题"
    assert told_of(one) == [f"登记文件：{one.number}", f"修改文件：{one.number}（标题）"]


def test_a_correction_takes_over_a_shipped_example(actor):
    one = make_paper(actor)
    Paper.objects.filter(pk=one.pk).update(is_example=True)
    assert not save_paper(paper=one, values={"title": "核过的标题"}, version=1, by=actor).is_example


def test_a_number_stands_once_in_an_office(city, actor):
    make_paper(actor)
    with pytest.raises(PaperRefused, match="已经登记"):
        make_paper(actor)
    two = make_paper(actor, "试老干〔2026〕2号")
    with pytest.raises(PaperRefused, match="已经登记"):
        save_paper(paper=two, values={"number": "试老干〔2026〕1号"}, version=1, by=actor)


def test_counties_may_have_the_same_number(city):
    for clerk in (city.city_clerk, city.clerk_a, city.clerk_b):
        with scope(actor_of(clerk)) as actor:
            assert make_paper(actor).county_id == actor.county_id


def test_the_database_refuses_another_office(city):
    with scope(actor_of(city.city_clerk)) as actor:
        of_city = make_paper(actor)
    with scope(actor_of(city.clerk_b)) as actor:
        of_b = make_paper(actor)
    with scope(actor_of(city.clerk_a)):
        assert not Paper.objects.filter(pk__in=[of_city.pk, of_b.pk]).update(title="改")
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Clause.objects.create(paper=of_city, label="第一条", text="x", county=None)
    with (
        scope(actor_of(city.unit_a1)),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
    ):
        Paper.objects.update(title="x")


def test_what_replaces_what(actor):
    old = make_paper(actor, "甲", starts_on=date(2010, 1, 1))
    new = make_paper(actor, "乙", starts_on=date(2020, 1, 1))
    row = supersede(newer=new, older=old, is_whole=True, by=actor)
    with pytest.raises(PaperRefused, match="已经登记"):
        supersede(newer=new, older=old, is_whole=False, by=actor)
    with pytest.raises(PaperRefused, match="不能替代自己"):
        supersede(newer=new, older=new, is_whole=True, by=actor)
    assert told_of(old)[-1] == "登记替代：乙全部替代甲"
    undo_supersession(row=row, by=actor)
    assert not Supersession.objects.exists()
    assert told_of(old)[-1] == told_of(new)[-1] == "撤销替代：乙不再替代甲"


def test_circles_are_refused_by_name(actor):
    day = date(2020, 1, 1)
    one, two, three = (make_paper(actor, name, starts_on=day) for name in ("甲", "乙", "丙"))
    supersede(newer=one, older=two, is_whole=True, by=actor)
    with pytest.raises(PaperRefused, match="乙→甲→乙"):
        supersede(newer=two, older=one, is_whole=False, by=actor)
    supersede(newer=two, older=three, is_whole=False, by=actor)
    with pytest.raises(PaperRefused, match="丙→甲→乙→丙"):
        supersede(newer=three, older=one, is_whole=False, by=actor)
    assert Supersession.objects.count() == 2


def test_a_paper_replaces_none_that_begins_later(actor):
    old = make_paper(actor, "甲", starts_on=date(2020, 1, 2))
    new = make_paper(actor, "乙", starts_on=date(2020, 1, 1))
    with pytest.raises(PaperRefused, match="乙自2020年1月1日施行，早于甲的施行日期2020年1月2日"):
        supersede(newer=new, older=old, is_whole=True, by=actor)
    never = make_paper(actor, "丙", starts_on=None)
    with pytest.raises(PaperRefused, match="丙没有施行日期"):
        supersede(newer=never, older=old, is_whole=True, by=actor)
    same = make_paper(actor, "丁", starts_on=date(2020, 1, 2))
    supersede(newer=same, older=old, is_whole=True, by=actor)


def test_days_cannot_be_changed_behind_a_replacement(actor):
    old = make_paper(actor, "甲", starts_on=date(2010, 1, 1))
    new = make_paper(actor, "乙", starts_on=date(2020, 1, 1))
    supersede(newer=new, older=old, is_whole=True, by=actor)
    for paper, day, told in (
        (new, date(2009, 12, 31), "它替代的文件2010年1月1日才施行"),
        (new, None, "要有施行日期"),
        (old, date(2020, 1, 2), "替代它的文件2020年1月1日已经施行"),
    ):
        with pytest.raises(PaperRefused, match=told):
            save_paper(paper=paper, values={"starts_on": day}, version=1, by=actor)
    save_paper(paper=new, values={"starts_on": date(2010, 1, 1)}, version=1, by=actor)


def test_another_offices_paper_is_not_replaced(city):
    with scope(actor_of(city.clerk_a)) as actor:
        of_a = make_paper(actor, "县字1号", starts_on=date(2020, 1, 1))
    with scope(actor_of(city.city_clerk)) as actor:
        of_city = make_paper(actor, "市字1号", starts_on=date(2021, 1, 1))
        with pytest.raises(PaperRefused, match="县字1号是别的单位登记的"):
            supersede(newer=of_city, older=of_a, is_whole=True, by=actor)


def test_the_city_keeps_a_countys_paper_as_the_countys(city):
    with scope(actor_of(city.clerk_a)) as actor:
        one, two = make_paper(actor, "县字1号"), make_paper(actor, "县字2号")
    with scope(actor_of(city.city_clerk)) as actor:
        clause = save_clause(
            paper=one, clause=None, values={"label": "一", "text": "x", "sort": None}, version=0, by=actor
        )
        row = supersede(newer=two, older=one, is_whole=True, by=actor)
        assert {clause.county_id, row.county_id} == {city.a.pk}


def test_repeal(actor):
    one = make_paper(actor, starts_on=date(2020, 1, 1))
    for day in (date(2020, 1, 1), date(2019, 1, 1)):
        with pytest.raises(PaperRefused, match="在施行日期2020年1月1日之后"):
            repeal_paper(paper=one, ended_on=day, note="试", by=actor)
    assert repeal_paper(paper=one, ended_on=date(2020, 1, 2), note="试决定", by=actor).ended_note == "试决定"
    with pytest.raises(PaperRefused, match="应早于废止日期"):
        save_paper(paper=one, values={"starts_on": date(2020, 1, 2)}, version=2, by=actor)
    with pytest.raises(IntegrityError), transaction.atomic():
        Paper.objects.filter(pk=one.pk).update(starts_on=date(2021, 1, 1))
    assert withdraw_repeal(paper=one, by=actor)
    assert not withdraw_repeal(paper=one, by=actor)
    one.refresh_from_db()
    assert (one.ended_on, one.ended_note) == (None, "")


def test_a_paper_goes_only_while_nothing_points_to_it(actor):
    old = make_paper(actor, "甲", starts_on=date(2010, 1, 1))
    new = make_paper(actor, "乙", starts_on=date(2020, 1, 1))
    row = supersede(newer=new, older=old, is_whole=True, by=actor)
    for paper in (old, new):
        with pytest.raises(PaperRefused, match="替代关系"):
            remove_paper(paper=paper, by=actor)
    undo_supersession(row=row, by=actor)
    add_clauses(paper=old, clauses=[("第一条", "x")], by=actor)
    remove_paper(paper=old, by=actor)
    assert not Paper.objects.filter(pk=old.pk).exists()
    assert told_of(old)[-1] == "删除文件：甲"


def test_a_paper_that_a_standard_rests_on_stays(actor):
    shipped = Paper.objects.get(pk=Standard.objects.values("paper")[:1])
    with pytest.raises(PaperRefused, match="引用"):
        remove_paper(paper=shipped, by=actor)


def test_clauses(actor):
    one = make_paper(actor)
    assert add_clauses(paper=one, clauses=[("第一条", "甲"), ("第二条", "乙")], by=actor) == 2
    with pytest.raises(PaperRefused, match="已有：第二条"):
        add_clauses(paper=one, clauses=[("第二条", "丙"), ("第三条", "丁")], by=actor)
    clause = one.clauses.get(label="第二条")
    typed = {"label": "第二条", "text": "改", "sort": 0}
    changed = save_clause(paper=one, clause=clause, values=typed, version=1, by=actor)
    assert (changed.version, changed.sort) == (2, 0)
    with pytest.raises(PaperRefused, match="别人刚修改过这一条"):
        save_clause(paper=one, clause=clause, values=typed, version=1, by=actor)
    with pytest.raises(PaperRefused, match="已有“第一条”"):
        save_clause(paper=one, clause=clause, values=typed | {"label": "第一条"}, version=2, by=actor)
    new = {"label": "第三条", "text": "丙", "sort": None}
    assert save_clause(paper=one, clause=None, values=new, version=0, by=actor).sort == 2
    remove_clause(clause=clause, by=actor)
    assert list(one.clauses.values_list("label", flat=True)) == ["第一条", "第三条"]
    assert told_of(one)[-1] == f"删除条款：{one.number} 第二条"
