"""Marks of secrecy: found where a paper bears one, not where a record only speaks of secrets (security.md D12)."""

import io
import zipfile

import docx
import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.audit.choices import EventKind
from apps.audit.models import Event
from apps.core.classified import is_marked, is_marked_file
from apps.core.scope import scope
from apps.imports.models import Batch
from apps.retirees.models import Attachment
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in

MARKS = (
    "机密★10年",
    "绝密★长期",
    "秘密★",
    "机　密 ★ 20 年",
    "机密☆5年",
    "绝密级★启用前",
    "秘密*1年",
    "机密＊十年",
)
WORDS = (
    "曾任县委办公室机要秘书，参加保密工作，荣立三等功",
    "1965年在某机密单位工作",
    "绝密档案管理员",
    "秘密工作者，1948年在白区从事秘密交通",
    "优秀★★★★★",
    "秘密** 见附件",
    "机密*",
    "",
)


def workbook(*cells: str) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for number, cell in enumerate(cells, start=1):
        book.active.cell(number, 1, cell)
    book.save(out)
    return out.getvalue()


def letter(*runs: str, header: str = "") -> bytes:
    """One paragraph of several runs, as Word leaves it after an edit."""
    paper, out = docx.Document(), io.BytesIO()
    line = paper.add_paragraph()
    for run in runs:
        line.add_run(run).bold = True
    paper.sections[0].header.paragraphs[0].text = header
    paper.save(out)
    return out.getvalue()


def test_the_mark_is_told_from_the_word():
    assert [text for text in MARKS if not is_marked(text)] == []
    assert [text for text in WORDS if is_marked(text)] == []


@pytest.mark.parametrize(
    "content",
    [
        workbook("姓名", "机密★10年"),
        letter("机", "密★", "10年"),
        letter("正文", header="绝密★长期"),
        "秘密★1年\n姓名,性别\n".encode(),
        "秘密★1年\n姓名,性别\n".encode("gb18030"),
        "机密★10年".encode("utf-16"),
        b"\xd0\xcf\x11\xe0" + b"\0" * 97 + "机密★10年".encode("utf-16-le"),
        b"%PDF-1.7 <dc:title>" + "机密★10年".encode(),
        "<xml><姓名>试</姓名><说明>机密&#9733;10年</说明></xml>".encode(),
    ],
)
def test_a_file_that_bears_a_mark_is_known(content: bytes):
    assert is_marked_file(content)


@pytest.mark.parametrize(
    "content",
    [
        workbook(*WORDS),
        letter(*WORDS[:4]),
        workbook("在机密", "★号标出的为党员"),
        ",".join(WORDS).encode(),
        b"\xff\xd8\xff" + "机密★10年".encode(),
        b"PK\x03\x04 broken",
        b"",
    ],
)
def test_a_file_that_only_speaks_of_it_is_not(content: bytes):
    assert not is_marked_file(content)


def test_the_name_counts_and_a_bomb_does_not_hang():
    assert is_marked_file(b"", "机密★10年 名册.xlsx")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b"<" * (80 * 1024 * 1024))
        archive.writestr("xl/worksheets/sheet1.xml", "机密★" * 10)
    assert is_marked_file(out.getvalue())


def test_what_bears_a_mark_is_refused_told_and_not_kept(city):
    """A roster, a paper, a pasted table and a typed text; the log knows that, not what."""
    person = make_person(city.clerk_a, city.a1)
    client = signed_in(city.clerk_a)
    roster = SimpleUploadedFile("名册甲.xlsx", workbook("机密★10年", "姓名"))
    answers = [
        client.post(reverse("imports:upload"), {"unit": city.a1.pk, "file": roster}),
        client.post(
            reverse("imports:upload"), {"unit": city.a1.pk, "pasted": "姓名\t说明\n邓甲\t秘密★长期\n"}
        ),
        client.post(
            reverse("retirees:file-add", args=[person.pk]),
            {"kind": "other", "file": SimpleUploadedFile("函甲.docx", letter("绝密★", "长期"))},
        ),
    ]
    for answer in answers:
        assert answer.status_code == 422
        assert "不处理国家秘密" in answer.content.decode()
    with scope(actor_of(city.clerk_a)):
        assert not Batch.objects.exists()
        assert not Attachment.objects.exists()
    with scope(actor_of(city.audit_admin)):
        told = Event.objects.filter(kind=EventKind.REFUSED)
        assert told.count() == len(answers)
        for event in told:
            assert event.actor_id == city.clerk_a.pk
            assert "密级标志" in event.summary
            assert not any(
                word in f"{event.summary}{event.data}" for word in ("名册甲", "函甲", "邓甲", "10年")
            )
    fine = SimpleUploadedFile("名册.csv", "姓名,简历\n邓甲,曾任机密室干事\n".encode())
    assert client.post(reverse("imports:upload"), {"unit": city.a1.pk, "file": fine}).status_code == 302
