"""Guided forms: death asked twice, illness, another unit, a ruling, the verified mark.

Days that go through forms lie well in the past, so that no clock calls them future.
"""

import re
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import Event
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.retirees.actions import NotPossible, record_death, record_ruling, record_state, retract_exit
from apps.retirees.models import Condition, LifeFact, Membership, Retiree, Ruling, Spell
from tests.factories.city import actor_of, make_person
from tests.retirees.test_person_forms import fields_of


def url(name, person):
    return reverse(f"retirees:{name}", args=[person.pk])


def now(person, user):
    with scope(actor_of(user)):
        return Retiree.objects.get(pk=person.pk)


def confirm_fields(page):
    """Hidden fields of the second step."""
    card = page.text[page.text.index("confirm-card") :]
    found = {}
    for tag in re.findall(r'<input type="hidden"[^>]*>', card):
        attrs = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        found[attrs["name"]] = attrs.get("value", "")
    found.pop("csrfmiddlewaretoken", None)
    return found


# --- death


def test_a_death_is_told_in_words_first_and_written_when_confirmed(city, sign_in, known):
    client = sign_in(city.unit_a1)
    page = client.get(url("death", known))
    assert page.status_code == 200
    assert fields_of(page)["reported_on"] == timezone.localdate().isoformat()
    sent = {"died_on": "2023年2月", "reported_on": "2023-03-09", "place": "县医院", "note": "遗属：子女"}
    shown = client.post(url("death", known), sent)
    assert shown.status_code == 200
    for words in (
        "邓忠永",
        "于2023年2月去世",
        "2023年3月9日得知",
        "从2023年2月28日起不再计入",
        "还没有写入",
        "变更记录全部保留",
    ):
        assert words in shown.text, words
    assert "⚠" not in shown.text
    assert now(known, city.clerk_a).state == "alive"
    answer = client.post(url("death", known), confirm_fields(shown))
    assert answer.status_code == 302
    person = now(known, city.clerk_a)
    assert (person.state, person.died_on) == ("dead", PartialDate(2023, 2))
    with scope(actor_of(city.clerk_a)):
        fact = LifeFact.objects.get()
        assert (fact.place, fact.note, fact.reported_on) == ("县医院", "遗属：子女", date(2023, 3, 9))


def test_changed_after_the_consequences_were_shown_they_are_shown_again(city, sign_in, known):
    client = sign_in(city.clerk_a)
    shown = client.post(url("death", known), {"died_on": "2023年2月", "reported_on": "2023-03-09"})
    again = client.post(url("death", known), confirm_fields(shown) | {"died_on": "2023年1月"})
    assert "从2023年1月31日起" in again.text
    assert now(known, city.clerk_a).state == "alive"
    back = client.post(url("death", known), confirm_fields(shown) | {"back": "1"})
    assert 'value="2023年2月"' in back.text
    assert now(known, city.clerk_a).state == "alive"


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"died_on": "", "reported_on": "2023-03-09"}, "请填写去世时间"),
        ({"died_on": "2023年2月", "reported_on": ""}, "请填写得知的日期"),
        ({"died_on": "2023年4月", "reported_on": "2023-03-09"}, "不能晚于报告日期"),
        ({"died_on": "1920", "reported_on": "2023-03-09"}, "早于出生时间"),
        ({"died_on": "2023.2.30", "reported_on": "2023-03-09"}, "没有这一天"),
        ({"died_on": "2023年2月", "reported_on": "2999-01-01"}, "还没有到这一天"),
        ({"died_on": "2023年2月", "reported_on": "昨天"}, "日期"),
    ],
)
def test_a_wrong_death_is_refused_with_reasons(city, sign_in, known, sent, words):
    page = sign_in(city.clerk_a).post(url("death", known), sent)
    assert page.status_code == 422
    assert words in page.text
    assert now(known, city.clerk_a).state == "alive"


def test_a_death_before_he_came_into_the_register_says_so(city, sign_in, known):
    client = sign_in(city.clerk_a)
    shown = client.post(url("death", known), {"died_on": "1980年1月", "reported_on": "2023-03-09"})
    page = client.post(url("death", known), confirm_fields(shown))
    assert page.status_code == 422
    assert "时间早于进入名册的日期（1988年6月1日）" in page.text
    assert now(known, city.clerk_a).state == "alive"


