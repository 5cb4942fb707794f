"""The page of a person: what stands on it, for whom, and how much it asks of the database."""

import re
from datetime import date

import pytest
from django.urls import reverse

from apps.audit.models import Event
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.retirees.actions import add_family_member, edit_retiree, record_death, record_state, verify_retiree
from apps.retirees.models import FamilyMember, Retiree
from apps.retirees.views.present import REASONS
from tests.factories.city import SEEN, actor_of, make_person
from tests.retirees.conftest import CANARIES, PRIVATE

TABS = (
    "story",
    "basic",
    "career",
    "honours",
    "notes",
    "family",
    "levels",
    "health",
    "units",
    "files",
    "history",
)
PUBLIC_TABS = tuple(tab for tab in TABS if tab not in ("family", "files", "notes"))


def page_of(person, tab="story"):
    return reverse("retirees:detail", args=[person.pk]) + f"?tab={tab}"


def test_the_head_card_says_who_it_is(city, sign_in, known):
    page = sign_in(city.clerk_a).get(page_of(known))
    assert page.status_code == 200
    for words in (
        "邓忠永",
        "离休",
        "解放战争时期",
        "生活不能自理 2026年3月起",
        "90岁以上",
        "1924年7月",
        "周岁",
        "1948年2月",
        "县水利局工程师",
        "正县级（1993年10月）",
        "退休时职级",
        "健康状况",
        "南岭县　南岭财政局",
        "1988年6月",
        "4201**********6490",
        "139****1394",
        "人员名册",
        "南岭县",
        "南岭财政局",
    ):
        assert words in page.text, words
    assert "21/22" in page.text
    link = f"{reverse('retirees:edit', args=[known.pk])}?field=marriage#div_id_marriage"
    assert link in page.text
    form = sign_in(city.clerk_a).get(link).text
    assert re.search(r'<select name="marriage"[^>]*autofocus', form)
    assert 'id="div_id_marriage"' in form
    assert PRIVATE["national_id"] not in page.text
    assert "⚠" not in page.text


@pytest.mark.parametrize(
    ("tab", "words"),
    [
        (
            "story",
            [
                "参加革命工作（依据：自传）",
                "加入中国共产党",
                "享受正县级待遇",
                "生活自理：完全不能自理",
                "建立档案（试clerk_a）",
            ],
        ),
        ("basic", ["云溪市南岭县******", "8,765.43元", "籍贯", "高中", "自传"]),
        ("levels", ["正县级，1993年10月起", "副县级，1988年6月起", "没有认定过"]),
        ("health", ["慢性病，2026年3月1日起", "与子女同住", "没有变化"]),
        ("family", ["子女 邓金丝", "138****1234", "紧急联系人", "未核实"]),
        ("units", ["南岭财政局，1988年6月1日起（离退休）", "县社保中心", "县水利局"]),
        ("history", ["试clerk_a", "建立档案", "现享受待遇"]),
    ],
)
def test_each_tab_tells_its_part_in_words(city, sign_in, known, tab, words):
    page = sign_in(city.clerk_a).get(page_of(known, tab))
    assert page.status_code == 200
    for word in words:
        assert word in page.text, word
    assert "⚠" not in page.text
    for name in ("national_id", "phone", "address", "medical_card"):
        assert PRIVATE[name] not in page.text


@pytest.mark.parametrize("tab", PUBLIC_TABS)
@pytest.mark.parametrize("user", ["leader", "leader_a"])
def test_leaders_see_the_person_and_nothing_private(city, sign_in, known, user, tab):
    with scope(actor_of(city.clerk_a)) as actor:
        edit_retiree(
            retiree=known,
            values={"phone": "13900009999", "name": "邓忠勇"},
            version=1,
            seen_on=SEEN,
            by=actor,
        )
    page = sign_in(getattr(city, user)).get(page_of(known, tab))
    assert page.status_code == 200
    assert "邓忠勇" in page.text
    for canary in (*CANARIES, "139****9999"):
        assert canary not in page.text, canary
    assert "修改</a>" not in page.text
    assert "显示" not in page.text.replace("显示</h2>", "")


def test_leaders_have_no_family_tab_and_nobody_an_unknown_one(city, sign_in, known):
    assert sign_in(city.leader).get(page_of(known, "family")).status_code == 404
    assert sign_in(city.leader).get(page_of(known, "files")).status_code == 404
    assert sign_in(city.clerk_a).get(page_of(known, "secrets")).status_code == 404


