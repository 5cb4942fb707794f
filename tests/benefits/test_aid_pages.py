"""Pages of hardship aid: the way of a case in the browser, what is refused, the ledger, who sees what."""

import io
from datetime import timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.audit.models import Event
from apps.benefits.models import AidCase, AidScheme
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from tests.benefits.aid import TODAY, again, applied, approved, checked, paid, scheme_of, signed, yearly
from tests.factories.city import make_person

TOKEN = "00000000-0000-4000-8000-000000000007"


def at(name, *args):
    return reverse(f"benefits:{name}", args=args)


@pytest.fixture
def aided(city):
    city.scheme = scheme_of(city.clerk_a, budget=10000)
    city.person = make_person(city.clerk_a, city.a1, name="周一平")
    city.other = make_person(city.clerk_a, city.a2, name="周二平")
    city.far = make_person(city.clerk_b, city.b1, name="吴五平")
    return city


def test_a_scheme_is_made_once_and_what_is_wrong_is_said(city, sign_in):
    client = sign_in(city.clerk_a)
    address = at("aid-scheme-create")
    sent = {
        "kind": "hardship",
        "year": "2027",
        "name": "春节困难帮扶",
        "people": "both",
        "limit": "3,000",
        "budget": "50000",
        "times_a_year": "1",
        "feast": "spring",
        "token": TOKEN,
    }
    for field, value, word in (
        ("limit", "", "发钱的项目要填每人每年限额"),
        ("limit", "-1", "要大于0"),
        ("year", "1900", "年度填2000到2100"),
        ("name", "", "请填写名称"),
        ("times_a_year", "0", "每人每年次数填1到12"),
        ("kind", "x", "请从列表里选择类型"),
    ):
        answer = client.post(address, sent | {field: value})
        assert answer.status_code == 422, field
        assert word in answer.text
    assert [client.post(address, sent).status_code for _ in range(2)] == [302, 302]
    with scope(system_actor()):
        row = AidScheme.objects.get()
        assert (row.county_id, str(row.pay_before)) == (city.a.pk, "2027-02-06")
    again_sent = sent | {"token": TOKEN.replace("7", "8")}
    assert "这一年已有同名的项目" in client.post(address, again_sent).text
    text = client.get(f"{at('aid')}?year=2027").text
    assert all(word in text for word in ("春节困难帮扶", "50,000.00", "春节（2027年2月6日）前"))
    assert "没有填" not in client.get(at("aid-scheme", row.pk)).text


def test_from_the_search_to_the_money(aided, sign_in):
    clerk, chief = sign_in(aided.clerk_a), sign_in(aided.chief_a)
    found = clerk.post(at("aid-find", aided.scheme.pk), {"name": "周一"}).text
    apply = at("aid-apply", aided.scheme.pk, aided.person.pk)
    assert apply in found
    sent = {"applied_on": TODAY.isoformat(), "asked": "2000", "reason": "老伴重病", "token": TOKEN}
    assert "请填写申请理由" in clerk.post(apply, sent | {"reason": ""}).text
    assert [clerk.post(apply, sent).status_code for _ in range(2)] == [302, 302]
    with scope(system_actor()):
        case = AidCase.objects.get()
    page = at("aid-case", case.pk)
    assert "老伴重病" not in clerk.get(page).text
    answer = clerk.post(at("aid-check", case.pk), {"granted": "3000.01", "findings": "属实"})
    assert answer.status_code == 422
    assert "每人每年限额3,000.00元" in answer.text
    assert clerk.post(at("aid-check", case.pk), {"granted": "1500", "findings": "属实"}).status_code == 302
    assert "由南岭县审批" in clerk.get(page).text
    assert clerk.get(at("aid-approve", case.pk)).status_code == 403
    assert chief.post(at("aid-approve", case.pk), {"words": "同意"}).status_code == 302
    answer = clerk.post(at("aid-pay", case.pk), {"paid_on": TODAY.isoformat(), "voucher": ""})
    assert "请填写凭证号" in answer.text
    sent = {"paid_on": TODAY.isoformat(), "voucher": "记-12"}
    assert clerk.post(at("aid-pay", case.pk), sent).status_code == 302
    text = clerk.get(page).text
    assert all(word in text for word in ("已发放", "1,500.00元", "记-12", "同意", "试chief_a"))
    assert "8,500.00" in clerk.get(at("aid")).text
    assert "记-12" in clerk.get(f"{at('aid-scheme', aided.scheme.pk)}?state=paid").text


