"""Papers of a person: what is taken, who gets them, the trash."""

import io
import uuid
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from apps.audit.models import Event
from apps.core.scope import scope
from apps.retirees.actions.attachments import empty_trash
from apps.retirees.models import Attachment
from apps.retirees.queries.dossier import attachments_in_use
from tests.factories.city import actor_of, make_person

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF"


def office(*names):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return target.getvalue()


DOCX = office("[Content_Types].xml", "word/document.xml")
XLSX = office("[Content_Types].xml", "xl/workbook.xml")


def url(name, person, *more):
    return reverse(f"retirees:file-{name}", args=[person.pk, *more])


def tab(person, name="files"):
    return reverse("retirees:detail", args=[person.pk]) + f"?tab={name}"


def sent(content=PDF, name="审批表.pdf", **more):
    file = SimpleUploadedFile(name, content)
    return {"kind": "approval", "title": "", "note": "", "token": str(uuid.uuid4()), "file": file, **more}


@pytest.fixture
def person(city):
    return make_person(city.clerk_a, city.a1)


def papers(city, person):
    with scope(actor_of(city.clerk_a)):
        return list(Attachment.objects.filter(retiree_id=person.pk))


@pytest.fixture
def paper(city, sign_in, person):
    assert sign_in(city.clerk_a).post(url("add", person), sent(title="离休审批表")).status_code == 302
    return papers(city, person)[0]


@pytest.mark.parametrize(
    ("content", "name", "kept"),
    [
        (PDF, "审批表.pdf", "审批表.pdf"),
        (b"\xff\xd8\xff\xe0 jpeg", "a.exe", "a.jpg"),
        (b"\x89PNG\r\n\x1a\n png", "b", "b.png"),
        (DOCX, "c.html", "c.docx"),
        (XLSX, "../../etc/d\u202excod.xlsx", "dxcod.xlsx"),
    ],
)
def test_what_is_taken_is_named_by_what_it_is(city, sign_in, person, content, name, kept):
    client = sign_in(city.unit_a1)
    assert "⚠" not in client.get(url("add", person)).text
    assert client.post(url("add", person), sent(content, name)).status_code == 302
    (paper,) = papers(city, person)
    assert paper.file_name == kept
    assert paper.title == kept.rpartition(".")[0]
    answer = client.post(url("download", person, paper.pk))
    assert answer.content == content
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    with scope(actor_of(city.audit_admin)):
        event = Event.objects.get(kind="download")
        assert (event.actor_id, event.data["attachment"]) == (city.unit_a1.pk, str(paper.pk))
    page = client.get(tab(person)).text
    assert paper.file_ref not in page
    assert "⚠" not in page


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空的"),
        (b"<html><script>alert(1)</script></html>", "只收 PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "只收 PDF"),
        (b"MZ\x90\x00", "只收 PDF"),
        (b"PK\x03\x04 broken", "损坏"),
        (office("evil.txt"), "只收 PDF"),
        (office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "宏"),
        (PDF + b"0" * (20 * 1024 * 1024), "20 MB"),
    ],
)
def test_what_is_not_taken_changes_nothing_and_says_why(city, sign_in, person, content, words):
    page = sign_in(city.clerk_a).post(url("add", person), sent(content))
    assert page.status_code == 422
    assert words in page.text
    assert papers(city, person) == []


@pytest.mark.parametrize("wrong", [{"kind": "x"}, {"title": "长" * 200}, {"note": "a\x01b"}, {"token": "x"}])
def test_wrong_words_are_refused(city, sign_in, person, wrong):
    assert sign_in(city.clerk_a).post(url("add", person), sent(**wrong)).status_code == 422
    assert papers(city, person) == []


def test_sent_twice_it_is_one_and_the_same_file_again_is_noticed(city, sign_in, person):
    client, data = sign_in(city.clerk_a), sent()
    assert client.post(url("add", person), data).status_code == 302
    data["file"] = SimpleUploadedFile("审批表.pdf", PDF)
    assert client.post(url("add", person), data).status_code == 302
    again = client.post(url("add", person), sent(name="另一个名字.pdf"))
    assert again.status_code == 422
    assert "已经上传过" in again.text
    assert len(papers(city, person)) == 1
    other = make_person(city.clerk_a, city.a2, name="周文")
    answer = client.post(url("add", other), sent(), follow=True)
    assert f"{person.name}名下的《审批表》是同一个文件" in answer.text
    elsewhere = make_person(city.clerk_b, city.b1, name="郑远")
    answer = sign_in(city.clerk_b).post(url("add", elsewhere), sent(), follow=True)
    assert "是同一个文件" not in answer.text


