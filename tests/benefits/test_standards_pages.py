"""Pages of standards, benefits and published figures: they work, say what is wrong, and are whose they are."""

import uuid
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from apps.benefits.choices import StandardState
from apps.benefits.models import Benefit, PublishedFigure, Standard
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.library.models import Clause, Paper
from tests.benefits.conftest import make_standard
from tests.factories.city import make_city

pytestmark = pytest.mark.django_db
LIST = reverse("benefits:standards")
NEW = reverse("benefits:standard-create")


@pytest.fixture
def city() -> Any:
    return make_city()


def benefit(code: str = "nursing") -> Benefit:
    return Benefit.objects.get(code=code)


def paper(number: str = "云溪老干〔2026〕7号", county: Any = None) -> Paper:
    with scope(system_actor()):
        return Paper.objects.get_or_create(
            number=number, county=county, defaults={"title": "演示", "issuer": "云溪", "level": "3"}
        )[0]


def typed(**more: Any) -> dict[str, Any]:
    sent = {
        "benefit": benefit().pk,
        "paper": paper().pk,
        "label": "解放战争时期300元",
        "amount": "300",
        "starts": "2026-07-01",
        "if_category": ["lixiu"],
        "if_period": ["liberation"],
        "token": str(uuid.uuid4()),
        "version": "1",
    }
    return sent | more


def at(name: str, standard: Standard) -> str:
    return reverse(f"benefits:{name}", args=[standard.pk])


def only_own() -> Standard:
    with scope(system_actor()):
        return Standard.objects.get(paper__number="云溪老干〔2026〕7号")


def shipped(label: str) -> Standard:
    with scope(system_actor()):
        return Standard.objects.get(label=label, is_example=False)


def number_of_rows() -> int:
    with scope(system_actor()):
        return Standard.objects.count()


def test_a_standard_from_draft_to_withdrawal(city: Any, sign_in: Any) -> None:
    clerk, chief = sign_in(city.city_clerk), sign_in(city.city_chief)
    assert "选择待遇项目" in clerk.get(NEW).text
    assert "两项一起勾" in clerk.get(f"{NEW}?benefit={benefit().pk}").text
    made = clerk.post(NEW, typed(), follow=True)
    assert "离休干部，解放战争时期参加革命工作，每月300.00元，2026年7月1日起" in made.text
    assert "还有人没有标准" in made.text
    standard = only_own()
    assert clerk.get(at("standard-edit", standard)).status_code == 200
    changed = clerk.post(at("standard-edit", standard), typed(if_sex=["1"], full_age_from="70"), follow=True)
    assert "男，满70周岁" in changed.text
    assert "和文件一致吗" in clerk.get(at("standard-submit", standard)).text
    clerk.post(at("standard-submit", standard), {"version": 2})
    assert "自己拟定的" in clerk.post(at("standard-publish", standard), {"version": 3}, follow=True).text
    assert "复核发布" not in clerk.get(at("standard", standard)).text
    back = chief.post(at("standard-return", standard), {"version": 3, "words": "核对数额"}, follow=True)
    assert "核对数额" in back.text
    clerk.post(at("standard-submit", standard), {"version": 4})
    done = chief.post(at("standard-publish", standard), {"version": 5}, follow=True)
    assert "已发布" in done.text
    assert "试city_chief" in done.text
    ended = {"version": 6, "last_day": "2026-12-31", "words": "到期"}
    assert "至2026年12月31日" in chief.post(at("standard-end", standard), ended, follow=True).text
    gone = chief.post(at("standard-withdraw", standard), {"version": 7, "words": "发错了"}, follow=True)
    assert "已停用" in gone.text
    assert "办理记录" in gone.text
    assert only_own().state == StandardState.WITHDRAWN


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"paper": ""}, "没有文件就没有标准"),
        ({"paper": "999999"}, "paper"),
        ({"label": ""}, "起个名称"),
        ({"amount": "-1"}, "amount"),
        ({"amount": ""}, "要有金额、月数或倍数"),
        ({"amount": "1e9"}, "amount"),
        ({"times": "2"}, "要选是哪一项公布数据"),
        ({"series": "urban_income"}, "要写倍数"),
        ({"starts": ""}, "从哪天起"),
        ({"starts": "0001-01-01"}, "核对年份"),
        ({"ends": "2026-06-30"}, "不能早于起始"),
        ({"ends": "9999-12-31"}, "核对年份"),
        ({"if_period": ["needs_ruling"]}, "if_period"),
        ({"if_sex": ["x"]}, "if_sex"),
        ({"if_place": ["999999"]}, "if_place"),
        ({"rank_from": "131", "rank_to": "121"}, "起止颠倒"),
        ({"full_age_from": "200"}, "full_age_from"),
        ({"joined_from": "1945-09-03", "joined_to": "1937-07-06"}, "起止颠倒"),
        ({"note": "字" * 300}, "note"),
        ({"label": "绝密★标准"}, "密级"),
        ({"token": "x"}, "已过期"),
    ],
)
def test_what_is_wrong_changes_nothing_and_is_said(
    city: Any, sign_in: Any, wrong: dict[str, Any], told: str
) -> None:
    before = number_of_rows()
    answer = sign_in(city.city_clerk).post(NEW, typed(**wrong))
    assert answer.status_code == 422
    assert "标准没有保存" in answer.text
    assert told in answer.text
    assert number_of_rows() == before