@pytest.mark.parametrize("user", ["clerk_b", "unit_b1"])
def test_a_person_of_another_county_is_not_there(city, sign_in, known, user):
    assert sign_in(getattr(city, user)).get(page_of(known)).status_code == 404


def test_a_person_of_another_unit_of_the_county_is_not_there_for_a_unit_clerk(city, sign_in):
    other = make_person(city.clerk_a, city.a2)
    assert sign_in(city.unit_a1).get(page_of(other)).status_code == 404
    own = make_person(city.clerk_a, city.a1)
    assert sign_in(city.unit_a1).get(page_of(own)).status_code == 200


@pytest.mark.parametrize("key", [0, 999999, 10**25])
def test_nobody_there(city, sign_in, key):
    assert sign_in(city.clerk_a).get(reverse("retirees:detail", args=[key])).status_code == 404


def test_strangers_sign_in_first_and_administrators_may_not(city, sign_in, client, known):
    assert client.get(page_of(known)).status_code == 302
    for user in ("system_admin", "security_admin", "audit_admin"):
        assert sign_in(getattr(city, user)).get(page_of(known)).status_code == 403
    assert sign_in(city.clerk_a).post(page_of(known)).status_code == 405


@pytest.mark.parametrize("tab", TABS)
def test_the_number_of_queries_does_not_grow_with_what_is_known(
    city, sign_in, known, tab, django_assert_num_queries
):
    client = sign_in(city.clerk_a)
    client.get(page_of(known, tab))
    with django_assert_num_queries(64, exact=False) as before:
        client.get(page_of(known, tab))
    with scope(actor_of(city.clerk_a)) as actor:
        for number in (2, 3):
            add_family_member(
                retiree=known,
                values={"relation": "child", "name": f"邓小{number}", "is_emergency": False},
                by=actor,
            )
        for version, values in enumerate(
            ({"health": "1"}, {"treatment": "122", "treatment_on": PartialDate(2001)}, {"self_care": "full"}),
            start=1,
        ):
            edit_retiree(
                retiree=known, values=values, version=version, seen_on=date(2026, 4, version), by=actor
            )
        record_state(
            retiree=known,
            state="critical",
            happened_on=PartialDate(2026, 5),
            reported_on=date(2026, 5, 9),
            by=actor,
        )
    with django_assert_num_queries(len(before)):
        client.get(page_of(known, tab))


def test_what_comes_next(city, sign_in):
    person = make_person(
        city.clerk_a,
        city.a1,
        category="lixiu",
        joined_on=PartialDate(1945, 9),
        birth_date=PartialDate(1926, 3),
    )
    page = sign_in(city.chief_a).get(page_of(person))
    assert "时期待认定" in page.text
    assert "1945年9月2日前为抗战时期" in page.text
    assert reverse("retirees:ruling", args=[person.pk]) in page.text
    assert "还没有核实过" in page.text
    assert "2036年3月满110周岁" in page.text or "2026年3月满100周岁" in page.text
    clerk = sign_in(city.clerk_a).get(page_of(person))
    assert "请报县局局长或市局认定" in clerk.text
    assert reverse("retirees:ruling", args=[person.pk]) not in clerk.text


def test_verified_a_year_ago_is_due_again(city, sign_in, known):
    client = sign_in(city.clerk_a)
    answer = client.post(reverse("retirees:verify", args=[known.pk]), follow=True)
    assert "今天核实无误" in answer.text
    assert "已核实" in answer.text
    with scope(actor_of(city.clerk_a)) as actor:
        assert Retiree.objects.get(pk=known.pk).version == 1
        verify_retiree(retiree=known, on=date(2020, 1, 2), by=actor)
    assert "上次核实2020年1月2日，已过12个月" in client.get(page_of(known)).text


def test_the_dead_keep_their_page_and_have_nothing_due(city, sign_in, known):
    with scope(actor_of(city.clerk_a)) as actor:
        record_death(
            retiree=known,
            died_on=PartialDate(2026, 2),
            reported_on=date(2026, 3, 9),
            place="县医院",
            by=actor,
        )
    page = sign_in(city.clerk_a).get(page_of(known))
    for words in ("2026年2月去世", "享年101周岁", "没有待办的事", "去世（县医院，2026年3月9日报告）"):
        assert words in page.text, words
    assert f'href="{reverse("retirees:death", args=[known.pk])}"' not in page.text
    assert reverse("retirees:death-retract", args=[known.pk]) in page.text
    assert reverse("retirees:verify", args=[known.pk]) not in page.text


