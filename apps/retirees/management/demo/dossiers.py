"""What the files of some people hold beside the register: careers, honours, marks, notes, photographs; and a few
pairs of records that may be one person."""

import itertools
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from random import Random
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from apps.core import private_files
from apps.core.bulk import insert_many
from apps.core.demo import Demo
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.retirees.actions import change_many
from apps.retirees.actions.portrait import BUCKET
from apps.retirees.actions.search_doubles import search_county
from apps.retirees.choices import ON_REGISTER, Category, HonourLevel, LifeState, Relation, SpecialGroup
from apps.retirees.management.demo.portraits import silhouette
from apps.retirees.models import CareerEntry, FamilyMember, GroupMark, Honour, PersonNote, Portrait, Retiree
from apps.units.models import Unit

OF_EACH = 45
"""So many 离休 people, people of 南岭县, and others have a file."""
PHOTOGRAPHED = 90
PAIRS = 3
LOWER_POSTS = ("办事员", "干事", "会计", "技术员", "文书")
MIDDLE_POSTS = ("副股长", "股长", "办公室主任", "副主任")
HONOURS: tuple[tuple[str, HonourLevel, str], ...] = (
    ("先进工作者", HonourLevel.COUNTY, "县人民政府"),
    ("优秀共产党员", HonourLevel.CITY, "中共云溪市委"),
    ("老干部工作积极分子", HonourLevel.CITY, "云溪市委老干部局"),
    ("关心下一代工作先进个人", HonourLevel.PROVINCE, "省关工委"),
)
MEDAL = ("“庆祝中华人民共和国成立70周年”纪念章", HonourLevel.NATION, "中共中央、国务院、中央军委")
MARKS = {
    SpecialGroup.HARDSHIP: "老伴长年住院，自费部分较多",
    SpecialGroup.ALONE: "经社区核实无子女",
    SpecialGroup.EMPTY_NEST: "子女都在外省工作",
    SpecialGroup.AWAY: "随子女长住外地",
}
NOTES = (
    "电话问候，精神不错，说今年体检结果比去年好。",
    "家属反映楼道照明坏了，已转告社区，下次走访时看看修好没有。",
    "愿意给中学讲一次家史，约好天暖和以后再定时间。",
    "不会用手机缴费，小女儿代办；来电请打小女儿的号码。",
    "说耳朵更背了，通知活动请先打电话给老伴。",
)


def load_dossiers(demo: Demo) -> str:
    """Fill the files of some living people; return a line that says what was made."""
    with scope(demo.loader("city_clerk", "s_city")) as actor:
        dice = demo.dice("dossiers")
        people = _chosen(dice)
        units = {unit.pk: unit for unit in Unit.objects.filter(level="unit").order_by("pk")}
        for made in (_careers(dice, people, units), _honours(dice, people), _marks(demo, dice, people)):
            insert_many(made)
        insert_many(_notes(demo, dice, people, actor.name))
        Portrait.objects.bulk_create(_portraits(demo, dice, people[::2][:PHOTOGRAPHED], actor.name))
        survivors = _survivors()
        pairs = _pairs(demo, dice, {person.pk for person in people})
    return f"档案：{len(people)}人有履历、荣誉、记事，遗属{survivors}人，疑似重复{pairs}对"