def test_a_picture_is_seen_small_by_whoever_may_take_it(city, sign_in, client, person):
    clerk = sign_in(city.clerk_a)
    target = io.BytesIO()
    Image.new("RGB", (2400, 1600), "red").save(target, "JPEG", comment=b"COMMENTOFMINE")
    assert clerk.post(url("add", person), sent(target.getvalue(), "身份证.jpg")).status_code == 302
    (paper,) = papers(city, person)
    address = url("small", person, paper.pk)
    answer = clerk.get(address)
    small = Image.open(io.BytesIO(answer.content))
    assert (small.format, small.size, b"COMMENTOFMINE" in answer.content) == ("JPEG", (120, 80), False)
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert "private" in answer["Cache-Control"]
    assert address in clerk.get(tab(person)).text
    assert (sign_in(city.unit_a1).get(address).status_code, client.get(address).status_code) == (200, 302)
    assert [sign_in(user).get(address).status_code for user in (city.clerk_b, city.leader)] == [404, 403]
    with scope(actor_of(city.city_clerk)):
        assert attachments_in_use({paper.file_ref, paper.thumb_ref, "0" * 64}) == {
            paper.file_ref,
            paper.thumb_ref,
        }
    clerk.post(url("discard", person, paper.pk))
    assert clerk.get(address).status_code == 404
    # What only calls itself a picture, and what is none, are kept without one.
    for content, name in ((b"\xff\xd8\xff broken", "坏.jpg"), (PDF, "审批表.pdf")):
        assert clerk.post(url("add", person), sent(content, name)).status_code == 302
    kept = [one for one in papers(city, person) if one.deleted_at is None]
    assert [one.thumb_ref for one in kept] == ["", ""]
    assert clerk.get(url("small", person, kept[0].pk)).status_code == 404
    page = clerk.get(tab(person)).text
    assert ("small.jpg" in page, page.count("paper-format")) == (False, 2)


def test_the_trash(city, sign_in, person, paper):
    client = sign_in(city.clerk_a)
    assert client.post(url("discard", person, paper.pk)).status_code == 302
    page = client.get(tab(person)).text
    assert "还没有文件" in page
    assert "回收站 1 个" in page
    assert client.post(url("download", person, paper.pk)).status_code == 404
    assert client.post(url("restore", person, paper.pk)).status_code == 302
    assert client.post(url("download", person, paper.pk)).status_code == 200
    assert client.post(url("restore", person, paper.pk)).status_code == 404
    client.post(url("discard", person, paper.pk))
    with scope(actor_of(city.city_clerk)):
        assert empty_trash() == 0
        assert attachments_in_use({paper.file_ref}) == {paper.file_ref}
        Attachment.objects.update(deleted_at=timezone.now() - timedelta(days=31))
    assert "回收站 1 个" not in client.get(tab(person)).text
    with scope(actor_of(city.city_clerk)):
        assert empty_trash() == 1
        assert attachments_in_use({paper.file_ref}) == set()


@pytest.mark.parametrize("name", ["add", "download", "discard", "restore"])
def test_who_gets_papers(city, sign_in, client, person, paper, name):
    more = () if name == "add" else (paper.pk,)
    address = url(name, person, *more)
    assert client.post(address, {}).status_code == 302
    for user, status in (("leader", 403), ("leader_a", 403), ("audit_admin", 403), ("clerk_b", 404)):
        assert sign_in(getattr(city, user)).post(address, {}).status_code == status, user
    if more:
        assert sign_in(city.clerk_a).get(address).status_code == 405
        other = make_person(city.clerk_a, city.a1, name="周文")
        assert sign_in(city.clerk_a).post(url(name, other, paper.pk)).status_code == 404
    assert papers(city, person)[0].deleted_at is None


def test_leaders_see_nothing_of_papers(city, sign_in, person, paper):
    for name in ("story", "history"):
        assert "离休审批表" in sign_in(city.clerk_a).get(tab(person, name)).text
        assert "离休审批表" not in sign_in(city.leader).get(tab(person, name)).text


def several(*files, **more):
    found = [SimpleUploadedFile(name, content) for name, content in files]
    return sent(**more) | {"file": found}


def test_several_files_at_once_are_several_papers(city, sign_in, person):
    client = sign_in(city.clerk_a)
    data = several(("一.pdf", PDF + b"1"), ("二.pdf", PDF + b"2"), title="档案")
    assert client.post(url("add", person), data).status_code == 302
    assert sorted(paper.title for paper in papers(city, person)) == ["档案（1）", "档案（2）"]
    again = dict(
        data, file=[SimpleUploadedFile("一.pdf", PDF + b"1"), SimpleUploadedFile("二.pdf", PDF + b"2")]
    )
    assert client.post(url("add", person), again).status_code == 302
    assert len(papers(city, person)) == 2


def test_one_bad_file_does_not_hold_up_the_others(city, sign_in, person):
    client = sign_in(city.clerk_a)
    data = several(("好.pdf", PDF), ("坏.pdf", b"MZ\x90\x00"))
    page = client.post(url("add", person), data, follow=True)
    assert "《好》已上传" in page.text
    assert "没有上传：坏.pdf：" in page.text
    assert [paper.title for paper in papers(city, person)] == ["好"]
    page = client.post(url("add", person), several(("坏.pdf", b"MZ"), ("坏2.pdf", b"MZ")))
    assert page.status_code == 422
    assert "坏2.pdf：" in page.text
    many = [(f"{number}.pdf", PDF + bytes([number])) for number in range(11)]
    page = client.post(url("add", person), several(*many))
    assert page.status_code == 422
    assert "一次最多10个" in page.text
    assert len(papers(city, person)) == 1
