"""A rule as one sentence, so that it can be read aloud and corrected. Pure functions on values."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from apps.visits.choices import AgeCount, Every, LeaderLevel, Target, Trigger, Way

EVENTS = {
    Trigger.HOSPITAL: "住院后",
    Trigger.DISCHARGE: "出院后",
    Trigger.CRITICAL: "病危后",
    Trigger.DEATH: "去世后",
    Trigger.FAMILY: "家庭变故后",
}


@dataclass(frozen=True)
class RuleWords:
    """What of a rule stands in its sentence. ``people``: its conditions in words, empty for everybody."""

    people: str
    trigger: str
    target: str = Target.SELF
    occasion: str = ""
    every: str = ""
    times: int = 1
    within_days: int | None = None
    repeat_every: str = ""
    ages: Sequence[int] = ()
    age_count: str = AgeCount.FULL
    ahead_days: int = 0
    who: str = ""
    ways: Collection[str] = ()


def sentence(rule: RuleWords) -> str:
    """离休干部，每季度至少1次，由老干部局（组织部）领导以上，上门、到医院或电话。"""
    people = people_words(rule.people) or "全部在册人员"
    if rule.target == Target.SURVIVOR or rule.trigger == Trigger.DEATH:
        people = f"已去世干部{f'（{people}）' if rule.people else ''}的遗属"
    elif rule.target == Target.SPOUSE:
        people += "的配偶"
    parts = [people, _when(rule)]
    if rule.who:
        parts.append(f"由{level_words(rule.who)}")
    if rule.ways:
        parts.append(either([Way(way).label for way in Way.values if way in rule.ways]))
    return "，".join(part for part in parts if part) + "。"


def people_words(told: str) -> str:
    """The conditions of the list as one says them: 离休干部, 居住地：省内他县、外省, and 或 between groups.

    told: as the list tells them, 类别：离休；居住地：省内他县；居住地：外省；任一组：居住方式：独居，性别：男.
    """
    parts = told.split("；") if told else []
    groups = [part.removeprefix(ANY) for part in parts if part.startswith(ANY)]
    plain = _folded([part for part in parts if not part.startswith(ANY)])
    either_of = "或".join(_folded(group.split("，")) for group in groups)
    return "，".join(part for part in (plain, either_of) if part)


ANY = "任一组："


def _folded(parts: Sequence[str]) -> str:
    """Values of one condition behind each other; 类别 says itself."""
    values: dict[str, list[str]] = {}
    for part in parts:
        label, colon, value = part.partition("：")
        values.setdefault(label if colon else part, []).extend([value] if colon else [])
    said = []
    for label, found in values.items():
        if label == "类别":
            said.append(f"{'、'.join(found)}干部")
        else:
            said.append(f"{label}：{'、'.join(found)}" if found else label)
    return "，".join(said)


def level_words(who: str) -> str:
    """老干部局（组织部）领导以上; of the highest level, and of the lowest, which is anybody, no 以上."""
    alone = who in (LeaderLevel.CHIEF, LeaderLevel.STAFF)
    return f"{LeaderLevel(who).label}{'' if alone else '以上'}"


def _when(rule: RuleWords) -> str:
    if rule.trigger == Trigger.PERIOD:
        return f"{Every(rule.every).label}至少{rule.times}次" if rule.every else ""
    if rule.trigger == Trigger.FESTIVAL:
        return f"{rule.occasion}开展走访活动时看望"
    if rule.trigger == Trigger.NAMED_LEADER:
        return "应有联系领导"
    if rule.trigger == Trigger.BIRTHDAY:
        counted = AgeCount(rule.age_count).label
        ages = f"{'、'.join(map(str, rule.ages))}{counted}" if rule.ages else "每年"
        return f"{ages}生日，提前{rule.ahead_days}天列入"
    words = EVENTS[Trigger(rule.trigger)]
    within = f"{words}{rule.within_days}天内1次" if rule.within_days is not None else ""
    lasting = f"期间{Every(rule.repeat_every).label}至少1次" if rule.repeat_every else ""
    return "，".join(part for part in (within, lasting) if part) or f"{words}当天"


def either(words: Sequence[str]) -> str:
    """上门、到医院或电话"""
    return "或".join(part for part in ("、".join(words[:-1]), *words[-1:]) if part)