def test_the_dead_do_not_die_again(city, sign_in, known):
    with scope(actor_of(city.clerk_a)) as actor:
        record_death(retiree=known, died_on=PartialDate(2026, 2), reported_on=date(2026, 3, 9), by=actor)
    for name in ("death", "state", "move"):
        answer = sign_in(city.clerk_a).get(url(name, known), follow=True)
        assert "邓忠永已去世，不能再办理这项变化" in answer.text
    answer = sign_in(city.clerk_a).post(url("verify", known), follow=True)
    assert "不能再办理" in answer.text
    assert now(known, city.clerk_a).verified_on is None


def test_a_death_known_to_the_year_counts_no_longer_than_to_its_report(city, known):
    with scope(actor_of(city.clerk_a)) as actor:
        record_death(retiree=known, died_on=PartialDate(2026), reported_on=date(2026, 3, 9), by=actor)
        assert Membership.objects.get(retiree_id=known.pk).during.upper == date(2026, 3, 9)
        assert Spell.objects.filter(retiree_id=known.pk, leaves="died").get().ends_on == date(2026, 3, 9)
        assert not Condition.objects.filter(during__endswith=None).exists()


def test_a_death_by_mistake_is_taken_back(city, sign_in, known):
    with scope(actor_of(city.clerk_a)) as actor:
        before = [
            list(model.objects.order_by("pk").values_list("during", flat=True))
            for model in (Membership, Condition)
        ]
        spells = list(
            Spell.objects.order_by("starts_on").values_list("starts_on", "ends_on", "leaves", "helpless")
        )
        record_state(
            retiree=known,
            state="critical",
            happened_on=PartialDate(2026, 5),
            reported_on=date(2026, 5, 9),
            by=actor,
        )
        record_death(retiree=known, died_on=PartialDate(2026, 6, 1), reported_on=date(2026, 6, 2), by=actor)
    client = sign_in(city.city_clerk)  # a county asks the city for it: test_requests.py
    assert url("death-retract", known) in client.get(url("detail", known)).text
    assert "2026年6月1日去世" in client.get(url("death-retract", known)).text
    page = client.post(url("death-retract", known), {"reason": ""})
    assert page.status_code == 422
    assert "请写明原因" in page.text
    answer = client.post(url("death-retract", known), {"reason": "登记错了人"}, follow=True)
    assert "已撤回邓忠永的去世登记" in answer.text
    person = now(known, city.clerk_a)
    assert (person.state, person.died_on) == ("critical", None)
    with scope(actor_of(city.clerk_a)) as actor:
        assert [
            list(model.objects.order_by("pk").values_list("during", flat=True))
            for model in (Membership, Condition)
        ] == before
        now_spells = Spell.objects.order_by("starts_on").values_list(
            "starts_on", "ends_on", "leaves", "helpless"
        )
        assert list(now_spells) == spells
        with pytest.raises(NotPossible, match="没有登记去世"):
            retract_exit(retiree=known, reason="再来", by=actor)
    assert "没有登记去世" in client.get(url("death-retract", known), follow=True).text
    with scope(actor_of(city.audit_admin)):
        assert Event.objects.filter(kind="state", reason="登记错了人").count() == 1


# --- ill, missing, back


