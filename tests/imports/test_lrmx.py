"""任免审批表 files, built here of invented people."""

import base64
import io
import zipfile

import pytest
from defusedxml.ElementTree import fromstring
from django.urls import reverse
from PIL import Image

from apps.audit.models import Event
from apps.core import private_files
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.exports.actions import decide_request
from apps.exports.models import ExportRequest
from apps.imports import actions
from apps.imports.choices import Mode
from apps.imports.queries import contents_of
from apps.imports.reading.refusals import Refused
from apps.imports.reading.sheets import read_file
from apps.imports.rules import importers
from apps.retirees.actions import undo_change_set
from apps.retirees.actions.portrait import set_portrait
from apps.retirees.importers.dossier import write_dossiers
from apps.retirees.models import CareerEntry, ChangeSet, FamilyMember, Honour, Portrait, Retiree
from tests.exports.conftest import made
from tests.factories.city import make_person
from tests.factories.signed_in import signed_in
from tests.imports.desk import TODAY, issues, rows_of, says, staged, written

NUMBER = "440524188001010014"


def lrmx(name: str = "甲一", version: str = "3.2.1.6", bom: bool = True, **values: str) -> bytes:
    """A form with the elements that matter; the rest empty, as editors write it."""
    fields = {
        "XingMing": name,
        "XingBie": "男",
        "ChuShengNianYue": "193805",
        "MinZu": "汉族",
        "JiGuan": "湖北麻城",
        "ChuShengDi": "湖北麻城",
        "RuDangShiJian": "195907",
        "CanJiaGongZuoShiJian": "195609",
        "JianKangZhuangKuang": "健康",
        "QuanRiZhiJiaoYu_XueLi": "高中",
        "ZaiZhiJiaoYu_XueLi": "大专",
        "XianRenZhiWu": "南岭财政局局长",
        "JianLi": "1956.09--1970.03  某县农机厂工人\r\n1970.03--1998.06  南岭财政局干部、局长\r\n（其间：在党校学习）",
        "NiRenZhiWu": "",
        "ShenFenZheng": "",
        "ZhaoPian": base64.b64encode(b"no picture").decode(),
        "Version": version,
    } | values
    inside = "".join(f"<{key}>{value}</{key}>" for key, value in fields.items())
    family = (
        "<JiaTingChengYuan><Item><ChengWei>妻子</ChengWei><XingMing>乙二</XingMing><ChuShengRiQi>194002</ChuShengRiQi>"
        "<ZhengZhiMianMao>群众</ZhengZhiMianMao><GongZuoDanWeiJiZhiWu>退休</GongZuoDanWeiJiZhiWu></Item>"
        "<Item><ChengWei></ChengWei><XingMing></XingMing></Item></JiaTingChengYuan>"
    )
    text = f'<?xml version="1.0" encoding="utf-8"?>\r\n<Person>{inside}{family}</Person>'
    return (b"\xef\xbb\xbf" if bom else b"") + text.encode()


def picture(kind: str = "JPEG") -> str:
    made = io.BytesIO()
    Image.new("RGB", (300, 420), "navy").save(made, kind)
    return base64.b64encode(made.getvalue()).decode()


