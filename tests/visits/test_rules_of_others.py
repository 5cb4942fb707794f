"""Rules that other offices have written (domain facts, section 3.1): each can be expressed, kept and read back."""

from datetime import date
from importlib import import_module

import pytest

from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.visits.models import Occasion, VisitRule
from apps.visits.queries.rules import people_of_rule
from apps.visits.views.rule_pages import rule_sentence

TODAY = date(2026, 11, 23)
EVERYBODY = ""
RULES = {
    "a long stay in hospital: at least one visit a month": (
        {"trigger": "hospital", "occasion": "hospital", "within_days": 3, "repeat_every": "month"},
        "全部在册人员，住院后3天内1次，期间每月至少1次。",
    ),
    "80 and older: a named leader": (
        {"trigger": "named", "query": "age_min=80"},
        "年龄 ≥ 80，应有联系领导。",
    ),
    "living alone, not self-caring, critically ill: a named leader": (
        {
            "trigger": "named",
            "query": "any=living%3Dalone&any=self_care%3Dhelpless%26self_care%3Dpartial&any=state%3Dcritical",
        },
        "居住方式：独居或生活自理：完全不能自理、部分自理或状态：病重，应有联系领导。",
    ),
    "long absent: a named leader": (
        {"trigger": "named", "query": "residence=province&residence=other&residence=abroad"},
        "应有联系领导。",
    ),
    "春节 with money or goods": (
        {"trigger": "festival", "occasion": "spring"},
        "全部在册人员，春节开展走访活动时看望。",
    ),
    "七一": (
        {"trigger": "festival", "occasion": "july-first", "query": "party=1"},
        "七一开展走访活动时看望。",
    ),
    "the spouse of a dead cadre at festivals": (
        {"trigger": "festival", "occasion": "spring", "target": "survivor"},
        "已去世干部的遗属，春节开展走访活动时看望。",
    ),
    "after discharge a home visit or phone call within a week": (
        {"trigger": "discharge", "occasion": "hospital", "within_days": 7, "ways": ["home", "phone"]},
        "全部在册人员，出院后7天内1次，上门或电话。",
    ),
    "focus people every quarter": (
        {"trigger": "period", "every": "quarter", "query": "special=aged"},
        "每季度至少1次。",
    ),
    "January and July campaigns": (
        {"trigger": "period", "every": "half"},
        "全部在册人员，每半年至少1次。",
    ),
    "those living elsewhere by phone": (
        {"trigger": "period", "every": "quarter", "query": "residence=other", "ways": ["phone"]},
        "居住地：外省，每季度至少1次，电话。",
    ),
    "专项: first stay in hospital": (
        {"trigger": "hospital", "occasion": "hospital", "rule_class": "special", "within_days": 7},
        "全部在册人员，住院后7天内1次。",
    ),
    "专项: 85周岁": (
        {"trigger": "birthday", "occasion": "round-birthday", "rule_class": "special", "ages": [85]},
        "全部在册人员，85周岁生日，提前7天列入。",
    ),
    "专项: 90虚岁": (
        {
            "trigger": "birthday",
            "occasion": "round-birthday",
            "rule_class": "special",
            "ages": [90],
            "age_count": "nominal",
        },
        "全部在册人员，90虚岁生日，提前7天列入。",
    ),
    "专项: own death, the survivors are seen": (
        {"trigger": "death", "occasion": "death", "rule_class": "special", "within_days": 3},
        "已去世干部的遗属，去世后3天内1次。",
    ),
    "专项: death of close kin": (
        {"trigger": "family", "occasion": "family", "rule_class": "special", "within_days": 7},
        "全部在册人员，家庭变故后7天内1次。",
    ),
    "特殊: the committee decides": (
        {"trigger": "festival", "occasion": "routine", "rule_class": "exceptional"},
        "全部在册人员，日常开展走访活动时看望。",
    ),
    "birthdays at tens": (
        {"trigger": "birthday", "occasion": "round-birthday", "ages": [70, 80, 90, 100]},
        "全部在册人员，70、80、90、100周岁生日，提前7天列入。",
    ),
    "leaders' visits at 100 %: 春节": (
        {"trigger": "festival", "occasion": "spring", "query": "category=lixiu", "who": "2"},
        "离休干部，春节开展走访活动时看望，由班子其他领导以上。",
    ),
    "leaders' visits at 100 %: high summer": (
        {"trigger": "festival", "occasion": "heat", "query": "category=lixiu", "who": "2"},
        "离休干部，高温开展走访活动时看望，由班子其他领导以上。",
    ),
    "leaders' visits at 100 %: hospital stay": (
        {"trigger": "hospital", "occasion": "hospital", "within_days": 5, "who": "3"},
        "由老干部局（组织部）领导以上。",
    ),
    "leaders' visits at 100 %: family disaster": (
        {"trigger": "family", "occasion": "family", "within_days": 5, "who": "3"},
        "由老干部局（组织部）领导以上。",
    ),
    "leaders visit at least twice a year": (
        {"trigger": "period", "every": "year", "times": 2, "who": "2"},
        "全部在册人员，每年至少2次，由班子其他领导以上。",
    ),
    "by video, phone or through another": (
        {"trigger": "period", "every": "quarter", "ways": ["video", "phone", "entrusted"]},
        "全部在册人员，每季度至少1次，视频、电话或委托看望。",
    ),
    "双高期 each month, rank and age": (
        {"trigger": "period", "every": "month", "query": "age_min=80&treatment=121&treatment=122"},
        "每月至少1次。",
    ),
}


@pytest.mark.parametrize("name", RULES)
def test_it_can_be_expressed(city, name):
    values, words = RULES[name]
    with scope(system_actor()):
        occasion = Occasion.objects.get(code=values.get("occasion", "routine"))
        rule = VisitRule(
            **{"name": "试", "starts_on": TODAY, "query": EVERYBODY} | values | {"occasion": occasion}
        )
        rule.full_clean()
        rule.save()
        assert rule_sentence(rule).endswith(words)
        list(people_of_rule(rule, TODAY))


def test_a_festival_of_ones_own(city):
    with scope(system_actor()):
        own = Occasion.objects.create(code="own-13", name="古尔邦节", kind="festival")
        rule = VisitRule.objects.create(
            name="试", trigger="festival", occasion=own, query="nation=05", starts_on=TODAY
        )
        assert rule_sentence(rule).endswith("古尔邦节开展走访活动时看望。")


def test_two_ship_as_examples_switched_off(city):
    shipped = import_module("apps.visits.migrations.0004_example_rules").EXAMPLES
    with scope(system_actor()):
        brought = VisitRule.objects.filter(is_example=True)
        # Tests that commit empty the tables of a worker.
        assert [(one.is_active, one.county_id) for one in brought] in ([(False, None)] * 2, [])
        rules = [
            VisitRule(**{**values, "occasion": Occasion.objects.get(code=values["occasion"])})
            for values in shipped
        ]
        assert all(one.basis.startswith("示例") for one in rules)
        assert [rule_sentence(one) for one in rules] == [
            "全部在册人员，住院后3天内1次，期间每月至少1次，到医院。",
            "全部在册人员，出院后7天内1次，上门或电话。",
        ]
