"""The pages through a browser: what each role may do, what is refused and changes nothing."""

import uuid
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.audit.models import Event
from apps.core import private_files
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.library import rules
from apps.library.actions.files import BUCKET
from apps.library.models import Clause, Paper, Supersession
from tests.factories.city import actor_of
from tests.library.conftest import make_paper

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 text"


def typed(**values):
    given = {
        "number": "试老干[2026]9号",
        "title": "关于走访的通知",
        "issuer": "试老干部局",
        "level": "4",
        "issued_on": "2026年1月",
        "starts_on": "2026-02-01",
        "secrecy": "open",
        "token": uuid.uuid4(),
        "version": "0",
    }
    return given | values


def to(name, row=None):
    return reverse(f"library:{name}", args=[row.pk] if row else [])


@pytest.fixture
def papers(city):
    """Of the city and of each county."""
    found = {}
    for office, clerk in (("city", city.city_clerk), ("a", city.clerk_a), ("b", city.clerk_b)):
        with scope(actor_of(clerk)) as actor:
            found[office] = make_paper(actor, f"{office}字〔2026〕1号")
            Clause.objects.create(
                paper=found[office], county_id=actor.county_id, label="第一条", text=f"{office}的条文"
            )
    return found


def test_who_reads_and_who_keeps(city, papers, sign_in):
    for user in (city.clerk_a, city.chief_a, city.unit_a1, city.leader_a):
        client = sign_in(user)
        text = client.get(to("list")).text
        assert "city字〔2026〕1号" in text
        assert "a字〔2026〕1号" in text
        assert "b字〔2026〕1号" not in text
        assert client.get(to("paper", papers["b"])).status_code == 404
        page = client.get(to("paper", papers["city"]))
        assert "city的条文" in page.text
        assert to("edit", papers["city"]) not in page.text
        keeps = user in (city.clerk_a, city.chief_a)
        assert (to("edit", papers["a"]) in client.get(to("paper", papers["a"])).text) == keeps
        assert client.get(to("create")).status_code == (200 if keeps else 403)
        assert client.get(to("edit", papers["city"])).status_code == 403
    for user in (city.city_clerk, city.leader):
        assert "b字〔2026〕1号" in sign_in(user).get(to("list")).text
    assert sign_in(city.system_admin).get(to("list")).status_code == 403