def zipped(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.lrmx", content)
    return made.getvalue()


def test_a_single_form_completes_the_known_person(city):
    known = make_person(city.clerk_a, city.a1, name="甲一", national_id=NUMBER)
    batch = staged(city, lrmx(ShenFenZheng=NUMBER, ChuShengNianYue="193407"))
    with scope(city.actor(city.clerk_a)):
        row = rows_of(batch)[0]
        assert (row.verdict, row.target_id) == ("update", known.pk), row.issues
    written(city, batch)
    with scope(city.actor(city.clerk_a)):
        person = Retiree.objects.get(pk=known.pk)
        assert (person.native_place, person.joined_party_on.iso()) == ("湖北麻城", "1959-07")
        lines = list(CareerEntry.objects.filter(retiree=person))
        assert [line.from_on.iso() for line in lines] == ["1956-09", "1970-03"]
        assert lines[1].note == "南岭财政局干部、局长 （其间：在党校学习）"
        member = FamilyMember.objects.get(retiree=person)
        assert (member.name, member.relation, member.birth_date.iso()) == ("乙二", "spouse", "1940-02")
    again = staged(city, lrmx(ShenFenZheng=NUMBER, ChuShengNianYue="193407"))
    with scope(city.actor(city.clerk_a)):
        assert rows_of(again)[0].verdict == "same"


def test_a_zip_of_forms_is_a_batch_and_namesakes_are_not_matched_by_name(city):
    make_person(city.clerk_a, city.a2, name="甲一")
    content = zipped(one=lrmx("甲一"), two=lrmx("丙三", bom=False, version="3.2.1.16"))
    batch = staged(city, content)
    with scope(city.actor(city.clerk_a)):
        rows = rows_of(batch)
        assert [says(row)["name"] for row in rows] == ["甲一", "丙三"]
        assert [row.target_id for row in rows] == [None, None]
        assert all("category:required" in issues(row) for row in rows)


@pytest.mark.parametrize(
    ("typed", "joined", "party"),
    [
        ("198507", "1985-07", "中共党员"),
        ("19850712", "1985-07-12", "中共党员"),
        ("198500", "1985", "中共党员"),
        ("2004.10.24", "2004.10.24", "中共党员"),
        ("198507；民盟", "1985-07", "民盟"),
        ("民盟", None, "民盟"),
        ("", None, None),
    ],
)
def test_the_day_of_joining_a_party_is_read_in_all_its_forms(tmp_path, typed, joined, party):
    path = tmp_path / "form"
    path.write_bytes(lrmx(RuDangShiJian=typed))
    row = dict(zip(*(row.cells for row in read_file(path).sheets[0].rows), strict=False))
    assert (row["入党时间"], row["政治面貌"]) == (joined, party)


def test_a_chinese_encoding_is_read(tmp_path):
    path = tmp_path / "form"
    text = lrmx(bom=False).decode().replace('encoding="utf-8"', 'encoding="gb2312"')
    path.write_bytes(text.encode("gb18030"))
    assert read_file(path).sheets[0].rows[1].cells[0] == "甲一"


ENTITY = b'<?xml version="1.0"?><!DOCTYPE Person [<!ENTITY x SYSTEM "file:///etc/passwd">]><Person><XingMing>&x;</XingMing></Person>'


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (ENTITY, "dtd"),
        (b"<Person><XingMing>", "bad-form"),
        (b"<Person xmlns='x'/>", "bad-form"),
        (zipped(one=ENTITY), "dtd"),
        (zipped(**{"../one": lrmx()}), "bad-name"),
        (zipped(one=b"<Person>" + b" " * 3_900_000 + b"</Person>"), "zip-bomb"),
        (zipped(**{f"n{number}": b"<Person/>" for number in range(201)}), "too-many-entries"),
    ],
)
def test_hostile_forms_are_refused(tmp_path, content, code):
    path = tmp_path / "form"
    path.write_bytes(content)
    with pytest.raises(Refused) as refusal:
        read_file(path)
    assert refusal.value.code == code


