"""An import by a county that changes reviewed fields: one reason and one proof for the whole batch."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.core.scope import scope
from apps.imports import actions
from apps.imports.choices import State
from apps.retirees.actions.requests import read_proof
from apps.retirees.models import ChangeRequest, Retiree
from tests.factories.city import make_person
from tests.factories.signed_in import signed_in
from tests.imports.desk import HEADER, TODAY, person, staged, table

ID = "11010519491231002X"
PDF = b"%PDF-1.7 invented"


def changed(city, unit="a"):
    known = make_person(city.clerk_a, city.a1, national_id=ID, treatment="121")
    row = (*person("邓忠永", 身份证号码=ID, 出生年月="1934-07", 单位=""), "正县级")
    return known, staged(city, table(row, header=(*HEADER, "现享受待遇")))


def test_a_county_says_once_why_and_proves_it(city):
    known, batch = changed(city)
    client, url = signed_in(city.clerk_a), reverse("imports:confirm", args=[batch.pk])
    page = client.get(reverse("imports:detail", args=[batch.pk])).content.decode()
    assert "修改的原因和依据" in page
    for wrong in (
        {},
        {"reason": "  "},
        {"reason": "长" * 201},
        {"reason": "批复", "proof": SimpleUploadedFile("a.pdf", b"MZ\x00")},
        {"reason": "批复", "proof": SimpleUploadedFile("a.exe", PDF)},
    ):
        answer = client.post(url, {"mode": "all_or_none", **wrong})
        assert answer.status_code == 422, wrong
        assert "error" in answer.content.decode()
    proof = SimpleUploadedFile("批复.pdf", PDF)
    sent = {"mode": "all_or_none", "reason": "=县委组织部2023年3月<b>批复</b>", "proof": proof}
    assert client.post(url, sent).status_code == 302
    with scope(city.actor(city.clerk_a)) as actor:
        batch.refresh_from_db()
        assert batch.state == State.CONFIRMED
        actions.apply_staged(batch, seen_on=TODAY, by=actor)
        asked = ChangeRequest.objects.get(retiree=known)
        assert (asked.reason, asked.proof_name) == ("=县委组织部2023年3月<b>批复</b>", "批复.pdf")
        assert asked.origin.startswith("来自导入")
        assert Retiree.objects.get(pk=known.pk).treatment == "121"
        assert read_proof(request=asked, by=actor) == PDF


def test_nobody_is_asked_where_nothing_waits(city):
    batch = staged(city, table(person()))
    client = signed_in(city.clerk_a)
    assert "修改的原因和依据" not in client.get(reverse("imports:detail", args=[batch.pk])).content.decode()
    answer = client.post(reverse("imports:confirm", args=[batch.pk]), {"mode": "all_or_none"})
    assert answer.status_code == 302