def test_critical_and_back(city, sign_in, known):
    client = sign_in(city.unit_a1)
    page = client.get(url("state", known))
    assert "现在登记为：在世" in page.text
    assert 'value="alive"' not in page.text
    sent = {
        "state": "critical",
        "happened_on": "2023年5月3日",
        "reported_on": "2023-05-04",
        "note": "住县医院ICU",
    }
    assert client.post(url("state", known), sent).status_code == 302
    assert now(known, city.clerk_a).state == "critical"
    assert "病重" in client.get(url("detail", known)).text
    sent = {"state": "alive", "happened_on": "2023年6月", "reported_on": "2023-06-20"}
    assert client.post(url("state", known), sent).status_code == 302
    assert now(known, city.clerk_a).state == "alive"


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"happened_on": "2023.5", "reported_on": "2023-05-04"}, "请选择现在的情况"),
        ({"state": "dead", "happened_on": "2023.5", "reported_on": "2023-05-04"}, "选择"),
        ({"state": "alive", "happened_on": "2023.5", "reported_on": "2023-05-04"}, "选择"),
        ({"state": "critical", "happened_on": "", "reported_on": "2023-05-04"}, "请填写时间"),
        ({"state": "missing", "happened_on": "2023.6", "reported_on": "2023-05-04"}, "不能晚于报告日期"),
    ],
)
def test_a_wrong_state_changes_nothing(city, sign_in, known, sent, words):
    page = sign_in(city.clerk_a).post(url("state", known), sent)
    assert page.status_code == 422
    assert words in page.text
    assert now(known, city.clerk_a).state == "alive"
    with scope(actor_of(city.clerk_a)):
        assert not LifeFact.objects.exists()


def test_a_state_after_its_report_is_refused_by_the_action_too(city, known):
    with scope(actor_of(city.clerk_a)) as actor, pytest.raises(NotPossible, match="报告日期"):
        record_state(
            retiree=known,
            state="critical",
            happened_on=PartialDate(2026, 6),
            reported_on=date(2026, 5, 4),
            by=actor,
        )


# --- another unit


def test_another_unit_of_the_county(city, sign_in, known):
    client = sign_in(city.clerk_a)
    page = client.get(url("move", known))
    assert "现在的管理单位：南岭财政局" in page.text
    assert "南岭水利局" in page.text
    assert "石桥" not in page.text
    assert f'value="{city.a1.pk}"' not in page.text
    answer = client.post(url("move", known), {"unit": city.a2.pk, "moved_on": "2023-05-01"}, follow=True)
    assert "邓忠永已变动到南岭水利局" in answer.text
    assert "南岭水利局，2023年5月1日起（单位变动）" in answer.text
    assert "南岭财政局，1988年6月1日至2023年4月30日" in answer.text
    assert sign_in(city.unit_a1).get(url("detail", known)).status_code == 404


@pytest.mark.parametrize(
    ("unit", "day", "words"),
    [
        ("", "2023-05-01", "请选择单位"),
        ("a1", "2023-05-01", "选择"),
        ("b1", "2023-05-01", "选择"),
        ("a2", "", "请填写变动日期"),
        ("a2", "2999-01-01", "还没有到这一天"),
        ("a2", "1980-01-01", "变动日期应晚于进入现单位的日期"),
    ],
)
def test_a_wrong_move_changes_nothing(city, sign_in, known, unit, day, words):
    key = getattr(city, unit).pk if unit else ""
    page = sign_in(city.clerk_a).post(url("move", known), {"unit": key, "moved_on": day})
    assert page.status_code == 422
    assert words in page.text
    assert now(known, city.clerk_a).unit_id == city.a1.pk


def test_city_staff_move_within_the_persons_county_only(city, sign_in, known):
    page = sign_in(city.city_clerk).get(url("move", known))
    assert "南岭水利局" in page.text
    assert "石桥" not in page.text


# --- ruling

RULING = {
    "joined_on": "1945年9月5日",
    "basis": "1956年自传",
    "approved_by": "县委组织部",
    "document": "南组干〔2023〕3号",
    "decided_on": "2023-05-01",
}


def ambiguous(city):
    return make_person(
        city.clerk_a,
        city.a1,
        category="lixiu",
        joined_on=PartialDate(1945, 9),
        birth_date=PartialDate(1926, 3),
    )