def test_conditions_that_do_not_fit_the_benefit_are_not_read(city: Any, sign_in: Any) -> None:
    client = sign_in(city.city_clerk)
    page = client.get(f"{NEW}?benefit={benefit('survivor').pk}").text
    assert "与干部关系" in page
    assert "生活自理" not in page
    client.post(NEW, typed(benefit=benefit("survivor").pk, if_relation=["spouse"], if_death=["duty"]))
    assert only_own().conditions == {"period": ["liberation"], "relation": ["spouse"]}
    assert "死亡性质" in client.get(f"{NEW}?benefit={benefit('gratuity').pk}").text
    assert "死亡性质" not in client.get(f"{NEW}?benefit={benefit().pk}").text


def test_a_clause_is_of_the_paper(city: Any, sign_in: Any) -> None:
    other = paper("云溪老干〔2026〕8号")
    with scope(system_actor()):
        own = Clause.objects.create(paper=paper(), label="第二条", text="文")
        foreign = Clause.objects.create(paper=other, label="第三条", text="文")
    client = sign_in(city.city_clerk)
    assert "不是所选文件的" in client.post(NEW, typed(clause=foreign.pk)).text
    assert client.post(NEW, typed(clause=own.pk)).status_code == 302
    assert "云溪老干〔2026〕7号 第二条" in client.get(f"{LIST}?state=draft").text


def test_sent_twice_is_made_once(city: Any, sign_in: Any) -> None:
    client, sent = sign_in(city.city_clerk), typed()
    assert client.post(NEW, sent).url == client.post(NEW, sent).url
    only_own()


def test_a_lost_update_is_refused(city: Any, sign_in: Any) -> None:
    clerk, chief = sign_in(city.city_clerk), sign_in(city.city_chief)
    clerk.post(NEW, typed())
    address = at("standard-edit", only_own())
    assert chief.post(address, typed(amount="310")).status_code == 302
    late = clerk.post(address, typed(amount="320"))
    assert late.status_code == 422
    assert "别人刚改动过" in late.text
    assert only_own().amount == 310


def test_the_successor_keeps_the_people(city: Any, sign_in: Any) -> None:
    with scope(system_actor()):
        older = make_standard("nursing", 300, date(2026, 7, 1), paper=paper(), conditions={"sex": ["2"]})
    client = sign_in(city.city_clerk)
    assert "新建替代它的标准" in client.get(at("standard", older)).text
    page = client.get(f"{NEW}?benefit={benefit().pk}&replaces={older.pk}").text
    assert f'value="{older.pk}" selected' in page
    assert client.get(f"{NEW}?benefit={benefit().pk}&replaces=x").status_code == 200
    assert client.get(f"{NEW}?evil=1").status_code == 400


