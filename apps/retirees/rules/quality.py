"""What makes a record doubtful or stale, told once: the quality board, the worklists and the trend read this list.

How each is found in the register stands in queries/quality.py, by the same name.
"""

from dataclasses import dataclass

STALE_AFTER_YEARS = 1
TOO_OLD = 110
"""周岁 from which somebody who is registered as living wants a look."""
FEW_FIELDS = 17
"""Of the 22 required fields; fewer are 资料缺得多."""
AGE_GAP_YEARS = 2
"""Years of birth by archive and by ID card that lie this far apart decide about 整寿 and tiers of benefits."""


@dataclass(frozen=True)
class QualityRule:
    """One kind of doubt. ``advice``: what whoever keeps the record does about it."""

    name: str
    label: str
    advice: str
    is_of_dead: bool = False
    """It is about people who died, not about those on the register."""


QUALITY_RULES: tuple[QualityRule, ...] = (
    QualityRule("no_id", "缺身份证号", "补填18位号码；没有号码就查不出重复登记"),
    QualityRule("no_birth", "缺出生时间", "按档案补填，知道年月就填年月；年龄和整寿都靠它"),
    QualityRule("no_phone", "缺联系电话", "补填本人或家属的电话，走访和通知要用"),
    QualityRule("few_fields", "资料缺得多", "22项必填缺5项以上，对照缺项逐项补填"),
    QualityRule("not_verified", "12个月没有核实", "与本人或家属核对一遍，没有错就按“核实”"),
    QualityRule("health_stale", "健康状况12个月没有更新", "走访或打电话了解，按现在的情况登记"),
    QualityRule(
        "age_conflict", "档案和身份证年龄差得多", "出生年份相差2年以上，查档案后以档案为准，说明记在备注"
    ),
    QualityRule("birth_differs", "两个出生日期不一致", "对照档案和身份证，录错的改正；确实不同的两个都留着"),
    QualityRule("very_old", "110岁以上仍登记在世", "先核对出生时间，再向家属或社区了解"),
    QualityRule("needs_ruling", "参加革命工作时期待认定", "时间跨两个时期，查证档案，按权限认定到日"),
    QualityRule("lixiu_late", "离休但1949年9月30日后参加", "核对类别和参加革命工作时间，一般不属于离休"),
    QualityRule("treatment_undated", "享受待遇没有时间", "按批准文件补填享受待遇时间"),
    QualityRule("death_vague", "去世时间不到日", "向家属了解去世日期，停发和抚恤按日子算", is_of_dead=True),
)
RULES_BY_NAME = {rule.name: rule for rule in QUALITY_RULES}
EVERYBODY, FILLED = "everybody", "filled"
"""Counted beside the rules: heads on the register, and their filled required fields."""
