"""New person and edit: errors block and say why, doubts ask back, nothing typed is lost, nothing is made twice."""

import re
import uuid

import pytest
from django.urls import reverse

from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.retirees.models import Affiliation, Condition, Membership, PrivateDetails, Retiree
from tests.factories.city import actor_of, make_person
from tests.retirees.conftest import PRIVATE

ID = "420106193407026495"
CREATE = reverse("retirees:create")


def typed(city, **more):
    """What a browser sends for a new person about whom nothing is doubtful."""
    return {
        "token": str(uuid.uuid4()),
        "name": "田玉兰",
        "sex": "2",
        "category": "tuixiu",
        "unit": str(city.a1.pk),
        "entry": "retired",
        "birth_date": "1948.7",
        "work_started_on": "1968年3月",
        "retired_on": "2003-08",
        "confirmed": "",
        **more,
    }


def fields_of(page):
    """Every field of the page's form as the browser would send it back."""
    form = page.text[page.text.index("data-unsaved") :]
    found = {}
    for tag in re.findall(r"<input [^>]*>", form):
        attrs = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if "name" in attrs and (attrs.get("type") not in ("checkbox", "radio") or "checked" in tag):
            found[attrs["name"]] = attrs.get("value", "on" if attrs.get("type") == "checkbox" else "")
    for name, body in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        found[name] = chosen[1] if chosen else ""
    for name, body in re.findall(r'<textarea name="(\w+)"[^>]*>\n?(.*?)</textarea>', form, re.S):
        found[name] = body
    found.pop("csrfmiddlewaretoken", None)
    return found


def people():
    return Retiree.objects.order_by("pk")


# --- new


def test_a_new_person(city, sign_in):
    client = sign_in(city.clerk_a)
    page = client.get(CREATE)
    assert page.status_code == 200
    assert "石桥" not in page.text
    assert "⚠" not in page.text
    answer = client.post(
        CREATE, typed(city, national_id="", phone="139 1225 1394", monthly_income="8,765.43元")
    )
    assert answer.status_code == 302
    with scope(actor_of(city.clerk_a)):
        person = people().get()
        assert answer.url == reverse("retirees:detail", args=[person.pk])
        assert (person.name, person.unit_id, person.birth_date) == (
            "田玉兰",
            city.a1.pk,
            PartialDate(1948, 7),
        )
        private = PrivateDetails.objects.get(pk=person.pk)
        assert private.phone.same("13912251394")
        assert str(private.monthly_income) == "8765.43"
        assert str(Membership.objects.get(retiree_id=person.pk).during.lower) == "2003-08-01"