def test_several_are_read_back_and_published(city: Any, sign_in: Any) -> None:
    chief = sign_in(city.city_chief)
    one, other = shipped("解放战争时期200元"), shipped("抗日战争时期400元")
    assert "复核发布选中的" in chief.get(LIST).text
    ids = [f"{one.pk}.{one.version}", f"{other.pk}.{other.version}", "x", "5.x", f"{'9' * 30}.1"]
    address = reverse("benefits:standards-publish")
    asked = chief.post(address, {"ids": ids})
    assert "下面2条都对照文件看过" in asked.text
    assert "离休干部，解放战争时期参加革命工作，每月200.00元" in asked.text
    assert shipped("解放战争时期200元").state == StandardState.WAITING
    assert "已发布2条" in chief.post(address, {"ids": ids, "sent": "1"}, follow=True).text
    assert "还没有选中" in chief.post(address, {"ids": []}, follow=True).text
    stale = [f"{shipped('红军时期3个月').pk}.9"]
    assert "别人刚改动过" in chief.post(address, {"ids": stale, "sent": "1"}, follow=True).text


def test_conditions_of_the_list(city: Any, sign_in: Any) -> None:
    client = sign_in(city.city_clerk)
    page = client.get(LIST).text
    assert "解放战争时期200元" in page
    assert "丧葬费1000元" not in page, "examples are drafts"
    assert "丧葬费1000元" in client.get(f"{LIST}?state=draft&examples=only").text
    assert "没有符合条件的标准" in client.get(f"{LIST}?on=1950-01-01").text
    for wrong in ("evil=1", "state=x", "benefit=9999", "on=x", "office=1e3", "examples=1", "pk__gt=0"):
        assert client.get(f"{LIST}?{wrong}").status_code == 400, wrong
    unit = sign_in(city.unit_a1).get(LIST).text
    assert "还没有待遇标准" in unit, "nothing is published"
    assert "待复核" not in unit
    assert sign_in(city.unit_a1).get(f"{LIST}?state=draft").status_code == 400


def test_whose_standards_are_whose(city: Any, sign_in: Any) -> None:
    with scope(system_actor()):
        kept = {
            county: make_standard("nursing", 300, date(2026, 7, 1), paper=paper(county=county), county=county)
            for county in (None, city.a, city.b)
        }
    client = sign_in(city.clerk_a)
    assert client.get(at("standard", kept[None])).status_code == 200
    assert client.get(at("standard", kept[city.b])).status_code == 404
    for name in ("standard-end", "standard-withdraw", "standard-publish", "standard-return"):
        assert client.get(at(name, kept[None])).status_code == 403, name
        assert client.get(at(name, kept[city.b])).status_code == 404, name
        assert client.get(at(name, kept[city.a])).status_code == 200, name
    assert sign_in(city.city_clerk).get(at("standard-end", kept[city.a])).status_code == 403
    assert client.get(at("standard", shipped("解放战争时期200元"))).status_code == 404
    leader = sign_in(city.leader)
    assert leader.get(at("standard", kept[city.b])).status_code == 200
    assert leader.get(NEW).status_code == 403
    assert client.post(at("standard-end", kept[city.a])).status_code == 422
    assert client.get(reverse("benefits:standards-publish")).status_code == 405
    assert client.post(NEW, typed(paper=paper("外县1号", city.b).pk)).status_code == 422


def test_as_many_queries_for_three_as_for_one(city: Any, sign_in: Any) -> None:
    client = sign_in(city.city_clerk)
    numbers = []
    for amount in (1, 2, 3):
        with scope(system_actor()):
            make_standard("funeral", amount, date(2000 + amount, 1, 1), county=city.a, paper=paper())
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(f"{LIST}?state=published").status_code == 200
        numbers.append(len(queries))
    assert len(set(numbers[1:])) == 1
    assert numbers[0] >= numbers[-1]


# ---- benefits


SETTINGS = {
    "name": "时期护理费",
    "group": "护理费",
    "state_day": "first",
    "precedence": "nearest",
    "sort": "10",
    "is_active": "on",
}