def _chosen(dice: Random) -> list[Retiree]:
    living = list(Retiree.objects.filter(state__in=ON_REGISTER).select_related("county").order_by("pk"))
    groups = (
        [person for person in living if person.category == Category.LIXIU],
        [person for person in living if person.county.code == "nanling"],
        living,
    )
    found = {
        person.pk: person for group in groups for person in dice.sample(group, min(OF_EACH, len(group) // 3))
    }
    return [found[key] for key in sorted(found)]


def _careers(dice: Random, people: Sequence[Retiree], units: dict[int, Unit]) -> Iterator[CareerEntry]:
    for person in people:
        start, end = person.work_started_on or person.joined_on, person.retired_on
        if start is None or end is None or end.earliest.year - start.earliest.year < 9:
            continue
        first, last = start.earliest.year, end.earliest.year
        cuts = sorted(dice.sample(range(first + 2, last - 1), dice.choice((2, 3))))
        near = [unit for unit in units.values() if unit.area_id == person.county_id]
        own = units[person.unit_id]
        months = [start, *(PartialDate(year, dice.randint(1, 12)) for year in cuts), end]
        for number, (begun, ended) in enumerate(itertools.pairwise(months)):
            is_last = number == len(months) - 2
            place = own if is_last else dice.choice(near)
            post = person.post.removeprefix(own.label) if is_last and person.post else ""
            ladder = LOWER_POSTS if number == 0 else MIDDLE_POSTS
            yield CareerEntry(
                **person.row_keys(),
                from_on=_month(begun),
                until_on=_month(ended),
                organisation=place.name,
                post=post or dice.choice(ladder),
                position=number + 1,
            )


def _month(day: PartialDate) -> PartialDate:
    return PartialDate(day.year, day.month)


def _honours(dice: Random, people: Sequence[Retiree]) -> Iterator[Honour]:
    for person in people:
        retired = person.retired_on.earliest.year if person.retired_on else 2000
        for name, level, giver in dice.sample(HONOURS, dice.choice((0, 1, 1, 2))):
            year = PartialDate(retired - dice.randint(1, 12))
            yield Honour(**person.row_keys(), name=name, level=level, awarded_by=giver, awarded_on=year)
        if person.category == Category.LIXIU:
            name, level, giver = MEDAL
            day = PartialDate(2019, 10)
            yield Honour(**person.row_keys(), name=name, level=level, awarded_by=giver, awarded_on=day)


def _marks(demo: Demo, dice: Random, people: Sequence[Retiree]) -> Iterator[GroupMark]:
    for person in dice.sample(list(people), len(people) // 5):
        group, reason = dice.choice(list(MARKS.items()))
        since = DateRange(demo.days_ago(dice.randint(30, 700)), None)
        yield GroupMark(**person.row_keys(), group=group, reason=reason, during=since)


def _notes(demo: Demo, dice: Random, people: Sequence[Retiree], writer: str) -> Iterator[PersonNote]:
    for person in people:
        for text in dice.sample(NOTES, dice.choice((0, 1, 1, 2))):
            day = PartialDate.from_date(demo.days_ago(dice.randint(3, 300)))
            yield PersonNote(**person.row_keys(), noted_on=day, text=text, written_by_name=writer)


def _portraits(demo: Demo, dice: Random, people: Sequence[Retiree], maker: str) -> Iterator[Portrait]:
    for person in people:
        full, thumbnail = silhouette(dice, person.sex)
        kept, small = private_files.keep(BUCKET, full), private_files.keep(BUCKET, thumbnail)
        yield Portrait(
            **person.row_keys(),
            file_ref=kept.name,
            thumb_ref=small.name,
            digest=kept.digest,
            source="上传",
            made_at=_noon(demo.days_ago(dice.randint(3, 300))),
            made_by_name=maker,
        )


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


def _survivors() -> int:
    """Widows and widowers of the dead, every second of them."""
    spouses = FamilyMember.objects.filter(relation=Relation.SPOUSE, retiree__state=LifeState.DEAD)
    keys = list(spouses.order_by("retiree_id", "sort").values_list("pk", flat=True))[::2]
    return FamilyMember.objects.filter(pk__in=keys).update(is_survivor=True)


def _pairs(demo: Demo, dice: Random, busy: set[int]) -> int:
    """Some people stand in the register twice, the second time at another unit and without an ID number."""
    living = Retiree.objects.filter(state__in=ON_REGISTER, category=Category.TUIXIU, county__code="nanling")
    free = [person for person in living.exclude(birth_date="").order_by("pk") if person.pk not in busy]
    some = dice.sample(free, 2 * min(PAIRS, len(free) // 20))
    changes: list[tuple[Retiree, dict[str, Any]]] = [
        (other, {"name": one.name, "sex": one.sex, "birth_date": one.birth_date, "national_id": None})
        for one, other in zip(some[::2], some[1::2], strict=True)
    ]
    if changes:
        change_many(changes=changes, seen_on=demo.days_ago(25))
        search_county(changes[0][0].county_id)
    return len(changes)
