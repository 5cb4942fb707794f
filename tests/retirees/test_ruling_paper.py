"""A ruling with the scan that proves it: chosen from the person's papers or uploaded with the ruling."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.retirees.actions.attachments import add_attachment
from apps.retirees.models import Attachment, Ruling
from tests.factories.city import actor_of, make_person

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF"
RULING = {
    "joined_on": "1945-09-02",
    "decided_on": "2026-03-01",
    "basis": "1953年自传",
    "approved_by": "县委组织部",
    "document": "",
}


def somebody(city, unit=None):
    return make_person(
        city.clerk_a,
        unit or city.a1,
        category="lixiu",
        birth_date=PartialDate(1924, 3),
        joined_on=PartialDate(1945, 9),
        work_started_on=PartialDate(1945, 9),
        retired_on=PartialDate(1985, 5),
    )


def scan(name="自传.pdf", content=PDF):
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def paper_of(city, person):
    with scope(actor_of(city.clerk_a)) as actor:
        return add_attachment(
            retiree=person, kind="proof", title="自传", note="", file_name="自传.pdf", content=PDF, by=actor
        )


def address(person):
    return reverse("retirees:ruling", args=[person.pk])


def test_uploaded_with_the_ruling(city, sign_in):
    person = somebody(city)
    client = sign_in(city.chief_a)
    assert client.post(address(person), RULING | {"file": scan()}).status_code == 302
    with scope(actor_of(city.clerk_a)):
        ruling, paper = Ruling.objects.get(), Attachment.objects.get()
        assert (ruling.paper_id, ruling.paper_title, paper.kind) == (paper.pk, "自传", "proof")
    page = client.get(f"{reverse('retirees:detail', args=[person.pk])}?tab=levels")
    assert "扫描件《自传》" in page.text


def test_chosen_from_the_papers_and_not_from_another_s(city, sign_in):
    person, other = somebody(city), somebody(city, city.a2)
    paper, foreign = paper_of(city, person), paper_of(city, other)
    client = sign_in(city.chief_a)
    assert client.post(address(person), RULING | {"paper": str(foreign.pk)}).status_code == 422
    both = client.post(address(person), RULING | {"paper": str(paper.pk), "file": scan("另.pdf")})
    assert (both.status_code, "就不要再上传" in both.text) == (422, True)
    assert client.post(address(person), RULING | {"paper": str(paper.pk)}).status_code == 302
    with scope(actor_of(city.clerk_a)):
        assert Ruling.objects.get().paper_id == paper.pk


def test_the_same_scan_again_is_the_one_there_is(city, sign_in):
    person = somebody(city)
    paper = paper_of(city, person)
    assert sign_in(city.chief_a).post(address(person), RULING | {"file": scan()}).status_code == 302
    with scope(actor_of(city.clerk_a)):
        assert Ruling.objects.get().paper_id == Attachment.objects.get().pk == paper.pk


def test_a_bad_scan_rules_nothing_and_a_bad_ruling_keeps_no_scan(city, sign_in):
    person = somebody(city)
    client = sign_in(city.chief_a)
    page = client.post(address(person), RULING | {"file": scan("宏.pdf", b"MZ\x90 program")})
    assert page.status_code == 422
    page = client.post(address(person), RULING | {"joined_on": "1945-09", "file": scan()})
    assert (page.status_code, "仍然跨两个时期" in page.text) == (422, True)
    with scope(actor_of(city.clerk_a)):
        assert not Ruling.objects.exists()
        assert not Attachment.objects.exists()