def test_the_form_goes_out_with_a_reason_and_comes_back_unchanged(city):
    known = make_person(
        city.clerk_a,
        city.a1,
        national_id=NUMBER,
        name="甲一",
        political="01",
        joined_party_on=PartialDate(1959, 7),
        post="局长 & <科长>",
        birthplace="湖北红安",
        speciality="书法",
    )
    with scope(city.actor(city.clerk_a)) as actor:
        picture = io.BytesIO()
        Image.new("RGB", (300, 420), "navy").save(picture, "PNG")
        set_portrait(retiree=known, content=picture.getvalue(), by=actor)
        Honour.objects.create(**known.row_keys(), name="2019年获颁纪念章")
        write_dossiers(
            {
                known.pk: {
                    "career": "1956.09--1970.03  农机厂\n1970.03--至今  局长",
                    "family": "妻子|乙二|1940-02|党员|退休\n邻居|丙三||某某|",
                }
            }
        )
    client, url = signed_in(city.clerk_a), reverse("retirees:lrmx", args=[known.pk])
    token = "00000000-0000-4000-8000-0000000000"
    wanted = {"reason": "核对档案资料", "token": f"{token}01", "private": "plain"}
    for wrong in ({"reason": ""}, {"reason": "自己编的"}, {"token": "x"}, {"private": "x"}):
        assert client.post(url, wanted | wrong).status_code == 422
    with scope(city.actor(city.clerk_a)):
        assert not ExportRequest.objects.exists()
    for _ in range(2):
        assert client.post(url, wanted).status_code == 302
    with scope(city.actor(city.clerk_a)):
        request = ExportRequest.objects.get()
    assert (request.state, request.needs) == ("waiting", "含核心个人信息原文（身份证号）")
    with scope(city.actor(city.chief_a)) as actor:
        decide_request(request=request, agree=True, words="", label="名册", by=actor)
    content = made(request, city.clerk_a)
    assert client.post(url, {"reason": "核对档案资料", "token": f"{token}02"}).status_code == 302
    with scope(city.actor(city.clerk_a)):
        bare = ExportRequest.objects.get(mask="masked")
        assert bare.needs == ""
    assert fromstring(made(bare, city.clerk_a)).findtext("ShenFenZheng") == ""
    assert signed_in(city.leader_a).get(url).status_code == 403
    assert signed_in(city.clerk_b).get(url).status_code == 404
    with scope(city.actor(city.clerk_a)):
        assert Event.objects.filter(kind="export", reason="核对档案资料").count() == 4
    root = fromstring(content)
    assert root.findtext("ShenFenZheng") == NUMBER
    assert len(root) == 34
    assert root.findtext("RuDangShiJian") == "195907"
    assert (root.findtext("ChuShengDi"), root.findtext("ShuXiZhuanYeYouHeZhuanChang")) == ("湖北红安", "书法")
    assert root.findtext("JianLi").split("\r\n")[1].startswith("1970.03--")
    first, other = root.findall("JiaTingChengYuan/Item")
    assert (first.findtext("ChengWei"), first.findtext("ZhengZhiMianMao")) == ("妻子", "中共党员")
    assert (other.findtext("ChengWei"), other.findtext("ZhengZhiMianMao") or "") == ("邻居", "")
    assert len(root.findtext("ZhaoPian")) > 500

    batch = staged(city, content)
    with scope(city.actor(city.clerk_a)):
        row = rows_of(batch)[0]
        assert (row.verdict, row.target_id) == ("same", known.pk), contents_of(row)


def test_a_photograph_comes_with_the_form(city):
    picture = io.BytesIO()
    Image.new("RGB", (300, 420), "navy").save(picture, "JPEG")
    content = lrmx(ShenFenZheng=NUMBER, ZhaoPian=base64.b64encode(picture.getvalue()).decode())
    known = make_person(city.clerk_a, city.a1, name="甲一", national_id=NUMBER)
    pictures = actions.pictures_of(content)
    assert list(pictures) == [2]
    with scope(city.actor(city.clerk_a)) as actor:
        assert importers["roster"].attach({known.pk: pictures[2]}, actor) == 0
        assert Portrait.objects.get(retiree=known).source == "任免审批表"
        assert importers["roster"].attach({known.pk: b"no picture"}, actor) == 0, "he has one"
    assert actions.pictures_of(b"a,b") == {}


def with_job(city, batch):
    """Confirm and write as the job does, photographs too."""
    with scope(city.actor(city.clerk_a)) as actor:
        actions.confirm_batch(batch=batch, mode=Mode.VALID_ROWS, by=actor)
        batch.refresh_from_db()
        content = private_files.read(actions.BUCKET, batch.file_ref)
        outcome = actions.apply_staged(batch, seen_on=TODAY, by=actor)
        assert actions.attach_pictures(batch, outcome, actions.pictures_of(content), actor) == 0
        batch.refresh_from_db()
        return ChangeSet.objects.get(pk=outcome.change_set_id)