def test_what_the_id_number_says_is_filled_in(city, sign_in):
    data = typed(city, national_id=ID, sex="", birth_date="1934年7月", work_started_on="", retired_on="1994")
    answer = sign_in(city.clerk_a).post(CREATE, data, follow=True)
    assert "性别、身份证上的出生日期已按身份证号填入" in answer.text
    with scope(actor_of(city.clerk_a)):
        person = people().get()
        assert (person.sex, person.card_birth_date) == ("1", PartialDate(1934, 7, 2))


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("name", "", "请填写姓名"),
        ("name", "田玉兰（女）", "括号里的说明请填到相应的栏目"),
        ("name", "田玉兰、孙德生", "像是写了几个人"),
        ("birth_date", "1948年13月", "月份是13"),
        ("birth_date", "2048年1月", "还没有到"),
        ("birth_date", "农历正月初五", "是农历日期"),
        ("birth_date", "农历1934年闰五月初一", "没有闰五月"),
        ("national_id", "42010619340702649", "是17位，应为18位"),
        ("national_id", "420106193407026490", "校验码不符"),
        ("national_id", "420106193413026490", "校验码不符"),
        ("national_id", "4201O6****026490", "被星号遮住"),
        ("phone", "打办公室电话", "电话号码里有读不出的部分"),
        ("monthly_income", "很多", "输入"),
        ("category", "", "请选择离休或退休"),
        ("category", "x", "选择"),
        ("unit", "", "请选择管理单位"),
        ("unit", "999999", "选择"),
        ("sex", "7", "选择"),
        ("seen_on", "2999-01-01", "还没有到这一天"),
        ("token", "", "本页：已过期"),
        ("note", "坏\x07字", "控制字符"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_written(city, sign_in, field, text, words):
    page = sign_in(city.clerk_a).post(CREATE, typed(city, **{field: text}))
    assert page.status_code == 422
    assert words in page.text
    assert "⚠" not in page.text
    if field not in ("name", "token"):
        assert 'value="田玉兰"' in page.text
    with scope(actor_of(city.clerk_a)):
        assert not people().exists()


def test_no_message_repeats_an_id_number(city, sign_in):
    page = sign_in(city.clerk_a).post(CREATE, typed(city, national_id="420106193407026490"))
    assert page.text.count("420106193407026490") == 1  # in its own field, to be mended


def test_a_foreign_unit_is_not_among_the_choices(city, sign_in):
    for user, unit in (("clerk_a", city.b1), ("unit_a1", city.a2), ("unit_a1", city.b1)):
        page = sign_in(getattr(city, user)).post(CREATE, typed(city, unit=str(unit.pk)))
        assert page.status_code == 422
    with scope(actor_of(city.city_clerk)):
        assert not people().exists()
    assert sign_in(city.city_clerk).post(CREATE, typed(city, unit=str(city.b1.pk))).status_code == 302
    assert sign_in(city.unit_a1).post(CREATE, typed(city, name="周文")).status_code == 302


def test_a_transfer_in_wants_its_day(city, sign_in):
    client = sign_in(city.clerk_a)
    page = client.post(CREATE, typed(city, entry="outside"))
    assert "请填写转入的日期" in page.text
    assert client.post(CREATE, typed(city, entry="outside", registered_from="2023-03-02")).status_code == 302
    with scope(actor_of(city.clerk_a)):
        assert str(Membership.objects.get().during.lower) == "2023-03-02"


def test_doubts_ask_back_and_confirmed_they_pass(city, sign_in):
    client = sign_in(city.clerk_a)
    data = typed(city, category="lixiu", joined_on="1949年10月", birth_date="1931")
    page = client.post(CREATE, data)
    assert page.status_code == 422
    assert "参加革命工作时间在1949年9月30日之后，一般不属于离休" in page.text
    assert "仍然保存" in page.text
    with scope(actor_of(city.clerk_a)):
        assert not people().exists()
    again = fields_of(page)
    assert again["confirmed"]
    assert again["token"] == data["token"]
    assert again["joined_on"] == "1949年10月"
    other = client.post(CREATE, again | {"birth_date": "1945"})
    assert other.status_code == 422  # another doubt came in: it was not what was confirmed
    assert client.post(CREATE, again).status_code == 302
    with scope(actor_of(city.clerk_a)):
        assert people().get().period == "after"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"category": "lixiu", "joined_on": "1945年9月", "birth_date": "1925"}, "1945年9月2日前为抗战时期"),
        ({"category": "lixiu"}, "离休干部应填参加革命工作时间"),
        ({"work_started_on": "1950"}, "参加工作时2岁"),
        ({"retired_on": "1975"}, "离退休时不满40岁"),
        (
            {"national_id": ID, "birth_date": "1935年7月", "sex": "1", "work_started_on": ""},
            "身份证号里是1934年7月2日",
        ),
        ({"national_id": ID, "birth_date": "1934", "sex": "2", "work_started_on": ""}, "身份证号表明是男"),
        (
            {"national_id": "420106340702649", "birth_date": "1934", "sex": "1", "work_started_on": ""},
            "15位旧身份证号",
        ),
        ({"work_started_on": "1968年初"}, "大概时间"),
        ({"name": "田？兰"}, "没能显示的字"),
    ],
)
def test_every_doubt_warns_and_does_not_block(city, sign_in, values, words):
    client = sign_in(city.clerk_a)
    page = client.post(CREATE, typed(city, **values))
    assert page.status_code == 422
    assert words in page.text
    assert client.post(CREATE, fields_of(page)).status_code == 302


