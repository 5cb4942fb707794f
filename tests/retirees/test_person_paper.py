"""一人一档 and 干部信息表: what stands in them for whom, the office's own form, the log."""

import io
import uuid
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from docx import Document
from pypdf import PdfReader

from apps.audit.models import Event
from apps.core import private_files
from apps.core.documents.filling import fields_of
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.exports.actions import decide_request
from apps.exports.models import ExportRequest
from apps.jobs.actions import do_job
from apps.jobs.models import Job
from apps.retirees.actions.dossier import add_line
from apps.retirees.actions.info_form import own_form
from apps.retirees.actions.papers import info_form_docx, person_sheet_pdf
from apps.retirees.actions.portrait import set_portrait
from apps.retirees.models import CareerEntry, Honour, Retiree
from apps.retirees.queries.sheet import FIELDS
from apps.retirees.tasks import PAPERS
from apps.retirees.views.present import REASONS
from tests.core.test_pictures import picture
from tests.exports.conftest import made as made_export
from tests.factories.city import actor_of
from tests.retirees.conftest import CANARIES, PRIVATE

TODAY = date(2026, 11, 22)


@pytest.fixture
def whole(city, known):
    """邓忠永 with a photograph, a career and an honour."""
    with scope(actor_of(city.clerk_a)) as actor:
        set_portrait(retiree=known, content=picture(), by=actor)
        for year in range(1948, 1988):
            values = {"from_on": PartialDate(year), "organisation": f"县水利局{year}", "post": "技术员"}
            add_line(model=CareerEntry, retiree=known, values=values, by=actor)
        honour = {"name": "劳动模范<b>", "awarded_on": PartialDate(1983)}
        add_line(model=Honour, retiree=known, values=honour, by=actor)
    return known


def words_of(pdf):
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).replace("\n", "")


def text_of(docx):
    document = Document(io.BytesIO(docx))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*cells, *(line.text for line in document.paragraphs)])


def made(make, city, user, person, **more):
    with scope(actor_of(getattr(city, user))) as actor:
        found = Retiree.objects.visible_to(actor).select_related("county", "unit").get(pk=person.pk)
        return make(person=found, today=TODAY, by=actor, **({"plain": False, "reason": ""} | more))


def events(city, kind):
    with scope(actor_of(city.audit_admin)):
        return list(Event.objects.filter(kind=kind))


def test_one_person_on_two_sheets(city, whole):
    pdf = made(person_sheet_pdf, city, "clerk_a", whole)
    pages = PdfReader(io.BytesIO(pdf)).pages
    assert len(pages) <= 4
    assert len(pages[0].images) == 1
    words = words_of(pdf)
    for word in (
        "邓忠永",
        "一人一档",
        "县水利局1948",
        "劳动模范<b>",
        "邓金丝",
        "正县级",
        "4201**********6490",
        "另有",
    ):
        assert word in words, word
    for name in ("national_id", "phone", "medical_card"):
        assert PRIVATE[name] not in words
    (event,) = events(city, "export")
    assert (event.subject_id, event.data) == (str(whole.pk), {})


def test_private_values_in_full_want_a_reason_and_are_logged_one_by_one(city, known):
    with pytest.raises(ValueError, match="事由"):
        made(person_sheet_pdf, city, "clerk_a", known, plain=True, reason=" ")
    words = words_of(made(person_sheet_pdf, city, "clerk_a", known, plain=True, reason=REASONS[1]))
    assert PRIVATE["national_id"] in words
    assert PRIVATE["phone"] in words
    read = events(city, "reveal")
    assert {event.reason for event in read} == {REASONS[1]}
    assert len(read) == 5


@pytest.mark.parametrize("user", ["leader", "leader_a"])
@pytest.mark.parametrize(("make", "read"), [(person_sheet_pdf, words_of), (info_form_docx, text_of)])
def test_leaders_get_nothing_private(city, known, user, make, read):
    words = read(made(make, city, user, known))
    assert "邓忠永" in words
    for canary in CANARIES:
        assert canary not in words


def test_the_form_is_filled(city, whole):
    words = text_of(made(info_form_docx, city, "clerk_a", whole))
    for word in ("邓忠永", "1924年7月", "县水利局1948 技术员", "劳动模范<b>", "邓金丝", "4201**********6490"):
        assert word in words, word
    assert "{{" not in words
    assert "{%" not in words


def test_fields_of_our_own_form_are_all_offered():
    assert set(fields_of(own_form())) <= set(FIELDS)


def test_asking_for_paper_makes_a_job_once(city, sign_in, known):
    client, address = sign_in(city.clerk_a), reverse("retirees:print", args=[known.pk])
    assert "⚠" not in client.get(address).text
    data = {"paper": "file", "private": "", "reason": "", "token": str(uuid.uuid4())}
    assert data["paper"] in PAPERS
    for _ in range(2):
        assert client.post(address, data).status_code == 302
    job = Job.objects.get(kind="retirees.paper")
    assert "邓" not in f"{job.label}{job.payload}"
    do_job(job.pk)
    job.refresh_from_db()
    assert job.file["filename"].endswith(".pdf")
    pdf = client.post(reverse("jobs:download", args=[job.pk]))
    assert pdf.content.startswith(b"%PDF")