ALL = (CareerEntry, FamilyMember, Honour, Portrait)
AGREEING = {
    "name": "甲一",
    "national_id": NUMBER,
    "sex": "1",
    "nation": "01",
    "native_place": "湖北麻城",
    "political": "01",
    "joined_party_on": PartialDate(1959, 7),
    "work_started_on": PartialDate(1956, 9),
    "health": "1",
    "education": "30",
    "post": "南岭财政局局长",
}


def test_what_stands_beside_the_fields_is_a_change_and_can_be_taken_back(city):
    known = make_person(city.clerk_a, city.a1, **AGREEING)
    form = lrmx(
        ShenFenZheng=NUMBER,
        ChuShengNianYue="193407",
        ZhaoPian=picture(),
        JiangChengQingKuang="2019年获纪念章；1988年全国先进；1990年记过处分；无",
    )
    batch = staged(city, form)
    with scope(city.actor(city.clerk_a)) as actor:
        row = rows_of(batch)[0]
        after = contents_of(row)["after"]
        assert (row.verdict, row.target_id) == ("update", known.pk)
        told = {"履历": "2条", "家庭成员": "1人", "荣誉": "2项", "照片": "1张"}
        assert told.items() <= after.items()
        assert "honours:penalty" in issues(row)
        note = Retiree.objects.get(pk=known.pk).note
    change_set = with_job(city, batch)
    with scope(city.actor(city.clerk_a)) as actor:
        assert [model.objects.filter(retiree=known).count() for model in ALL] == [2, 1, 2, 1]
        assert Retiree.objects.get(pk=known.pk).note == note
    page = signed_in(city.clerk_a).get(reverse("retirees:changeset", args=[change_set.pk]))
    assert "履历" in page.content.decode()
    again = staged(city, form)
    with scope(city.actor(city.clerk_a)) as actor:
        assert rows_of(again)[0].verdict == "same", contents_of(rows_of(again)[0])
        undone = undo_change_set(change_set=change_set, by=actor)
        assert (undone.restored, undone.conflicts) == ([known.pk], {})
        assert [model.objects.filter(retiree=known).count() for model in ALL] == [0, 0, 0, 0]


@pytest.mark.parametrize("touched", [False, True])
def test_a_newcomer_goes_with_all_that_came_with_him_unless_somebody_worked_on_it(city, touched):
    batch = staged(city, lrmx("丙三", ShenFenZheng=NUMBER, ChuShengNianYue="193407", ZhaoPian=picture("PNG")))
    with scope(city.actor(city.clerk_a)) as actor:
        row = rows_of(batch)[0]
        actions.fix_cells(
            batch=batch, row=row, field="category", text="退休", everywhere=False, by=actor, today=TODAY
        )
    change_set = with_job(city, batch)
    with scope(city.actor(city.clerk_a)) as actor:
        person = Retiree.objects.get(name="丙三")
        if touched:
            CareerEntry.objects.filter(retiree=person, position=1).update(post="工人")
        undone = undo_change_set(change_set=change_set, by=actor)
        left = [model.objects.filter(retiree_id=person.pk).count() for model in ALL]
        if touched:
            assert list(undone.conflicts.values()) == ["履历、家庭、荣誉或照片之后又有人改过"]
            assert left == [2, 1, 0, 1]
        else:
            assert (undone.removed, undone.conflicts, left) == ([person.pk], {}, [0, 0, 0, 0])


def test_a_photograph_whose_cell_was_emptied_stays_out(city):
    known = make_person(city.clerk_a, city.a1, **AGREEING)
    batch = staged(city, lrmx(ShenFenZheng=NUMBER, ChuShengNianYue="193407", ZhaoPian=picture()))
    with scope(city.actor(city.clerk_a)) as actor:
        row = rows_of(batch)[0]
        actions.fix_cells(
            batch=batch, row=row, field="portrait", text="", everywhere=False, by=actor, today=TODAY
        )
    with_job(city, batch)
    with scope(city.actor(city.clerk_a)):
        assert [model.objects.filter(retiree=known).count() for model in ALL] == [2, 1, 0, 0]