def test_the_same_id_number_is_refused_with_one_answer_for_all(city, sign_in):
    make_person(city.clerk_b, city.b1, national_id=ID, name="别县人")
    make_person(city.clerk_a, city.a1, national_id=PRIVATE["national_id"], name="本县人")
    answers = set()
    for number in (ID, PRIVATE["national_id"]):
        data = typed(
            city, national_id=number, sex="", birth_date=number[6:10], work_started_on="", retired_on=""
        )
        page = sign_in(city.clerk_a).post(CREATE, data)
        if "仍然保存" in page.text:
            page = sign_in(city.clerk_a).post(CREATE, fields_of(page))
        assert page.status_code == 422
        assert "别县人" not in page.text
        answers.add("该证件号码已登记，请联系市局核实。" in page.text)
    assert answers == {True}
    with scope(actor_of(city.city_clerk)):
        assert people().count() == 2


def test_a_namesake_of_the_same_month_is_pointed_to(city, sign_in):
    same = make_person(city.clerk_a, city.a2, name="田玉兰", birth_date=PartialDate(1948, 7, 3))
    make_person(city.clerk_a, city.a2, name="田玉兰", birth_date=PartialDate(1948, 8))
    make_person(city.clerk_b, city.b1, name="田玉兰", birth_date=PartialDate(1948, 7))
    page = sign_in(city.clerk_a).post(CREATE, typed(city))
    assert page.status_code == 422
    assert page.text.count("已有同名的人") == 2  # on top and beside the field
    assert reverse("retirees:detail", args=[same.pk]) in page.text
    assert "不是同一个人，仍然保存" in page.text
    assert sign_in(city.clerk_a).post(CREATE, fields_of(page)).status_code == 302


def test_the_same_form_twice_makes_one_person(city, sign_in):
    client = sign_in(city.clerk_a)
    data = typed(city)
    first = client.post(CREATE, data)
    second = client.post(CREATE, data, follow=True)
    assert second.redirect_chain == [(first.url, 302)]
    assert "没有重复新增" in second.text
    with scope(actor_of(city.clerk_a)):
        assert people().count() == 1
    assert sign_in(city.unit_a1).post(CREATE, data).status_code == 403  # somebody else's form


def test_a_refused_form_can_be_mended_and_sent_again(city, sign_in):
    make_person(city.clerk_b, city.b1, national_id=ID)
    client = sign_in(city.clerk_a)
    data = typed(city, national_id=ID, sex="", birth_date="1934", work_started_on="", retired_on="")
    page = client.post(CREATE, data)
    assert page.status_code == 422
    assert client.post(CREATE, fields_of(page) | {"national_id": "", "sex": "2"}).status_code == 302


def test_who_may_make_a_new_person(city, sign_in, client):
    assert client.get(CREATE).status_code == 302
    assert client.post(CREATE, typed(city)).status_code == 302
    for user in ("leader", "leader_a", "system_admin", "audit_admin"):
        assert sign_in(getattr(city, user)).get(CREATE).status_code == 403
        assert sign_in(getattr(city, user)).post(CREATE, typed(city)).status_code == 403
    assert sign_in(city.clerk_a).put(CREATE).status_code == 405
    with scope(actor_of(city.city_clerk)):
        assert not people().exists()


# --- edit


def edit_url(person):
    return reverse("retirees:edit", args=[person.pk])


def test_the_edit_form_holds_what_is_known_and_no_private_value(city, sign_in, known):
    page = sign_in(city.clerk_a).get(edit_url(known))
    assert page.status_code == 200
    sent = fields_of(page)
    assert (sent["name"], sent["birth_date"], sent["treatment_on"]) == ("邓忠永", "1924年7月", "1993年10月")
    assert (sent["original_unit"], sent["version"], sent["phone"]) == ("县水利局", "1", "")
    assert "现为 139****1394，不改请留空" in page.text
    for name in ("national_id", "phone", "address", "medical_card"):
        assert PRIVATE[name] not in page.text
    assert "变动" not in sent
    assert "⚠" not in page.text


def test_saving_without_a_change_changes_nothing(city, sign_in, known):
    client = sign_in(city.clerk_a)
    sent = fields_of(client.get(edit_url(known)))
    answer = client.post(edit_url(known), sent, follow=True)
    assert "没有改动" in answer.text
    with scope(actor_of(city.clerk_a)):
        assert Retiree.objects.get(pk=known.pk).version == 1