@pytest.mark.parametrize(
    "wrong", [{"paper": "x"}, {"private": "plain"}, {"private": "plain", "reason": "随便"}, {"token": "x"}]
)
def test_wrong_wishes_are_refused(city, sign_in, known, wrong):
    data = {"paper": "file", "private": "", "reason": "", "token": str(uuid.uuid4())} | wrong
    page = sign_in(city.clerk_a).post(reverse("retirees:print", args=[known.pk]), data)
    assert page.status_code == 422
    assert not Job.objects.filter(kind="retirees.paper").exists()


def test_who_prints(city, sign_in, client, known):
    address = reverse("retirees:print", args=[known.pk])
    assert client.get(address).status_code == 302
    for user, status in (("clerk_b", 404), ("unit_b1", 404), ("system_admin", 403)):
        assert sign_in(getattr(city, user)).get(address).status_code == status
    page = sign_in(city.leader).get(address)
    assert page.status_code == 200
    assert "不遮盖" not in page.text
    data = {"paper": "file", "private": "plain", "reason": REASONS[0], "token": str(uuid.uuid4())}
    sign_in(city.leader).post(address, data)
    job = Job.objects.get(kind="retirees.paper")
    assert "plain" not in job.payload


def test_in_full_it_waits_for_a_second_person(city, sign_in, known):
    client, address = sign_in(city.clerk_a), reverse("retirees:print", args=[known.pk])
    data = {"paper": "file", "private": "plain", "reason": REASONS[0], "token": str(uuid.uuid4())}
    answers = [client.post(address, data) for _ in range(2)]
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert "身份证号" in client.get(answers[0].headers["Location"]).text
    assert not Job.objects.exists()
    with scope(actor_of(city.clerk_a)):
        request = ExportRequest.objects.get()
    with scope(actor_of(city.chief_a)) as actor:
        decide_request(request=request, agree=True, words="", label="名册", by=actor)
    words = words_of(made_export(request, city.clerk_a))
    assert PRIVATE["national_id"] in words
    assert request.number in words
    assert {event.reason for event in events(city, "reveal")} == {REASONS[0]}


# --- the office's own form


def form_of(*lines):
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def put(client, content, name="表样.docx"):
    return client.post(reverse("retirees:info-form"), {"file": SimpleUploadedFile(name, content)})


def test_the_city_replaces_the_form_and_goes_back(city, sign_in, known):
    client = sign_in(city.city_clerk)
    assert "⚠" not in client.get(reverse("retirees:info-form")).text
    assert put(client, form_of("本市表样 {{ 姓名 }} {{ 退休时职务 }}")).status_code == 302
    assert "现在用《表样.docx》" in client.get(reverse("retirees:info-form")).text
    assert "本市表样 邓忠永 县水利局工程师" in text_of(made(info_form_docx, city, "clerk_a", known))
    assert "本市表样" in text_of(client.post(reverse("retirees:info-form-download")).content)
    assert client.post(reverse("retirees:info-form-reset")).status_code == 302
    assert "本市表样" not in text_of(made(info_form_docx, city, "clerk_a", known))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (form_of("{{ 姓明 }}"), "是不是姓名"),
        (form_of("{{ 姓名.__class__ }}"), "点号"),
        (form_of("{{ 7 * 7 }}"), "不支持的写法"),
        (form_of("{{ 姓名"), "写法有误"),
        (b"PK\x03\x04 broken", "损坏"),
        (b"<html>", "不是 Word"),
        (b"", "空的"),
    ],
)
def test_a_form_that_cannot_be_filled_changes_nothing(city, sign_in, content, words):
    client = sign_in(city.city_clerk)
    page = put(client, content)
    assert page.status_code == 422
    assert words in page.text
    assert "系统自带" in client.get(reverse("retirees:info-form")).text


@pytest.mark.parametrize("name", ["info-form", "info-form-download", "info-form-reset"])
def test_only_the_city_sets_the_form(city, sign_in, name):
    for user in ("clerk_a", "chief_a", "leader", "system_admin"):
        assert sign_in(getattr(city, user)).post(reverse(f"retirees:{name}")).status_code == 403


def test_a_form_that_is_gone_is_said_in_words(city, sign_in, known, monkeypatch):
    client = sign_in(city.city_clerk)
    put(client, form_of("{{ 姓名 }}"))
    monkeypatch.setattr(private_files, "_folder", lambda bucket: private_files.Path("/nonexistent"))
    answer = client.post(reverse("retirees:info-form-download"), follow=True)
    assert "读不出来" in answer.text
