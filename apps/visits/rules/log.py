"""What a visit must say before it is written. Pure functions on values; each fault names the field it is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from apps.core.partial_date import PartialDate
from apps.retirees.choices import ON_REGISTER, LifeState
from apps.visits.choices import Target
from apps.visits.rules import VisitorEntry

TEXT_LIMIT = 200


@dataclass(frozen=True)
class Fault:
    """Why a visit is not written. ``field``: a key of the visit's values, or visitors; "" is about all of it."""

    field: str
    text: str


@dataclass(frozen=True)
class Gift:
    """What was brought; ``has_source`` where it is known who paid."""

    money: Decimal
    goods: str
    goods_value: Decimal
    has_source: bool
    over_limit_reason: str

    @property
    def is_given(self) -> bool:
        return bool(self.money or self.goods or self.goods_value)


@dataclass(frozen=True)
class Limits:
    """Of an occasion; None where no paper sets one."""

    occasion: str
    money: Decimal | None
    goods: Decimal | None


def yuan(amount: Decimal) -> str:
    """An amount without needless zeros: 500, 62.5."""
    return f"{amount.normalize():f}"


def visit_level(visitors: Sequence[VisitorEntry]) -> str:
    """The highest level of those who went ("1" is the highest)."""
    return min(one.level for one in visitors)


def visitors_text(visitors: Sequence[VisitorEntry]) -> str:
    """Who went, as it stands in lists: 王××（副市长）等3人. The highest stands first, else the order given."""
    first = min(visitors, key=lambda one: one.level)
    words = f"{first.name}（{first.post}）" if first.post else first.name
    return (words if len(visitors) == 1 else f"{words}等{len(visitors)}人")[:TEXT_LIMIT]


def without_repeats(visitors: Sequence[VisitorEntry]) -> list[VisitorEntry]:
    """Each of them once, in the order given; nameless ones left out."""
    found: dict[tuple[str, str], VisitorEntry] = {}
    for one in visitors:
        if one.name.strip():
            found.setdefault((one.name, one.post), one)
    return list(found.values())


def gift_faults(gift: Gift, limits: Limits) -> list[Fault]:
    """Amounts are not negative, goods have a name, a gift has a source, and over the limit there is a reason."""
    faults = []
    for name, label, amount in (
        ("money", "慰问金", gift.money),
        ("goods_value", "慰问品价值", gift.goods_value),
    ):
        if amount < 0:
            faults.append(Fault(name, f"{label}不能是负数。"))
    if gift.goods_value and not gift.goods:
        faults.append(Fault("goods", "有慰问品价值的，请写明是什么慰问品。"))
    if gift.is_given and not gift.has_source:
        faults.append(Fault("source", "有慰问金或慰问品的，请选择资金来源。"))
    over = over_limits(gift, limits)
    if over and not gift.over_limit_reason:
        text = f"{'，'.join(over)}。请核对金额；确需超过的，写明原因。"
        faults.append(Fault("over_limit_reason", text))
    return faults


def over_limits(gift: Gift, limits: Limits) -> list[str]:
    """What of a gift is above the limit of its occasion, in words."""
    over = []
    for label, amount, limit in (
        ("慰问金", gift.money, limits.money),
        ("慰问品价值", gift.goods_value, limits.goods),
    ):
        if limit is not None and amount > limit:
            over.append(f"{label}{yuan(amount)}元超过“{limits.occasion}”每人每次{yuan(limit)}元的上限")
    return over


def day_faults(visited_on: date, today: date) -> list[Fault]:
    """Nothing is logged before it happened."""
    if visited_on > today:
        return [Fault("visited_on", "还没有到这一天，请核对走访日期。")]
    return []


def life_faults(
    *,
    name: str,
    state: str,
    died_on: PartialDate | None,
    left_on: PartialDate | None,
    target: str,
    visited_on: date,
) -> list[Fault]:
    """Nobody is visited after his death, and survivors are those of the dead.

    A date known to the month or year counts by its last day for the person and by its first for the survivors, so that
    a visit that may be right is not refused. A visit before the death, entered late, stands.
    """
    if state == LifeState.DEAD and died_on is not None:
        if target != Target.SURVIVOR and visited_on > died_on.latest:
            text = (
                f"{name}已于{died_on}去世，这一天不能再登记走访本人或配偶。看望家属的，看望对象请选“遗属”。"
            )
            return [Fault("target", text)]
        if target == Target.SURVIVOR and visited_on < died_on.earliest:
            return [Fault("target", f"{name}于{died_on}去世，这一天还没有遗属，请核对日期或看望对象。")]
    if state == LifeState.LEFT and (left_on is None or visited_on > left_on.latest):
        return [Fault("visited_on", f"{name}已转出本市，转出以后的走访由接收地登记。请核对日期。")]
    if state in ON_REGISTER and target == Target.SURVIVOR:
        return [Fault("target", f"{name}没有去世登记，看望对象不能是“遗属”。去世的，请先登记去世。")]
    if state in (LifeState.MERGED, LifeState.MISTAKE):
        return [Fault("", f"{name}的这份记录已不在名册（{LifeState(state).label}），不能登记走访。")]
    return []
