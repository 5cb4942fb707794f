"""The log of visits as a file: what the list shows, with what was given. What was seen of somebody's health stays in
the portal."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.http import QueryDict

from apps.core.chinese import format_date
from apps.core.scope import Actor
from apps.core.sheets.table import Column
from apps.exports.rules import NothingPicked, Picked, TableExporter
from apps.visits.forms.listing import VisitConditions
from apps.visits.models import Visit
from apps.visits.queries.log import visits_under

KEY = "key"
COLUMNS = (
    ("visited_on", Column("走访日期", 16)), ("person", Column("姓名", 12)), ("county", Column("县市区", 12)),
    ("unit", Column("管理单位", 24)), ("occasion", Column("事由", 12)), ("campaign", Column("走访活动", 24)),
    ("way", Column("方式", 10)), ("place", Column("地点", 20)), ("target", Column("看望对象", 10)),
    ("visitors", Column("走访人", 32)), ("level", Column("最高层级", 10)),
    ("money", Column("慰问金（元）", 12, is_number=True)), ("goods", Column("慰问品", 20)),
    ("goods_value", Column("慰问品价值（元）", 14, is_number=True)), ("source", Column("资金来源", 20)),
    ("approved_by", Column("批准人", 12)), ("over_limit", Column("超标准说明", 24)),
    ("signed", Column("签收", 20)), ("signed_on", Column("签收日期", 16)), ("summary", Column("走访情况", 48)),
    ("recorded_by", Column("登记人", 12)),
)  # fmt: skip
SHOWN = ("visited_on", "person", "unit", "occasion", "way", "visitors", "money", "goods", "goods_value")
JOINED = ("retiree", "county", "unit", "occasion", "campaign", "source")
ORDERS = {"-visited_on": "走访日期（晚的在前）", "visited_on": "走访日期（早的在前）"}
PIECE = 2000


class VisitExporter(TableExporter):
    """See exports.rules.Exporter; a row is a visit."""

    kind = "visits"
    label = "走访记录"
    unit = "条"
    list_view = "visits:log"
    table = COLUMNS

    @property
    def orders(self) -> Sequence[tuple[str, str]]:
        """By day."""
        return list(ORDERS.items())

    def pick(self, actor: Actor, data: QueryDict) -> Picked:
        """See exports.rules.Exporter. ``query``: the address of a list."""
        asked = QueryDict(data.get("query", ""), mutable=True)
        form = VisitConditions(asked, actor=actor)
        if not form.is_known or not form.is_valid():
            raise NothingPicked("名单的条件有误，请回到“走访记录”重新筛选。")
        order = data.get("order", "")
        if order not in ORDERS:
            order = "-visited_on"
        found = visits_under(actor, form.conditions())
        query = QueryDict(mutable=True)
        query.update({name: asked[name] for name in form.conditions()})
        return Picked(
            keys=list(
                found.order_by(order, "-pk" if order.startswith("-") else "pk").values_list("pk", flat=True)
            ),
            words="；".join(words for _, words in form.chips()) or "全部走访记录",
            hidden=[("query", query.urlencode())],
            shown=SHOWN,
            order=order,
            query=query.urlencode(),
        )

    def rows(
        self, actor: Actor, keys: Sequence[int], names: Sequence[str], mask: str
    ) -> Iterator[tuple[int, list[str]]]:
        """See exports.rules.Exporter. Read in pieces, so that a long file needs no more memory than a short one."""
        seen = Visit.objects.visible_to(actor).select_related(*JOINED)
        for start in range(0, len(keys), PIECE):
            piece = keys[start : start + PIECE]
            found = seen.in_bulk(piece)
            for key in piece:
                if key in found:
                    texts = _texts(found[key])
                    yield key, [texts[name] for name in names]


def _day(day: date | None) -> str:
    return format_date(day) if day else ""


def _amount(value: Any) -> str:
    return f"{value:.2f}" if value else ""


def _texts(one: Visit) -> dict[str, str]:
    return {
        KEY: str(one.pk),
        "visited_on": _day(one.visited_on),
        "person": one.retiree.name,
        "county": one.county.label,
        "unit": one.unit.label,
        "occasion": str(one.occasion),
        "campaign": one.campaign.title if one.campaign else "",
        "way": str(one.get_way_display()),
        "place": one.place,
        "target": str(one.get_target_display()),
        "visitors": one.visitors_text,
        "level": str(one.get_level_display()),
        "money": _amount(one.money),
        "goods": one.goods,
        "goods_value": _amount(one.goods_value),
        "source": one.source.name if one.source else "",
        "approved_by": one.approved_by_name,
        "over_limit": one.over_limit_reason,
        "signed": " ".join(part for part in (str(one.get_signed_by_display()), one.signed_name) if part),
        "signed_on": _day(one.signed_on),
        "summary": one.summary,
        "recorded_by": one.recorded_by_name,
    }