def test_editing_writes_what_was_typed_and_keeps_the_rest(city, sign_in, known):
    client = sign_in(city.clerk_a)
    sent = fields_of(client.get(edit_url(known)))
    sent |= {
        "marriage": "30",
        "held_leading_post": "no",
        "self_care": "partial",
        "seen_on": "2023-05-06",
        "paying_unit": "县财政局",
        "phone": "13800001111",
        "clear_medical_card": "on",
        "allowance": "0",
    }
    answer = client.post(edit_url(known), sent, follow=True)
    assert "邓忠永的资料已保存" in answer.text
    with scope(actor_of(city.clerk_a)):
        person = Retiree.objects.get(pk=known.pk)
        private = PrivateDetails.objects.get(pk=known.pk)
        assert (person.version, person.marriage, person.held_leading_post) == (2, "30", False)
        assert private.phone.same("13800001111")
        assert private.national_id.same(PRIVATE["national_id"])
        assert private.medical_card is None
        assert private.allowance == 0
        assert Affiliation.objects.get(retiree=known, kind="paying").organisation_name == "县财政局"
        care = Condition.objects.get(retiree=known, kind="self_care", during__endswith=None)
        assert (care.value, str(care.during.lower)) == ("partial", "2023-05-06")


def test_doubts_that_were_there_before_are_not_asked_again(city, sign_in):
    person = make_person(city.clerk_a, city.a1, category="lixiu", joined_on=PartialDate(1949, 11))
    client = sign_in(city.clerk_a)
    sent = fields_of(client.get(edit_url(person)))
    assert client.post(edit_url(person), sent | {"note": "已看档案"}).status_code == 302
    sent = fields_of(client.get(edit_url(person)))
    page = client.post(edit_url(person), sent | {"birth_date": "1941年7月"})
    assert page.status_code == 422
    assert "参加革命工作时8岁" in page.text
    assert "一般不属于离休" not in page.text


def test_the_date_of_joining_of_a_lixiu_cadre_is_not_edited_freely(city, sign_in, known):
    client = sign_in(city.clerk_a)
    page = client.get(edit_url(known))
    assert "请用“时间认定”" in page.text
    sent = fields_of(page) | {"joined_on": "1937年7月", "joined_basis": "听说"}
    client.post(edit_url(known), sent)
    with scope(actor_of(city.clerk_a)):
        person = Retiree.objects.get(pk=known.pk)
        assert (person.joined_on, person.joined_basis) == (PartialDate(1948, 2), "自传")


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("name", "", "请填写姓名"),
        ("birth_date", "1948年2月30日", "没有这一天"),
        ("national_id", "123", "是3位，应为18位"),
        ("version", "", "必填"),
        ("version", "x", "整数"),
    ],
)
def test_wrong_edits_change_nothing(city, sign_in, known, field, text, words):
    client = sign_in(city.clerk_a)
    sent = fields_of(client.get(edit_url(known))) | {"marriage": "30", field: text}
    page = client.post(edit_url(known), sent)
    assert page.status_code == 422
    assert words in page.text
    with scope(actor_of(city.clerk_a)):
        assert Retiree.objects.get(pk=known.pk).marriage == ""


def test_new_number_and_clearing_at_once_is_asked_back(city, sign_in, known):
    client = sign_in(city.clerk_a)
    sent = fields_of(client.get(edit_url(known))) | {"phone": "13800001111", "clear_phone": "on"}
    page = client.post(edit_url(known), sent)
    assert "就不要勾选“清空”" in page.text
    with scope(actor_of(city.clerk_a)):
        assert PrivateDetails.objects.get(pk=known.pk).phone.same(PRIVATE["phone"])


def test_an_id_number_of_another_person_is_refused(city, sign_in, known):
    make_person(city.clerk_b, city.b1, national_id=ID)
    client = sign_in(city.clerk_a)
    sent = fields_of(client.get(edit_url(known))) | {"national_id": ID, "review_reason": "原来登错"}
    page = client.post(edit_url(known), sent)
    if "仍然保存" in page.text:
        page = client.post(edit_url(known), fields_of(page))
    assert page.status_code == 422
    assert "该证件号码已登记" in page.text