def test_who_checked_it_is_told_that_another_approves(aided, sign_in):
    case = checked(aided.chief_a, applied(aided.clerk_a, aided.scheme, aided.person))
    answer = sign_in(aided.chief_a).post(at("aid-approve", case.pk), {"words": ""})
    assert answer.status_code == 422 or "由别人审批" in answer.text
    assert again(case).state == "checked"


def test_a_reason_is_shown_for_a_reason(aided, sign_in):
    case = applied(aided.clerk_a, aided.scheme, aided.person)
    client = sign_in(aided.clerk_a)
    address = at("aid-reveal", case.pk, "reason")
    assert client.post(address, {"reason": ""}).status_code == 422
    answer = client.post(address, {"reason": "核查困难情况"})
    assert "老伴重病住院" in answer.text
    assert client.post(at("aid-reveal", case.pk, "findings"), {"reason": "审批"}).status_code == 404
    assert client.post(at("aid-reveal", case.pk, "name"), {"reason": "审批"}).status_code == 404
    assert sign_in(aided.clerk_b).post(address, {"reason": "审批"}).status_code == 404
    with scope(system_actor()):
        assert Event.objects.filter(kind="reveal", subject_id=str(case.pk)).count() == 1


def test_refused_and_taken_back_with_words(aided, sign_in):
    client = sign_in(aided.clerk_a)
    case = applied(aided.clerk_a, aided.scheme, aided.person)
    assert "请写明原因" in client.post(at("aid-refuse", case.pk), {"words": ""}).text
    assert client.post(at("aid-refuse", case.pk), {"words": "不属于困难情形"}).status_code == 302
    assert "不属于困难情形" in client.get(at("aid-case", case.pk)).text
    other = applied(aided.clerk_a, aided.scheme, aided.other)
    assert client.post(at("aid-withdraw", other.pk), {"words": "家属放弃"}).status_code == 302
    answer = client.post(at("aid-withdraw", other.pk), {"words": "再撤"})
    assert answer.status_code == 422
    assert "已撤回，不能撤回" in answer.text


def test_yearly_items_list_who_has_not_signed_up(aided, sign_in):
    scheme = yearly(aided.city_clerk)
    client = sign_in(aided.clerk_a)
    address = at("aid-unused", scheme.pk)
    text = client.get(address).text
    assert "周一平" in text
    assert "吴五平" not in text
    assert "请勾选报名的人" in client.post(address, {"token": TOKEN}).text
    answer = client.post(address, {"people": [aided.far.pk], "token": TOKEN})
    assert answer.status_code == 422
    sent = {"people": [aided.person.pk], "token": TOKEN}
    assert [client.post(address, sent).status_code for _ in range(2)] == [302, 422]
    assert client.post(at("aid-apply", scheme.pk, aided.other.pk)).status_code == 302
    assert "没有未报名的人" in client.get(address).text
    with scope(system_actor()):
        case = AidCase.objects.get(retiree_id=aided.person.pk)
    assert client.post(at("aid-done", case.pk), {"done_on": TODAY.isoformat()}).status_code == 302
    text = sign_in(aided.city_clerk).get(at("aid")).text
    assert "年度体检" in text
    assert client.get(at("aid-unused", aided.scheme.pk)).status_code == 404


def test_a_closed_scheme_takes_no_more(aided, sign_in):
    client = sign_in(aided.clerk_a)
    assert "停止申请" in client.get(at("aid-scheme-close", aided.scheme.pk)).text
    assert client.post(at("aid-scheme-close", aided.scheme.pk)).status_code == 302
    apply = at("aid-apply", aided.scheme.pk, aided.person.pk)
    sent = {"applied_on": TODAY.isoformat(), "asked": "2000", "reason": "老伴重病", "token": TOKEN}
    assert "已经停止申请" in client.post(apply, sent).text
    client.post(at("aid-scheme-close", aided.scheme.pk))
    assert client.post(apply, sent | {"token": TOKEN.replace("7", "8")}).status_code == 302
    answer = client.post(at("aid-scheme-remove", aided.scheme.pk), follow=True)
    assert "不能删除" in answer.text