def test_a_needed_ruling(city, sign_in):
    person = ambiguous(city)
    client = sign_in(city.chief_a)
    page = client.get(url("ruling", person))
    assert "现有时间：1945年9月（待认定）" in page.text
    assert "改认的理由" not in page.text
    answer = client.post(url("ruling", person), RULING, follow=True)
    assert "已认定为解放战争时期" in answer.text
    assert "南组干〔2023〕3号" in answer.text
    ruled = now(person, city.clerk_a)
    assert (ruled.period, ruled.joined_on, ruled.joined_basis) == (
        "liberation",
        PartialDate(1945, 9, 5),
        "1956年自传",
    )
    with scope(actor_of(city.clerk_a)):
        assert Spell.objects.filter(retiree_id=person.pk).last().period == "liberation"


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"joined_on": ""}, "请填写认定的时间"),
        ({"joined_on": "1945年9月"}, "仍然跨两个时期"),
        ({"basis": ""}, "请写明依据的档案材料"),
        ({"approved_by": ""}, "请填写批准人"),
        ({"decided_on": ""}, "请填写认定日期"),
        ({"decided_on": "1944-01-01"}, "不能晚于认定日期"),
    ],
)
def test_a_ruling_wants_proof_and_approval(city, sign_in, more, words):
    person = ambiguous(city)
    page = sign_in(city.chief_a).post(url("ruling", person), RULING | more)
    assert page.status_code == 422
    assert words in page.text
    with scope(actor_of(city.clerk_a)):
        assert not Ruling.objects.exists()


def test_where_none_is_needed_a_ruling_wants_a_reason_and_logs_it(city, sign_in, known):
    client = sign_in(city.city_clerk)
    page = client.post(url("ruling", known), RULING)
    assert page.status_code == 422
    assert "请写明为什么要改认" in page.text
    assert client.post(url("ruling", known), RULING | {"reason": "找到更早的档案"}).status_code == 302
    with scope(actor_of(city.audit_admin)):
        assert Event.objects.get(kind="ruling").reason == "找到更早的档案"
    with scope(actor_of(city.clerk_a)) as actor, pytest.raises(NotPossible, match="写明理由"):
        record_ruling(
            retiree=known,
            joined_on=PartialDate(1946),
            basis="自传",
            approved_by="县委",
            document="",
            decided_on=date(2023, 6, 1),
            by=actor,
        )


# --- who may


@pytest.mark.parametrize(
    ("name", "may", "may_not"),
    [
        ("state", ("unit_a1", "clerk_a", "chief_a", "city_clerk"), ("leader", "leader_a", "system_admin")),
        ("death", ("unit_a1", "clerk_a", "chief_a", "city_clerk"), ("leader", "leader_a", "audit_admin")),
        ("death-retract", ("clerk_a", "chief_a", "city_chief"), ("unit_a1", "leader", "system_admin")),
        ("move", ("clerk_a", "chief_a", "city_chief"), ("unit_a1", "leader", "security_admin")),
        ("ruling", ("chief_a", "city_clerk", "city_chief"), ("unit_a1", "clerk_a", "leader_a")),
    ],
)
def test_who_may_open_and_send_the_guided_forms(city, sign_in, client, known, name, may, may_not):
    assert client.get(url(name, known)).status_code == 302
    for user in may:
        status = 302 if name == "death-retract" else 200  # nothing to take back
        assert sign_in(getattr(city, user)).get(url(name, known)).status_code == status, user
    for user in may_not:
        assert sign_in(getattr(city, user)).get(url(name, known)).status_code == 403, user
        assert sign_in(getattr(city, user)).post(url(name, known), {}).status_code == 403, user
    stranger = city.clerk_b if name != "ruling" else None
    if stranger is not None:
        assert sign_in(stranger).get(url(name, known)).status_code == 404
        assert sign_in(stranger).post(url(name, known), {}).status_code == 404
    assert sign_in(city.city_clerk).delete(url(name, known)).status_code == 405


def test_who_may_verify(city, sign_in, client, known):
    assert client.post(url("verify", known)).status_code == 302
    assert sign_in(city.clerk_a).get(url("verify", known)).status_code == 405
    assert sign_in(city.leader).post(url("verify", known)).status_code == 403
    assert sign_in(city.clerk_b).post(url("verify", known)).status_code == 404
    assert now(known, city.clerk_a).verified_on is None
    assert sign_in(city.unit_a1).post(url("verify", known)).status_code == 302
    assert now(known, city.clerk_a).verified_on == timezone.localdate()