def test_history_shows_differences_in_words_and_masks(city, sign_in, known):
    with scope(actor_of(city.clerk_a)) as actor:
        edit_retiree(
            retiree=known,
            values={
                "education": "20",
                "phone": "13800009876",
                "address": "云溪市南岭县城关镇另一条路9号",
                "held_leading_post": False,
                "health": "1",
                "paying_unit": "县财政局",
            },
            version=1,
            seen_on=date(2026, 4, 1),
            by=actor,
        )
    page = sign_in(city.clerk_a).get(page_of(known, "history")).text
    for words in (
        "高中",
        "大学本科",
        "139****1394",
        "138****9876",
        "（有改动）",
        "健康，2026年4月1日起",
        "县社保中心",
        "否",
    ):
        assert words in page, words
    assert "13800009876" not in page
    assert ">20<" not in page


# --- showing a private value


def show(person, name="national_id"):
    return reverse("retirees:reveal", args=[person.pk, name])


@pytest.mark.parametrize("name", ["national_id", "phone", "address", "medical_card"])
def test_a_value_is_shown_for_a_reason_and_logged(city, sign_in, known, name):
    page = sign_in(city.clerk_a).post(show(known, name), {"reason": REASONS[0]})
    assert page.status_code == 200
    assert PRIVATE[name] in page.text
    assert 'http-equiv="refresh" content="60' in page.text
    with scope(actor_of(city.audit_admin)):
        event = Event.objects.get(kind="reveal")
        assert (event.subject_id, event.reason, event.data) == (str(known.pk), REASONS[0], {"column": name})
        assert event.actor_id == city.clerk_a.pk


def test_by_htmx_the_answer_is_the_value_in_its_place(city, sign_in, known):
    page = sign_in(city.unit_a1).post(show(known), {"reason": REASONS[1]}, headers={"HX-Request": "true"})
    assert page.status_code == 200
    assert PRIVATE["national_id"] in page.text
    assert 'data-reveal="60"' in page.text
    assert "<html" not in page.text
    assert "⚠" not in page.text


@pytest.mark.parametrize("data", [{}, {"reason": ""}, {"reason": "随便看看"}])
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_without_a_reason_nothing_is_shown_nor_logged(city, sign_in, known, data, headers):
    page = sign_in(city.clerk_a).post(show(known), data, headers=headers)
    assert page.status_code == 422
    assert PRIVATE["national_id"] not in page.text
    assert "4201**********6490" in page.text
    with scope(actor_of(city.audit_admin)):
        assert not Event.objects.filter(kind="reveal").exists()


def test_who_may_not_have_it_shown(city, sign_in, client, known):
    data = {"reason": REASONS[0]}
    assert client.post(show(known), data).status_code == 302
    assert sign_in(city.leader).post(show(known), data).status_code == 403
    assert sign_in(city.clerk_b).post(show(known), data).status_code == 404
    assert sign_in(city.clerk_a).get(show(known)).status_code == 405
    assert sign_in(city.clerk_a).post(show(known, "note"), data).status_code == 404
    empty = make_person(city.clerk_a, city.a1, name="周文")
    assert sign_in(city.clerk_a).post(show(empty), data).status_code == 404


def test_the_telephone_of_a_family_member(city, sign_in, known):
    with scope(actor_of(city.clerk_a)):
        member = FamilyMember.objects.get(retiree=known)
    address = reverse("retirees:family-reveal", args=[known.pk, member.pk])
    page = sign_in(city.clerk_a).post(address, {"reason": REASONS[0]})
    assert "13877771234" in page.text
    assert sign_in(city.leader).post(address, {"reason": REASONS[0]}).status_code == 403
    assert sign_in(city.clerk_b).post(address, {"reason": REASONS[0]}).status_code == 404
    other = make_person(city.clerk_a, city.a1, name="周文")
    foreign = reverse("retirees:family-reveal", args=[other.pk, member.pk])
    assert sign_in(city.clerk_a).post(foreign, {"reason": REASONS[0]}).status_code == 404