def test_the_ledger_as_a_workbook(aided, sign_in):
    case = checked(aided.clerk_a, applied(aided.clerk_a, aided.scheme, aided.person))
    paid(aided.clerk_a, approved(aided.chief_a, case))
    answer = sign_in(aided.clerk_a).post(at("aid-sheet", aided.scheme.pk))
    rows = list(openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].values)
    assert rows[1][0] == "周一平"
    assert (float(rows[1][5]), float(rows[1][6])) == (2000, 1500)
    assert "老伴" not in str(rows)


def test_who_opens_what(aided, sign_in):
    case = applied(aided.clerk_a, aided.scheme, aided.person)
    city = scheme_of(aided.city_clerk, name="市级帮扶")
    far, unit, leader = (sign_in(user) for user in (aided.clerk_b, aided.unit_a1, aided.leader))
    assert far.get(at("aid-case", case.pk)).status_code == 404
    assert far.get(at("aid-scheme", aided.scheme.pk)).status_code == 404
    assert far.get(at("aid-scheme", city.pk)).status_code == 200
    assert far.get(at("aid-scheme-edit", city.pk)).status_code == 403
    for client in (unit, leader):
        assert client.get(at("aid")).status_code == 403
    assert sign_in(aided.city_clerk).get(at("aid-case", case.pk)).status_code == 200
    assert far.get(f"{at('aid')}?year=abc").status_code == 400
    assert far.get(f"{at('aid-scheme', city.pk)}?state=x").status_code == 400


def test_pages_ask_the_same_of_one_row_as_of_three(aided, sign_in):
    client = sign_in(aided.clerk_a)
    third = make_person(aided.clerk_a, aided.a1, name="周三平")
    item = yearly(aided.clerk_a)
    pages = [at("aid"), at("aid-scheme", aided.scheme.pk), at("aid-scheme", item.pk)]
    numbers = []
    for person in (aided.person, aided.other, third):
        applied(aided.clerk_a, aided.scheme, person, day=TODAY - timedelta(days=1))
        signed(aided.clerk_a, item, person)
        scheme_of(aided.clerk_a, name=f"帮扶{person.pk}")
        counts = []
        for page in pages:
            client.get(page)
            with CaptureQueriesContext(connection) as asked:
                client.get(page)
            counts.append(len(asked))
        numbers.append(counts)
    assert numbers[0] == numbers[-1]


def test_the_home_page_tells_what_waits(aided, sign_in):
    scheme = scheme_of(aided.clerk_a, name="节前帮扶", pay_before=TODAY + timedelta(days=10))
    item = yearly(aided.clerk_a)
    case = checked(aided.clerk_a, applied(aided.clerk_a, scheme, aided.person))
    clerk, chief = sign_in(aided.clerk_a), sign_in(aided.chief_a)
    home = reverse("dashboards:home")
    assert "帮扶待审批" in chief.get(home).text
    text = clerk.get(home).text
    assert "帮扶待审批" not in text
    assert "年度体检未报名" in text
    assert at("aid-unused", item.pk) in text
    assert "周一平" in chief.get(at("aid-waiting")).text
    assert "周一平" not in clerk.get(at("aid-waiting")).text
    approved(aided.chief_a, case)
    signed(aided.clerk_a, item, aided.person, aided.other)
    text = clerk.get(home).text
    assert "帮扶待发放" in text
    assert "年度体检未报名" not in text
    assert "还有10天" in clerk.get(at("aid-waiting")).text
    paid(aided.clerk_a, case)
    assert "帮扶待发放" not in clerk.get(home).text
    for user in (aided.clerk_b, aided.unit_a1, aided.leader):
        assert "帮扶待" not in sign_in(user).get(home).text


def test_a_person_page_has_what_he_got_and_may_apply_for(aided, sign_in):
    item = yearly(aided.city_clerk)
    far = scheme_of(aided.clerk_b, name="石桥帮扶")
    case = applied(aided.clerk_a, aided.scheme, aided.person)
    page = f"{reverse('retirees:detail', args=[aided.person.pk])}?tab=aid"
    text = sign_in(aided.clerk_a).get(page).text
    assert at("aid-case", case.pk) in text
    assert at("aid-apply", item.pk, aided.person.pk) in text
    assert at("aid-apply", aided.scheme.pk, aided.person.pk) not in text
    assert at("aid-apply", far.pk, aided.person.pk) not in sign_in(aided.city_clerk).get(page).text
    assert (
        "tab=aid" not in sign_in(aided.unit_a1).get(reverse("retirees:detail", args=[aided.person.pk])).text
    )
