"""The due list and the rules as pages."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import Event
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.retirees.actions import record_death
from apps.visits.actions.dues import make_dues
from apps.visits.models import Due, VisitRule
from tests.factories.city import actor_of, make_person
from tests.visits.conftest import make_rule

HOSTILE = ("=1+1", "<script>alert(1)</script>", "'; DROP TABLE visits_due; --")
UNREADABLE = ("张" * 10_000, "甲\x00乙", "甲\x07乙")


@pytest.fixture
def due(city):
    """A due row in each county."""
    today = timezone.localdate()
    people = [
        make_person(city.clerk_a, city.a1, name="周一平"),
        make_person(city.clerk_b, city.b1, name="王四平"),
    ]
    with scope(system_actor()) as actor:
        make_rule()
        make_dues(today=today, by=actor)
        return [Due.objects.select_related("retiree").get(retiree=person) for person in people]


def late(row, days=5):
    with scope(system_actor()):
        day = timezone.localdate() - timedelta(days=days)
        Due.objects.filter(pk=row.pk).update(from_on=day, due_on=day)


def test_the_list_shows_ones_own_people(city, due, sign_in):
    page = sign_in(city.clerk_a).get(reverse("visits:due"))
    assert page.status_code == 200
    assert "周一平" in page.text
    assert "王四平" not in page.text
    assert "未访原因" in page.text
    leader = sign_in(city.leader).get(reverse("visits:due"))
    assert "王四平" in leader.text
    assert reverse("visits:due-reason", args=[due[1].pk]) not in leader.text


def test_tabs_and_words(city, due, sign_in):
    late(due[0])
    page = sign_in(city.clerk_a).get(reverse("visits:due"), {"show": "overdue"})
    assert "超期5天" in page.text
    assert "周一平" in page.text
    home = sign_in(city.clerk_a).get(reverse("visits:due"))
    assert "周一平" not in home.text


def test_conditions_are_a_closed_list(city, due, sign_in):
    client = sign_in(city.clerk_a)
    for query in ({"x": "1"}, {"show": "all"}, {"rule": "abc"}, {"unit": str(city.b1.pk)}, {"page": "x"}):
        assert client.get(reverse("visits:due"), query).status_code in (400, 404), query
    rule = due[0].rule_id
    assert "周一平" in client.get(reverse("visits:due"), {"rule": rule, "unit": city.a1.pk}).text


def test_the_dead_leave_the_list_at_once(city, due, sign_in):
    with scope(actor_of(city.clerk_a)) as actor:
        record_death(
            retiree=due[0].retiree,
            died_on=PartialDate(2026, 1),
            reported_on=timezone.localdate(),
            by=actor,
        )
    client = sign_in(city.clerk_a)
    for show in ("now", "overdue", "coming", "told"):
        assert "周一平" not in client.get(reverse("visits:due"), {"show": show}).text
        assert "周一平" not in client.post(f"{reverse('visits:due-print')}?show={show}").text


def test_a_reason_for_one_and_for_many(city, due, sign_in):
    client = sign_in(city.clerk_a)
    address = reverse("visits:due-reason", args=[due[0].pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": "other"}).status_code == 422, "其他 wants words"
    assert client.post(address, {"reason": "away", "note": "在儿子家"}).status_code == 302
    with scope(system_actor()):
        due[0].refresh_from_db()
        assert (due[0].reason, due[0].reason_note, due[0].state) == ("away", "在儿子家", "open")
    assert "周一平" in client.get(reverse("visits:due"), {"show": "told"}).text
    many = reverse("visits:due-reasons")
    asked = client.post(many, {"ids": [due[0].pk, due[1].pk]})
    assert asked.status_code == 200
    assert "选中的1人次" in asked.text, "the other county's is nobody"
    sent = {"ids": [due[0].pk, due[1].pk], "sent": "1", "reason": "unreachable", "note": ""}
    assert client.post(many, sent).status_code == 302
    with scope(system_actor()):
        assert Due.objects.get(pk=due[0].pk).reason == "unreachable"
        assert Due.objects.get(pk=due[1].pk).reason == ""
    assert client.post(many, {"ids": ["x"]}).status_code == 302
    assert client.post(many, {"all": "1", "query": "bad=1"}).status_code == 400


def test_whose_rows_and_who_may(city, due, sign_in):
    foreign = reverse("visits:due-reason", args=[due[1].pk])
    assert sign_in(city.clerk_a).get(foreign).status_code == 404
    own = reverse("visits:due-reason", args=[due[0].pk])
    assert sign_in(city.leader_a).get(own).status_code == 403
    removal = reverse("visits:due-remove", args=[due[0].pk])
    assert sign_in(city.unit_a1).get(removal).status_code == 403


def test_off_the_list_with_approval_and_back(city, due, sign_in):
    client = sign_in(city.clerk_a)
    address = reverse("visits:due-remove", args=[due[0].pk])
    assert client.post(address, {"change_reason": "长期在国外"}).status_code == 422
    sent = {"change_reason": "长期在国外", "approved_by_name": "张局长"}
    assert client.post(address, sent).status_code == 302
    assert "恢复应访" in client.get(address).text
    assert "周一平" not in client.get(reverse("visits:due")).text
    with scope(system_actor()):
        assert Event.objects.filter(summary="核减应访").exists()
    client.post(reverse("visits:due-restore", args=[due[0].pk]))
    client.get(reverse("visits:rules"))
    assert "周一平" in client.get(reverse("visits:due")).text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_are_words(city, due, sign_in, text):
    client = sign_in(city.clerk_a)
    client.post(reverse("visits:due-reason", args=[due[0].pk]), {"reason": "other", "note": text})
    page = client.get(reverse("visits:due"), {"show": "told"})
    assert page.status_code == 200
    assert "<script>alert" not in page.text


@pytest.mark.parametrize("text", UNREADABLE)
def test_unreadable_words_change_nothing(city, due, sign_in, text):
    client = sign_in(city.clerk_a)
    answer = client.post(reverse("visits:due-reason", args=[due[0].pk]), {"reason": "away", "note": text})
    assert answer.status_code == 422
    with scope(system_actor()):
        assert Due.objects.get(pk=due[0].pk).reason == ""


# --- rules


def typed(city, **values):
    with scope(system_actor()):
        occasion = values.pop("occasion", "routine")
        key = VisitRule._meta.get_field("occasion").related_model.objects.get(code=occasion).pk
    given = {
        "name": "离休干部季度走访",
        "trigger": "period",
        "occasion": key,
        "rule_class": "regular",
        "query": "category=lixiu",
        "target": "self",
        "every": "quarter",
        "times": "1",
        "age_count": "full",
        "ahead_days": "7",
        "who": "3",
        "ways": ["home", "hospital", "phone"],
        "starts_on": "2026-01-01",
        "token": uuid.uuid4(),
        "version": "0",
    }
    return given | values


def test_a_rule_reads_back_is_tried_and_switched(city, sign_in):
    make_person(city.clerk_a, city.a1, name="周一平", category="lixiu")
    client = sign_in(city.clerk_a)
    sent = typed(city, query="", address="http://portal/retirees/?category=lixiu&sort=birth&page=2")
    answer = client.post(reverse("visits:rule-create"), sent)
    assert answer.status_code == 302, answer.context["form"].errors
    assert client.post(reverse("visits:rule-create"), sent).url == answer.url, "sent twice it is one rule"
    page = client.get(answer.url)
    assert "离休干部，每季度至少1次，由老干部局（组织部）领导以上，上门、到医院或电话。" in page.text
    assert "周一平" in page.text
    with scope(system_actor()):
        rule = VisitRule.objects.get(is_example=False)
        assert (rule.county_id, rule.is_active, rule.query) == (city.a.pk, False, "category=lixiu")
    client.post(reverse("visits:rule-switch", args=[rule.pk]))
    assert "周一平" in client.get(reverse("visits:due")).text
    client.post(reverse("visits:rule-switch", args=[rule.pk]))
    assert "周一平" in client.get(reverse("visits:due")).text, "what has begun stays"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"every": ""}, "定期走访要选周期"),
        ({"query": "category=nothing"}, "看不懂这些条件"),
        ({"query": "nonsense=1"}, "看不懂这些条件"),
        ({"query": "on=2020-01-01"}, "只适用于查一次"),
        ({"address": "category=lixiu&q=张"}, "只适用于查一次"),
        ({"ages": "八十"}, "岁数请写"),
        ({"starts_on": "2026-02-01", "ends_on": "2026-01-01"}, "结束日期不能早于开始日期"),
        ({"name": ""}, "请给规则起个名称"),
        ({"name": "秘\x00密"}, "名称"),
        ({"times": "99"}, ""),
    ],
)
def test_a_wrong_rule_is_told_and_not_kept(city, sign_in, values, words):
    answer = sign_in(city.clerk_a).post(reverse("visits:rule-create"), typed(city, **values))
    assert answer.status_code == 422
    assert words in answer.text
    with scope(system_actor()):
        assert not VisitRule.objects.filter(is_example=False).exists()


def test_a_county_reads_the_citys_rule_and_keeps_its_own(city, sign_in):
    with scope(system_actor()):
        whole = make_rule(name="全市规则")
        others = make_rule(name="石桥规则", county=city.b)
    client = sign_in(city.clerk_a)
    page = client.get(reverse("visits:rules"))
    assert "全市规则" in page.text
    assert "石桥规则" not in page.text
    assert client.get(reverse("visits:rule", args=[whole.pk])).status_code == 200
    assert client.get(reverse("visits:rule-edit", args=[whole.pk])).status_code == 403
    assert client.post(reverse("visits:rule-switch", args=[whole.pk])).status_code == 403
    assert client.get(reverse("visits:rule", args=[others.pk])).status_code == 404
    assert sign_in(city.unit_a1).get(reverse("visits:rule-create")).status_code == 403


def test_two_who_change_a_rule_at_once(city, sign_in):
    with scope(system_actor()):
        rule = make_rule(county=city.a)
    client = sign_in(city.clerk_a)
    address = reverse("visits:rule-edit", args=[rule.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, typed(city, version="1", name="改一")).status_code == 302
    answer = client.post(address, typed(city, version="1", name="改二"))
    assert answer.status_code == 422
    assert "别人刚修改过" in answer.text


def test_the_lists_filter_becomes_a_rule(city, sign_in):
    client = sign_in(city.clerk_a)
    answer = client.post(
        reverse("visits:rule-from-list"), {"all": "1", "query": "category=lixiu&living=alone"}
    )
    assert answer.status_code == 302
    form = client.get(answer.url)
    assert "对象：类别：离休；居住方式：独居" in form.text
    assert client.post(reverse("visits:rule-from-list"), {"ids": "1"}).status_code == 302