def test_who_may_edit(city, sign_in, client, known):
    assert client.get(edit_url(known)).status_code == 302
    for user, status in (("leader", 403), ("system_admin", 403), ("clerk_b", 404), ("unit_b1", 404)):
        assert sign_in(getattr(city, user)).get(edit_url(known)).status_code == status
        assert sign_in(getattr(city, user)).post(edit_url(known), {"name": "改"}).status_code == status
    for user in ("unit_a1", "chief_a", "city_clerk"):
        assert sign_in(getattr(city, user)).get(edit_url(known)).status_code == 200
    assert sign_in(city.clerk_a).delete(edit_url(known)).status_code == 405


# --- two edits at once


def two_edits(city, sign_in, person, mine, theirs):
    """I open, the other saves ``theirs``, I send ``mine``: the answer to me."""
    me, other = sign_in(city.clerk_a), sign_in(city.chief_a)
    sent = fields_of(me.get(edit_url(person)))
    answer = other.post(edit_url(person), fields_of(other.get(edit_url(person))) | theirs)
    if answer.status_code == 422:  # doubtful, and confirmed
        answer = other.post(edit_url(person), fields_of(answer))
    assert answer.status_code == 302
    return me, me.post(edit_url(person), sent | mine)


def test_a_lost_update_is_refused_and_both_are_shown(city, sign_in, known):
    me, page = two_edits(
        city,
        sign_in,
        known,
        mine={"education": "20", "marriage": "30", "phone": "13800001111", "note": "我写的"},
        theirs={"education": "50", "native_place": "外省", "phone": "13700002222"},
    )
    assert page.status_code == 409
    for words in (
        "高中",
        "技校",
        "大学本科",
        "丧偶",
        "外省",
        "138****1111",
        "137****2222",
        "139****1394",
        "试chief_a",
        "我写的",
    ):
        assert words in page.text, words
    assert "⚠" not in page.text
    assert PRIVATE["phone"] not in page.text
    assert "13700002222" not in page.text
    with scope(actor_of(city.clerk_a)):
        assert Retiree.objects.get(pk=known.pk).education == "50"
    sent = fields_of(page) | {"pick_education": "mine", "pick_phone": "theirs"}
    assert me.post(edit_url(known), sent).status_code == 302
    with scope(actor_of(city.clerk_a)):
        person = Retiree.objects.get(pk=known.pk)
        private = PrivateDetails.objects.get(pk=known.pk)
        assert (person.education, person.marriage, person.native_place) == ("20", "30", "外省")
        assert (person.note, person.version) == ("我写的", 3)
        assert private.phone.same("13700002222")


def test_theirs_can_be_taken_for_a_field_both_changed(city, sign_in, known):
    me, page = two_edits(
        city,
        sign_in,
        known,
        mine={"birth_date": "1924.8", "paying_unit": "我写的单位", "phone": "13800001111"},
        theirs={"birth_date": "1924.9", "paying_unit": "对方的单位"},
    )
    sent = fields_of(page) | {"pick_birth_date": "theirs", "pick_paying_unit": "theirs"}
    answer = me.post(edit_url(known), sent)
    if answer.status_code == 422:
        answer = me.post(edit_url(known), fields_of(answer))
    assert answer.status_code == 302
    with scope(actor_of(city.clerk_a)):
        person = Retiree.objects.get(pk=known.pk)
        assert person.birth_date == PartialDate(1924, 9)
        assert Affiliation.objects.get(retiree=known, kind="paying").organisation_name == "对方的单位"
        assert PrivateDetails.objects.get(pk=known.pk).phone.same("13800001111")


def test_a_third_edit_meanwhile_is_set_beside_again(city, sign_in, known):
    me, page = two_edits(city, sign_in, known, mine={"education": "20"}, theirs={"education": "50"})
    third = sign_in(city.unit_a1)
    third.post(edit_url(known), fields_of(third.get(edit_url(known))) | {"education": "70"})
    again = me.post(edit_url(known), fields_of(page) | {"pick_education": "mine"})
    assert again.status_code == 409
    for words in ("技校", "初中", "大学本科"):
        assert words in again.text


def test_the_same_change_by_both_is_no_clash(city, sign_in, known):
    _, page = two_edits(city, sign_in, known, mine={"education": "20"}, theirs={"education": "20"})
    assert page.status_code == 409
    assert "两边填的没有不同" in page.text
