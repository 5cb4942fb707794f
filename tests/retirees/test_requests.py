"""Sensitive changes by counties and units: what applies at once, what waits, who decides, and what comes of it."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.audit.models import Event
from apps.core.national_id import check_character
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.imports import actions as imports
from apps.imports.choices import Mode
from apps.imports.models import Row
from apps.imports.rules import importers
from apps.retirees.actions import HiddenDuplicate, NotPossible, edit_retiree
from apps.retirees.actions import requests as actions
from apps.retirees.actions.bulk import bulk_edit
from apps.retirees.actions.grid import NeedsReview, save_cell
from apps.retirees.models import ChangeRequest, ChangeRequestHistory, Membership, PrivateDetails, Retiree
from apps.retirees.queries.bulk import state_of, stored_values
from apps.retirees.queries.requests import shown
from tests.factories.city import actor_of, make_person
from tests.retirees.conftest import PRIVATE
from tests.retirees.test_person_forms import fields_of

PDF = b"%PDF-1.7 scan"
OTHER_ID = "42010619340702271" + check_character("42010619340702271")


def now(person, user):
    with scope(actor_of(user)):
        return Retiree.objects.get(pk=person.pk)


def edit(client, person, **typed):
    url = reverse("retirees:edit", args=[person.pk])
    sent = fields_of(client.get(url)) | typed
    sent.pop("proof", None)
    page = client.post(url, sent, follow=True)
    if "仍然保存" in page.text:
        again = fields_of(page)
        again.pop("proof", None)
        page = client.post(url, again, follow=True)
    return page


def ask(city, person, user="clerk_a", **values):
    with scope(actor_of(getattr(city, user))) as actor:
        return actions.request_change(
            retiree=person, values=values or {"treatment": "121"}, reason="县委批复", by=actor
        )


def url(name, row):
    return reverse(f"retirees:{name}", args=[row.pk])


# --- the edit form


def test_sensitive_fields_wait_and_the_rest_applies_at_once(city, sign_in, known):
    client = sign_in(city.clerk_a)
    page = client.get(reverse("retirees:edit", args=[known.pk]))
    assert "有的栏目改了要审核" in page.text
    assert "修改的原因和依据" in page.text
    answer = edit(client, known, treatment="121", note="已看档案", review_reason="组干〔2023〕3号")
    assert "邓忠永的资料已保存" in answer.text
    assert "已报审：现享受待遇" in answer.text
    assert "正县级" in answer.text
    assert "正厅级" in answer.text
    person = now(known, city.clerk_a)
    assert (person.treatment, person.note, person.version) == ("131", "已看档案", 2)
    with scope(actor_of(city.clerk_a)):
        row = ChangeRequest.objects.get()
        assert (row.names, row.state, row.asked_level, row.reason) == (
            ["treatment"],
            "waiting",
            "county",
            "组干〔2023〕3号",
        )
        assert ChangeRequestHistory.objects.count() == 1


def test_a_reviewed_change_wants_a_reason_and_nothing_is_lost(city, sign_in, known):
    client = sign_in(city.clerk_a)
    address = reverse("retirees:edit", args=[known.pk])
    sent = fields_of(client.get(address)) | {"treatment": "121", "note": "新的备注"}
    sent.pop("proof", None)
    page = client.post(address, sent)
    assert page.status_code == 422
    assert "改了现享受待遇，要报审，请写明原因和依据" in page.text
    assert "新的备注" in page.text
    assert now(known, city.clerk_a).note == ""
    with scope(actor_of(city.clerk_a)):
        assert not ChangeRequest.objects.exists()


def test_the_city_changes_everything_at_once(city, sign_in, known):
    client = sign_in(city.city_clerk)
    page = client.get(reverse("retirees:edit", args=[known.pk]))
    assert "要审核" not in page.text
    edit(client, known, treatment="121")
    assert now(known, city.clerk_a).treatment == "121"


def test_new_people_of_a_county_apply_whole(city):
    person = make_person(city.clerk_a, city.a1, treatment="131", national_id=PRIVATE["national_id"])
    assert now(person, city.clerk_a).treatment == "131"
    with scope(actor_of(city.city_clerk)):
        assert not ChangeRequest.objects.exists()


def test_an_id_number_waits_sealed_and_shows_as_a_mask(city, sign_in, known):
    client = sign_in(city.clerk_a)
    answer = edit(client, known, national_id=OTHER_ID, review_reason="身份证换发，原来登错")
    assert "已报审" in answer.text
    assert OTHER_ID not in answer.text
    with scope(actor_of(city.clerk_a)):
        row = ChangeRequest.objects.get()
        assert OTHER_ID.encode() not in bytes(row.__dict__["after"])
        assert PrivateDetails.objects.get(pk=known.pk).national_id.same(PRIVATE["national_id"])
    page = sign_in(city.city_clerk).get(url("request", row))
    assert "4201**********6490" in page.text
    assert f"4201**********{OTHER_ID[-4:]}" in page.text
    assert PRIVATE["national_id"] not in page.text
    assert OTHER_ID not in page.text
    sign_in(city.city_clerk).post(url("request-approve", row))
    with scope(actor_of(city.clerk_a)):
        assert PrivateDetails.objects.get(pk=known.pk).national_id.same(OTHER_ID)


def test_an_id_number_that_is_registered_is_refused_when_asked(city, known):
    make_person(city.clerk_b, city.b1, national_id=OTHER_ID)
    with pytest.raises(HiddenDuplicate):
        ask(city, known, national_id=OTHER_ID)


def test_a_scan_goes_with_it_and_is_logged_when_taken(city, sign_in, known):
    client = sign_in(city.clerk_a)
    scan = SimpleUploadedFile("批复.pdf", PDF, "application/pdf")
    address = reverse("retirees:edit", args=[known.pk])
    sent = fields_of(client.get(address)) | {"treatment": "121", "review_reason": "批复", "proof": scan}
    assert client.post(address, sent).status_code == 302
    with scope(actor_of(city.city_clerk)):
        row = ChangeRequest.objects.get()
    assert row.proof_name == "批复.pdf"
    assert sign_in(city.city_clerk).post(url("request-proof", row)).content == PDF
    assert sign_in(city.clerk_b).post(url("request-proof", row)).status_code == 404
    with scope(actor_of(city.audit_admin)):
        assert Event.objects.filter(kind="download", summary__contains="邓忠永").exists()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("批复.exe", b"MZ", "只能附PDF、JPG、PNG"),
        ("批复.pdf", b"<html>", "只能附PDF、JPG、PNG"),
        ("批复.pdf", b"", "空"),
        ("批复.png", b"%PDF-1.7", "只能附PDF、JPG、PNG"),
        ("批复.pdf", b"%PDF-" + b"0" * (10 * 1024 * 1024 + 1), "超过10MB"),
    ],
)
def test_what_is_no_scan_is_refused(city, sign_in, known, name, content, words):
    row = ask(city, known)
    client = sign_in(city.clerk_a)
    page = client.post(
        url("request-resend", row), {"reason": "补", "proof": SimpleUploadedFile(name, content)}
    )
    assert page.status_code == 422
    assert words in page.text
    with scope(actor_of(city.clerk_a)):
        assert ChangeRequest.objects.get().proof_name == ""


def test_a_scan_is_added_and_read(city, sign_in, known):
    row = ask(city, known)
    client = sign_in(city.clerk_a)
    scan = SimpleUploadedFile("../../批复<b>.pdf", PDF)
    assert client.post(url("request-resend", row), {"reason": "补附批复", "proof": scan}).status_code == 302
    answer = sign_in(city.city_clerk).post(url("request-proof", row))
    assert answer.content == PDF
    assert "attachment" in answer.headers["Content-Disposition"]
    with scope(actor_of(city.audit_admin)):
        assert Event.objects.filter(kind="download", summary__contains="邓忠永").exists()


# --- deciding


def test_the_city_approves_and_the_log_names_who_asked(city, sign_in, known):
    row = ask(city, known, treatment="121", treatment_on=PartialDate(2023, 3))
    client = sign_in(city.city_clerk)
    assert "变更待审核" in client.get("/").text
    page = client.get(reverse("retirees:requests"))
    for words in ("邓忠永", "正县级", "正厅级", "1993年10月", "2023年3月", "县委批复", "批量通过"):
        assert words in page.text, words
    answer = client.post(url("request-approve", row), {"seen": ""}, follow=True)
    assert "已通过，已写入名册" in answer.text
    person = now(known, city.clerk_a)
    assert (person.treatment, person.treatment_on) == ("121", PartialDate(2023, 3))
    with scope(actor_of(city.audit_admin)):
        event = Event.objects.get(summary__startswith="审核通过")
        assert "试clerk_a申请" in event.summary
        assert event.actor_name == "试city_clerk"
    again = client.post(url("request-approve", row), follow=True)
    assert "已通过，不能再办理" in again.text


def test_returned_with_words_amended_and_sent_again(city, sign_in, known):
    row = ask(city, known)
    city_client, county = sign_in(city.city_chief), sign_in(city.clerk_a)
    assert city_client.post(url("request-return", row), {"words": " "}).status_code == 422
    assert city_client.post(url("request-return", row), {"words": "缺批复"}).status_code == 302
    assert "申请退回待修改" in county.get("/").text
    page = county.get(url("request", row))
    assert "缺批复" in page.text
    assert "补充后重新报审" in page.text
    assert "批复" in county.get(f"{reverse('retirees:requests')}?tab=own").text
    start = county.get(f"{reverse('retirees:edit', args=[known.pk])}?request={row.pk}")
    assert fields_of(start)["treatment"] == "121"
    assert county.post(url("request-resend", row), {"reason": ""}).status_code == 422
    assert county.post(url("request-resend", row), {"reason": "见组干〔2023〕3号"}).status_code == 302
    with scope(actor_of(city.city_clerk)) as actor:
        again = ChangeRequest.objects.get()
        assert (again.state, again.reason, again.words) == ("waiting", "见组干〔2023〕3号", "缺批复")
        actions.approve(request=again, by=actor)
    assert now(known, city.clerk_a).treatment == "121"


def test_refused_it_is_over_and_nothing_changed(city, sign_in, known):
    row = ask(city, known)
    sign_in(city.city_clerk).post(url("request-refuse", row), {"words": "与档案不符"})
    assert now(known, city.clerk_a).treatment == "131"
    page = sign_in(city.clerk_a).get(f"{reverse('retirees:requests')}?tab=done")
    assert "不予认可" in page.text
    assert "与档案不符" in page.text


def test_withdrawn_by_those_who_asked(city, sign_in, known):
    row = ask(city, known)
    assert sign_in(city.chief_a).post(url("request-withdraw", row)).status_code == 302
    with scope(actor_of(city.clerk_a)):
        assert ChangeRequest.objects.get().state == "withdrawn"
    again = sign_in(city.clerk_a).post(url("request-withdraw", row), follow=True)
    assert "不能再办理" in again.text


def test_overtaken_it_shows_both_and_asks_anew(city, sign_in, known):
    row = ask(city, known)
    with scope(actor_of(city.city_clerk)) as actor:
        edit_retiree(
            retiree=known, values={"treatment": "122"}, version=1, seen_on=date(2026, 3, 1), by=actor
        )
    client = sign_in(city.city_clerk)
    answer = client.post(url("request-approve", row), follow=True)
    assert "提出申请之后有人改过" in answer.text
    for words in ("正县级", "正厅级", "期间已改成：副厅级", "仍按申请改"):
        assert words in answer.text, words
    many = client.post(reverse("retirees:requests-approve"), {"ids": [str(row.pk)]}, follow=True)
    assert "没有通过的：邓忠永" in many.text
    assert now(known, city.clerk_a).treatment == "122"
    client.post(url("request-approve", row), {"seen": "2"})
    assert now(known, city.clerk_a).treatment == "121"


def test_what_stands_there_already_is_closed_without_a_change(city, known):
    row = ask(city, known)
    with scope(actor_of(city.city_clerk)) as actor:
        edit_retiree(
            retiree=known, values={"treatment": "121"}, version=1, seen_on=date(2026, 3, 1), by=actor
        )
        assert shown([row])[0].is_moot
        assert actions.approve(request=row, by=actor).state == "overtaken"
    assert now(known, city.clerk_a).version == 2


def test_a_second_request_for_a_field_takes_the_place_of_the_first(city, known):
    first = ask(city, known, treatment="121", rank="131")
    assert ask(city, known, treatment="121") is None, "it waits already"
    second = ask(city, known, treatment="122")
    assert second.names == ["rank", "treatment"]
    with scope(actor_of(city.city_clerk)):
        assert ChangeRequest.objects.get(pk=first.pk).state == "overtaken"
    other = ask(city, known, national_id=OTHER_ID)
    assert other.names == ["national_id"]


def test_many_at_once(city, sign_in, known):
    others = [make_person(city.clerk_a, city.a1, name=f"测{n}") for n in range(3)]
    rows = [ask(city, person, medical_treatment="121") for person in (known, *others)]
    client = sign_in(city.city_clerk)
    address = reverse("retirees:requests-approve")
    assert "请先勾选" in client.post(address, {"ids": ["x", "1"]}, follow=True).text
    client.post(address, {"ids": [str(row.pk) for row in rows[:2]]})
    with scope(actor_of(city.city_clerk)):
        assert ChangeRequest.objects.filter(state="approved").count() == 2
    client.post(address, {"all": "1", "query": "tab=decide"})
    with scope(actor_of(city.city_clerk)):
        assert Retiree.objects.filter(medical_treatment="121").count() == 4


# --- who


def test_a_units_request_is_decided_by_the_countys_chief_or_the_city(city, sign_in, known):
    row = ask(city, known, user="unit_a1")
    assert row.asked_level == "unit"
    assert sign_in(city.clerk_a).post(url("request-approve", row)).status_code == 403
    assert sign_in(city.clerk_a).post(url("request-withdraw", row)).status_code == 403
    assert "待审核" in sign_in(city.chief_a).get(reverse("retirees:requests")).text
    sign_in(city.chief_a).post(url("request-approve", row))
    assert now(known, city.clerk_a).treatment == "121"


def test_a_countys_request_is_not_decided_by_its_chief(city, sign_in, known):
    row = ask(city, known)
    chief = sign_in(city.chief_a)
    for name in ("request-approve", "request-return", "request-refuse"):
        assert chief.post(url(name, row), {"words": "行"}).status_code == 403
    chief.post(reverse("retirees:requests-approve"), {"ids": [str(row.pk)]})
    assert now(known, city.clerk_a).treatment == "131"


def test_other_places_see_nothing_and_leaders_are_refused(city, sign_in, client, known):
    row = ask(city, known)
    assert client.get(url("request", row)).status_code == 302
    for user, status in (("clerk_b", 404), ("unit_b1", 404), ("leader", 403), ("system_admin", 403)):
        assert sign_in(getattr(city, user)).get(url("request", row)).status_code == status, user
    assert "邓忠永" not in sign_in(city.clerk_b).get(reverse("retirees:requests")).text
    assert "邓忠永" not in sign_in(city.unit_b1).get(f"{reverse('retirees:requests')}?tab=done").text
    leader = sign_in(city.leader).get(reverse("retirees:detail", args=[known.pk]))
    assert "审核" not in leader.text
    for query in ("tab=x", "page=0", "a=1", "batch=y"):
        assert sign_in(city.clerk_a).get(f"{reverse('retirees:requests')}?{query}").status_code == 400
    assert sign_in(city.clerk_a).get(f"{reverse('retirees:requests')}?tab=decide").status_code == 403


def test_hostile_words_come_back_as_text(city, sign_in, known):
    row = ask(city, known)
    client = sign_in(city.city_clerk)
    for words in ("字" * 201, "a\x00b", "字" * 10_000):
        page = client.post(url("request-refuse", row), {"words": words})
        assert page.status_code == 422, words
    client.post(url("request-return", row), {"words": "<script>alert(1)</script> =1+1"})
    page = sign_in(city.clerk_a).get(url("request", row))
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert(1)" in page.text


# --- the setting


def test_the_office_says_what_is_reviewed_and_each_setting_is_kept(city, sign_in, known):
    address = reverse("retirees:review-fields")
    for user in ("city_clerk", "chief_a", "leader"):
        assert sign_in(getattr(city, user)).get(address).status_code == 403
    client = sign_in(city.city_chief)
    page = client.get(address)
    assert "去世及其撤回" in page.text
    assert "身份证号" in page.text
    assert client.post(address, {"names": ["name"]}).status_code == 422
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"names": ["phone", "death"]}).status_code == 302
    answer = edit(
        sign_in(city.clerk_a), known, treatment="121", phone="13800001111", review_reason="家属来电"
    )
    assert "已报审：联系电话" in answer.text
    assert now(known, city.clerk_a).treatment == "121"
    with scope(actor_of(city.audit_admin)):
        assert Event.objects.filter(kind="setting", summary__contains="联系电话").exists()


# --- deaths


def report(city, person, user="clerk_a"):
    with scope(actor_of(getattr(city, user))) as actor:
        return actions.report_death(
            retiree=person,
            died_on=PartialDate(2023, 2, 1),
            reported_on=date(2023, 2, 3),
            place="县医院",
            by=actor,
        )


def test_a_reported_death_takes_effect_at_once_and_waits_for_the_city(city, sign_in, known):
    row = report(city, known)
    assert now(known, city.clerk_a).state == "dead", "no greeting goes out"
    page = sign_in(city.clerk_a).get(reverse("retirees:detail", args=[known.pk]))
    assert "去世待核" in page.text
    client = sign_in(city.city_clerk)
    page = client.get(url("request", row))
    assert "在世" in page.text
    assert "2023年2月1日去世" in page.text
    answer = client.post(url("request-approve", row), follow=True)
    assert "去世已确认" in answer.text
    page = sign_in(city.clerk_a).get(reverse("retirees:detail", args=[known.pk]))
    assert "去世待核" not in page.text
    assert now(known, city.clerk_a).state == "dead"


def test_sent_back_for_proof_a_death_stays_and_refused_it_is_undone_whole(city, sign_in, known):
    with scope(actor_of(city.clerk_a)):
        stay = Membership.objects.get(retiree_id=known.pk).during
    row = report(city, known)
    client = sign_in(city.city_clerk)
    client.post(url("request-return", row), {"words": "请附死亡证明"})
    assert now(known, city.clerk_a).state == "dead"
    assert "请用“撤回去世登记”" in sign_in(city.clerk_a).post(url("request-withdraw", row), follow=True).text
    sign_in(city.clerk_a).post(url("request-resend", row), {"reason": "补附证明"})
    client.post(url("request-refuse", row), {"words": "本人健在"})
    assert now(known, city.clerk_a).state == "alive"
    with scope(actor_of(city.clerk_a)):
        assert Membership.objects.get(retiree_id=known.pk).during == stay


def test_a_county_takes_a_death_back_through_the_city_only(city, sign_in, known):
    death = report(city, known)
    county = sign_in(city.clerk_a)
    address = reverse("retirees:death-retract", args=[known.pk])
    assert "要市局审核" in county.get(address).text
    answer = county.post(address, {"reason": "同名的人"}, follow=True)
    assert "已报市局审核" in answer.text
    assert now(known, city.clerk_a).state == "dead"
    assert "请等审核结果" in county.post(address, {"reason": "再来"}).text
    with scope(actor_of(city.city_clerk)) as actor:
        row = ChangeRequest.objects.get(kind="retraction")
        actions.approve(request=row, by=actor)
        assert ChangeRequest.objects.get(pk=death.pk).state == "overtaken"
    assert now(known, city.clerk_a).state == "alive"


def test_the_city_takes_a_death_back_at_once_and_closes_what_waits(city, sign_in, known):
    row = report(city, known, "unit_a1")
    sign_in(city.city_clerk).post(
        reverse("retirees:death-retract", args=[known.pk]), {"reason": "登记错了人"}
    )
    assert now(known, city.clerk_a).state == "alive"
    with scope(actor_of(city.city_clerk)) as actor:
        assert ChangeRequest.objects.get(pk=row.pk).state == "overtaken"
        with pytest.raises(NotPossible):
            actions.approve(request=row, by=actor)


# --- from a roster

ROSTER = "姓名,性别,身份证号,出生年月,类别,现享受待遇,联系电话\n邓忠永,男,{number},1924.7,离休,正厅级,13800001111\n"


def test_a_roster_changes_the_rest_and_asks_for_what_is_reviewed(city, sign_in, known):
    content = ROSTER.format(number=PRIVATE["national_id"]).encode()
    batch = commit(city, "名册.csv", content)
    person = now(known, city.clerk_a)
    assert person.treatment == "131"
    with scope(actor_of(city.city_clerk)) as actor:
        assert PrivateDetails.objects.get(pk=known.pk).phone.same("13800001111")
        row = ChangeRequest.objects.get()
        assert (row.names, row.origin, row.batch_id) == (["treatment"], "来自导入 名册.csv", batch.pk)
        issues = [issue["kind"] for one in Row.objects.filter(batch=batch) for issue in one.issues]
        assert "needs-review" in issues
    page = sign_in(city.city_clerk).get(f"{reverse('retirees:requests')}?batch={batch.pk}")
    assert "只看“来自导入 名册.csv”的申请" in page.text
    again = commit(city, "再来.csv", content + b"\n")
    assert again.pk != batch.pk
    with scope(actor_of(city.city_clerk)) as actor:
        assert ChangeRequest.objects.count() == 1, "it waits already"
        actions.approve(request=row, by=actor)
    assert now(known, city.clerk_a).treatment == "121"


def commit(city, name, content):
    """Upload, check and confirm, as the jobs do."""
    with scope(actor_of(city.clerk_a)) as actor:
        batch = imports.upload_batch(kind="roster", file_name=name, content=content, unit=city.a, by=actor)
        place = imports.place_of(batch.unit)
        reading = imports.read_content(
            content, importers["roster"], place=place, actor=actor, today=date(2026, 3, 31)
        )
        imports.stage(batch, reading)
        if batch.total("new", "update"):
            imports.confirm_batch(batch=batch, mode=Mode.VALID_ROWS, by=actor)
            batch.refresh_from_db()
            imports.apply_staged(batch, seen_on=date(2026, 3, 31), by=actor)
            batch.refresh_from_db()
    return batch


# --- many at once, and the grid


def test_a_bulk_edit_writes_the_rest_and_asks_for_what_is_reviewed(city, known):
    other = make_person(city.clerk_a, city.a1, name="测二", treatment="")
    keys, values = [known.pk, other.pk], {"treatment": "121", "marriage": "20"}
    with scope(actor_of(city.clerk_a)) as actor:
        made = bulk_edit(
            keys=keys,
            values=values,
            labels={"treatment": "现享受待遇", "marriage": "婚姻状况"},
            expected=state_of(stored_values(keys, values)),
            seen_on=date(2026, 3, 1),
            today=date(2026, 3, 1),
            reason="按批复调整",
            by=actor,
        )
        assert (made.people, made.asked) == (2, 2)
        assert set(Retiree.objects.values_list("marriage", flat=True)) == {"20"}
        assert not Retiree.objects.filter(treatment="121").exists()
        assert {row.origin for row in ChangeRequest.objects.all()} == {"来自批量修改：按批复调整"}


def test_a_reviewed_field_is_not_saved_in_a_cell(city, known):
    with scope(actor_of(city.city_chief)) as actor:
        actions.set_reviewed(names=["phone"], by=actor)
    with scope(actor_of(city.clerk_a)) as actor, pytest.raises(NeedsReview, match="要报审"):
        save_cell(
            retiree=known,
            name="phone",
            value="13800001111",
            version=1,
            seen_on=date(2026, 3, 1),
            today=date(2026, 3, 1),
            by=actor,
        )


def test_the_paper_of_a_level_waits_with_the_level(city, sign_in, known):
    client = sign_in(city.clerk_a)
    typed = {
        "medical_treatment": "121",
        "medical_treatment_on": "2023.3",
        "medical_number": "卫保〔2023〕1号",
        "treatment_number": "组干〔1993〕5号",
        "birthplace": "河南信阳",
        "settled_place": "海南海口",
        "speciality": "书法",
        "review_reason": "县委批复",
    }
    answer = edit(client, known, **typed)
    assert "已报审" in answer.text
    person = now(known, city.clerk_a)
    assert (person.medical_treatment, person.medical_number, person.treatment_number) == ("", "", "")
    assert (person.birthplace, person.settled_place, person.speciality) == ("河南信阳", "海南海口", "书法")
    with scope(actor_of(city.clerk_a)):
        row = ChangeRequest.objects.get()
    assert set(row.names) == {
        "medical_treatment",
        "medical_treatment_on",
        "medical_number",
        "treatment_number",
    }
    sign_in(city.city_clerk).post(url("request-approve", row), {"seen": ""})
    person = now(known, city.clerk_a)
    assert (str(person.medical_treatment_on), person.medical_number) == ("2023年3月", "卫保〔2023〕1号")
    page = client.get(reverse("retirees:detail", args=[known.pk]) + "?tab=levels").text
    assert "卫保〔2023〕1号" in page
    assert "组干〔1993〕5号" in page
    assert "海南海口" in client.get(reverse("retirees:detail", args=[known.pk]) + "?tab=basic").text