def test_a_county_registers_a_paper_once(city, sign_in):
    client = sign_in(city.clerk_a)
    assert client.get(to("create")).status_code == 200
    sent = typed()
    assert client.post(to("create"), sent).status_code == 302
    assert client.post(to("create"), sent).status_code == 302, "a double click"
    again = client.post(to("create"), typed())
    assert again.status_code == 422
    assert "文号试老干〔2026〕9号已经登记" in again.text
    with scope(system_actor()):
        (one,) = Paper.objects.filter(county=city.a)
    assert (one.number, str(one.issued_on), one.starts_on) == (
        "试老干〔2026〕9号",
        "2026年1月",
        date(2026, 2, 1),
    )
    page = client.get(to("paper", one)).text
    assert "有效，自2026年2月1日施行" in page
    assert "登记文件：试老干〔2026〕9号" in page


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"number": ""}, "请填写文号"),
        ({"title": " "}, "请填写标题"),
        ({"issuer": ""}, "请填写发文机关"),
        ({"level": "9"}, "层级"),
        ({"secrecy": "secret"}, "公开属性"),
        ({"starts_on": "2026-13-01"}, "施行日期"),
        ({"starts_on": "0206-01-01"}, "年份不对"),
        ({"issued_on": "去年"}, "发文日期"),
        ({"title": "长" * 201}, "标题"),
        ({"summary": "机密★10年 关于走访"}, "密级"),
        ({"number": "甲\x00"}, "文号"),
        ({"token": "x"}, "已过期，请刷新后再填"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(city, sign_in, wrong, told):
    answer = sign_in(city.clerk_a).post(to("create"), typed(**wrong))
    assert answer.status_code == 422
    assert told in answer.text
    with scope(system_actor()):
        assert not Paper.objects.filter(county=city.a).exists()


def test_the_second_of_two_edits_is_refused(city, papers, sign_in):
    client = sign_in(city.clerk_a)
    address = to("edit", papers["a"])
    assert 'name="version" value="1"' in client.get(address).text
    assert client.post(address, typed(version="1", title="先存的")).status_code == 302
    late = client.post(address, typed(version="1", title="后存的"))
    assert late.status_code == 422
    assert "别人刚修改过这份文件" in late.text
    with scope(system_actor()):
        assert Paper.objects.get(pk=papers["a"].pk).title == "先存的"
    assert sign_in(city.clerk_b).post(address, typed(version="2")).status_code == 404


def test_pasted_clauses_and_their_anchors(city, papers, sign_in):
    client = sign_in(city.clerk_a)
    address = to("clauses-paste", papers["a"])
    sent = {"text": "第二条 甲\n（一）乙\n第三条 丙", "token": uuid.uuid4()}
    assert client.get(address).status_code == 200
    assert client.post(address, sent).status_code == 302
    assert client.post(address, sent).status_code == 302, "a double click"
    wrong = client.post(address, {"text": "前言\n第四条 甲", "token": uuid.uuid4()})
    assert wrong.status_code == 422
    assert "第1行“前言”不在任何一条里" in wrong.text
    again = client.post(address, {"text": "第三条 丙", "token": uuid.uuid4()})
    assert "这份文件已有：第三条" in again.text
    with scope(system_actor()):
        rows = list(papers["a"].clauses.order_by("sort", "pk"))
    assert [row.label for row in rows] == ["第一条", "第二条", "第二条（一）", "第三条"]
    page = client.get(to("paper", papers["a"])).text
    assert all(f'id="clause-{row.pk}"' in page and f'href="#clause-{row.pk}"' in page for row in rows)


def test_a_clause_is_changed_and_removed(city, papers, sign_in):
    client = sign_in(city.clerk_a)
    with scope(system_actor()):
        clause, of_city, of_b = (papers[office].clauses.get() for office in ("a", "city", "b"))
    sent = {"label": "第一条", "text": "新条文", "sort": "3", "token": uuid.uuid4(), "version": "1"}
    assert client.post(to("clause-edit", clause), sent | {"text": ""}).status_code == 422
    assert client.post(to("clause-edit", clause), sent).status_code == 302
    late = client.post(to("clause-edit", clause), sent | {"token": uuid.uuid4()})
    assert "别人刚修改过这一条" in late.text
    for row, status in ((of_city, 403), (of_b, 404)):
        assert client.post(to("clause-edit", row), sent).status_code == status
        assert client.post(to("clause-remove", row)).status_code == status
    assert "新条文" in client.get(to("clause-remove", clause)).text
    assert client.post(to("clause-remove", clause)).status_code == 302
    with scope(system_actor()):
        assert not papers["a"].clauses.exists()
        assert of_city.paper.clauses.exists()


def test_replacing_and_taking_it_back(city, papers, sign_in):
    client = sign_in(city.clerk_a)
    with scope(actor_of(city.clerk_a)) as actor:
        old = make_paper(actor, "a字〔2010〕1号", starts_on=date(2010, 1, 1))
    address = to("supersede", papers["a"])
    sent = {"older": old.pk, "extent": "whole", "note": "", "token": uuid.uuid4()}
    assert "a字〔2010〕1号" in client.get(address).text
    for wrong in (
        {"older": papers["city"].pk},
        {"older": papers["b"].pk},
        {"extent": ""},
        {"extent": "part"},
    ):
        assert client.post(address, sent | wrong | {"token": uuid.uuid4()}).status_code == 422, wrong
    assert client.post(address, sent).status_code == 302
    assert client.post(address, sent).status_code in (302, 422), "a double click"
    assert "被a字〔2026〕1号全部替代，自2026年1月1日" in client.get(to("paper", old)).text
    circle = client.post(to("supersede", old), sent | {"older": papers["a"].pk, "token": uuid.uuid4()})
    assert circle.status_code == 422
    assert "a字〔2010〕1号→a字〔2026〕1号→a字〔2010〕1号" in circle.text
    with scope(system_actor()):
        row = Supersession.objects.get()
    assert client.post(to("remove", old)).status_code == 302
    assert "请先撤销替代再删除" in client.get(to("paper", old)).text
    assert sign_in(city.clerk_b).post(to("supersession-undo", row)).status_code == 404
    assert sign_in(city.unit_a1).post(to("supersession-undo", row)).status_code == 403
    assert client.get(to("supersession-undo", row)).status_code == 200
    assert client.post(to("supersession-undo", row)).status_code == 302
    assert "有效，自2010年1月1日施行" in client.get(to("paper", old)).text
    assert client.post(to("remove", old)).status_code == 302
    assert client.get(to("paper", old)).status_code == 404


def test_repeal_and_taking_it_back(city, papers, sign_in):
    client = sign_in(city.clerk_a)
    sent = {"ended_on": "2026-03-01", "ended_note": "局务会议"}
    for wrong in ({"ended_on": "2026-01-01"}, {"ended_on": ""}, {"ended_note": ""}):
        assert client.post(to("repeal", papers["a"]), sent | wrong).status_code == 422, wrong
    assert client.post(to("repeal", papers["a"]), sent).status_code == 302
    assert "已废止，自2026年3月1日" in client.get(to("paper", papers["a"])).text
    assert client.post(to("unrepeal", papers["a"])).status_code == 302
    assert "有效，自2026年1月1日施行" in client.get(to("paper", papers["a"])).text


def test_the_list_of_a_day(city, papers, sign_in):
    client = sign_in(city.clerk_a)
    shown = {
        query: "a字〔2026〕1号" in client.get(f"{to('list')}?{query}").text
        for query in (
            "validity=in_force",
            "validity=in_force&on=2025-12-31",
            "validity=not_yet&on=2025-12-31",
            "office=city",
            f"office={city.a.pk}",
            "level=3&q=a字",
            "level=1",
            "q=a的条文",
            "q=没有这几个字",
        )
    }
    assert list(shown.values()) == [True, False, True, False, True, True, False, True, False]
    for query in ("x=1", "validity=x", "level=9", f"office={city.b.pk}", "on=x", "q=%00"):
        assert client.get(f"{to('list')}?{query}").status_code == 400, query
    assert client.get(f"{to('list')}?page=9").status_code == 404


def test_pages_of_a_long_list(city, sign_in):
    with scope(actor_of(city.clerk_a)) as actor:
        Paper.objects.bulk_create(
            Paper(number=f"{place:03}号", title="x", issuer="x", level="4", county_id=actor.county_id)
            for place in range(120)
        )
    client = sign_in(city.clerk_a)
    seen, query = [], f"office={city.a.pk}"
    while query:
        listed = client.get(f"{to('list')}?{query}").context["listed"]
        seen += [row.number for row in listed.rows]
        query = listed.next
    assert seen == [f"{place:03}号" for place in reversed(range(120))]


def test_the_file_of_a_paper(city, papers, sign_in):
    client, one = sign_in(city.clerk_a), papers["a"]

    def upload(name="通知.pdf", content=PDF):
        sent = {"file": SimpleUploadedFile(name, content), "token": uuid.uuid4()}
        return client.post(to("file-add", one), sent)

    for name, content in (("通知.pdf", b""), ("通知.pdf", b"MZ..."), ("机密★10年.pdf", PDF)):
        assert upload(name, content).status_code == 422, name
    assert client.post(to("file-add", one), {"token": uuid.uuid4()}).status_code == 422
    assert sign_in(city.clerk_a).post(to("file-download", one)).status_code == 404, "none yet"
    assert upload("通知.doc").status_code == 302
    for user, status in ((city.unit_a1, 200), (city.leader_a, 200), (city.leader, 200), (city.clerk_b, 404)):
        answer = sign_in(user).post(to("file-download", one))
        assert answer.status_code == status, user
        if status == 200:
            assert answer.content == PDF
            assert "attachment" in answer["Content-Disposition"]
    with scope(system_actor()):
        kept = Paper.objects.get(pk=one.pk)
        assert kept.file_name == "通知.pdf"
    with scope(actor_of(city.city_clerk)):
        assert Event.objects.filter(kind="download", subject_id=str(one.pk)).count() == 3
    assert sign_in(city.unit_a1).post(to("file-drop", one)).status_code == 403
    assert client.post(to("file-drop", one)).status_code == 302
    assert private_files.read(BUCKET, kept.file_ref) == PDF, "until the sweep"
    with scope(system_actor()):
        assert not Paper.objects.get(pk=one.pk).file_ref


def test_the_sweep_takes_what_no_paper_names(city, papers, sign_in, monkeypatch):
    monkeypatch.setattr(private_files, "ORPHAN_SECONDS", -60)
    client = sign_in(city.clerk_a)
    names = []
    for content in (PDF, PDF + b"2"):
        sent = {"file": SimpleUploadedFile("通知.pdf", content), "token": uuid.uuid4()}
        assert client.post(to("file-add", papers["a"]), sent).status_code == 302
        with scope(system_actor()):
            names.append(Paper.objects.get(pk=papers["a"].pk).file_ref)
    with scope(system_actor()):
        private_files.sweep(BUCKET)
    assert private_files.read(BUCKET, names[1]) == PDF + b"2"
    with pytest.raises(private_files.FileGone):
        private_files.read(BUCKET, names[0])


def test_a_file_that_is_gone_is_said(city, papers, sign_in):
    with scope(system_actor()):
        Paper.objects.filter(pk=papers["a"].pk).update(file_ref="0" * 64, file_name="通知.pdf")
    client = sign_in(city.clerk_a)
    answer = client.post(to("file-download", papers["a"]), follow=True)
    assert "已不在服务器上或已损坏" in answer.text


def test_what_rests_on_a_paper_is_shown(city, papers, sign_in, monkeypatch):
    monkeypatch.setattr(rules, "_parts", [])
    rules.register_paper_part(
        lambda paper, actor: rules.PaperPart(
            "标准依据此文件", [rules.PaperLine("护理费", "/x/", f"{paper.number} {actor.name}")], ""
        )
    )
    rules.register_paper_part(lambda paper, actor: rules.PaperPart("另一块", [], "没有依据它的"))
    text = sign_in(city.leader_a).get(to("paper", papers["a"])).text
    assert "标准依据此文件" in text
    assert '<a href="/x/">护理费</a>' in text
    assert "a字〔2026〕1号 试leader_a" in text
    assert "没有依据它的" in text
