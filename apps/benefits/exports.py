"""The list of survivors as a file."""

from collections.abc import Iterator, Sequence

from django.http import QueryDict
from django.utils import timezone

from apps.benefits.forms.survivors import SurvivorConditions
from apps.benefits.models import Survivor
from apps.benefits.queries.survivors import end_of, survivors_seen
from apps.core.chinese import format_date
from apps.core.scope import Actor
from apps.core.sheets.table import Column
from apps.exports.rules import NothingPicked, Picked, TableExporter

COLUMNS = (
    ("name", Column("遗属", 12)), ("relation", Column("与干部关系", 12)), ("household", Column("户口", 12)),
    ("person", Column("干部姓名", 12)), ("county", Column("县市区", 12)), ("unit", Column("管理单位", 24)),
    ("period", Column("干部时期", 14)), ("state", Column("现状", 12)), ("starts_on", Column("享受起", 16)),
    ("ends_on", Column("停发", 16)), ("verified_on", Column("生存核实", 16)), ("document", Column("批准文号", 20)),
    ("note", Column("说明", 24)),
)  # fmt: skip
SHOWN = ("name", "relation", "household", "person", "unit", "state", "starts_on", "verified_on")
PIECE = 2000


class SurvivorExporter(TableExporter):
    """See exports.rules.Exporter; a row is a survivor."""

    kind = "survivors"
    label = "遗属"
    unit = "人"
    list_view = "benefits:survivors"
    table = COLUMNS

    @property
    def orders(self) -> Sequence[tuple[str, str]]:
        """By office."""
        return [("place", "县市区、单位")]

    def pick(self, actor: Actor, data: QueryDict) -> Picked:
        """See exports.rules.Exporter. ``query``: the address of a list."""
        form = SurvivorConditions(QueryDict(data.get("query", "")), actor=actor)
        if not form.is_known or not form.is_valid():
            raise NothingPicked("名单的条件有误，请回到“遗属”重新筛选。")
        rows = survivors_seen(actor, form.conditions(), timezone.localdate())
        return Picked(
            keys=list(rows.values_list("pk", flat=True)),
            words="；".join(words for _, words in form.chips()) or "全部遗属",
            hidden=[("query", form.query())],
            shown=SHOWN,
            order="place",
            query=form.query(),
        )

    def rows(
        self, actor: Actor, keys: Sequence[int], names: Sequence[str], mask: str
    ) -> Iterator[tuple[int, list[str]]]:
        """See exports.rules.Exporter. Read in pieces, so that a long file needs no more memory than a short one."""
        seen = Survivor.objects.visible_to(actor).select_related("retiree", "county", "unit")
        for start in range(0, len(keys), PIECE):
            piece = keys[start : start + PIECE]
            found = seen.prefetch_related("states").in_bulk(piece)
            for key in piece:
                if key in found:
                    texts = _texts(found[key])
                    yield key, [texts[name] for name in names]


def _texts(one: Survivor) -> dict[str, str]:
    ends, verified = end_of(one), one.verified_on
    return {
        "key": str(one.pk),
        "name": one.name,
        "relation": str(one.get_relation_display()),
        "household": str(one.get_household_display()),
        "person": one.retiree.name,
        "county": one.county.label,
        "unit": one.unit.label,
        "period": str(one.retiree.get_period_display()),
        "state": str(one.get_state_display()),
        "starts_on": format_date(one.during.lower),
        "ends_on": format_date(ends) if ends else "",
        "verified_on": format_date(verified) if verified else "",
        "document": one.document,
        "note": one.note,
    }