def test_settings_of_a_group(city: Any, sign_in: Any) -> None:
    client = sign_in(city.city_clerk)
    address = reverse("benefits:item-edit", args=[benefit().pk])
    page = client.get(address)
    assert "同组的一起改" in page.text
    told = client.post(address, SETTINGS | {"token": str(uuid.uuid4())}, follow=True).text
    assert "同组的不能自理护理费、自雇费也一起改了" in told
    assert benefit("own_carer").state_day == "first"
    assert not benefit("helpless").pays_death_month
    wrong = client.post(
        reverse("benefits:item-edit", args=[benefit("survivor").pk]),
        SETTINGS | {"name": "遗属生活补助", "token": str(uuid.uuid4())},
    )
    assert wrong.status_code == 422
    assert "不能放在一组" in wrong.text


def test_two_edits_of_a_benefit_stand_beside_each_other(city: Any, sign_in: Any) -> None:
    clerk, chief = sign_in(city.city_clerk), sign_in(city.city_chief)
    address = reverse("benefits:item-edit", args=[benefit("funeral").pk])
    opened = clerk.get(address).context["hidden"][0][1]
    sent = SETTINGS | {"name": "丧葬费", "group": "", "sort": "60", "token": str(uuid.uuid4())}
    chief.post(address, sent | {"basis": "甲"})
    late = clerk.post(address, sent | {"basis": "乙", "opened": opened, "token": str(uuid.uuid4())})
    assert late.status_code == 409
    assert "两次修改对照" in late.text
    assert benefit("funeral").basis == "甲"


def test_a_benefit_of_the_bureaus_own(city: Any, sign_in: Any) -> None:
    address = reverse("benefits:item-create")
    sent = SETTINGS | {"name": "高龄补贴", "group": "", "cycle": "year", "audience": "cadre"}
    client = sign_in(city.city_clerk)
    assert "要写明每年几月" in client.post(address, sent | {"token": str(uuid.uuid4())}).text
    good = sent | {"pay_month": "10", "token": str(uuid.uuid4())}
    assert client.post(address, good).status_code == 302
    assert client.post(address, good).status_code == 302, "sent twice"
    assert Benefit.objects.get(name="高龄补贴").pay_month == 10
    assert "已经有了" in client.post(address, good | {"token": str(uuid.uuid4())}).text
    assert "高龄补贴" in sign_in(city.leader).get(reverse("benefits:items")).text
    for user in (city.clerk_a, city.unit_a1, city.leader):
        assert sign_in(user).get(address).status_code == 403


# ---- published figures


FIGURE = {"series": "urban_income", "year": "2025", "value": "56502", "source": "国家统计局公报"}


def test_figures_with_their_source(city: Any, sign_in: Any) -> None:
    client, address = sign_in(city.city_clerk), reverse("benefits:figure-create")
    assert "还没有公布数据" in client.get(reverse("benefits:figures")).text
    assert client.post(address, FIGURE | {"token": str(uuid.uuid4())}).status_code == 302
    assert "已经登记" in client.post(address, FIGURE | {"token": str(uuid.uuid4())}).text
    for wrong in ({"value": "0"}, {"value": "-3"}, {"source": ""}, {"year": "1900"}, {"series": "x"}):
        answer = client.post(address, FIGURE | {"token": str(uuid.uuid4()), **wrong})
        assert answer.status_code == 422, wrong
    edit = reverse("benefits:figure-edit", args=[PublishedFigure.objects.get().pk])
    opened = client.get(edit).context["hidden"][0][1]
    client.post(edit, FIGURE | {"value": "1", "opened": opened, "token": str(uuid.uuid4())})
    late = client.post(edit, FIGURE | {"value": "2", "opened": opened, "token": str(uuid.uuid4())})
    assert late.status_code == 409
    assert PublishedFigure.objects.get().value == 1
    assert sign_in(city.clerk_a).get(edit).status_code == 403
    assert "56" not in sign_in(city.clerk_a).get(reverse("benefits:figures")).text.partition("数值")[2][:90]
