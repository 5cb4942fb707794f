"""The board of benefits."""

from typing import Any

from apps.benefits.figures import FIGURES
from apps.core.figures import Span, figure_values
from apps.core.scope import Actor
from apps.dashboards.queries.placed import definition_rows, placed_table
from apps.dashboards.queries.tiles import chart, tile
from apps.units.figures import places_of

COLUMNS = (
    ("benefits_money", "发放金额/元"),
    ("benefits_back", "其中补发/元"),
    ("benefits_claimed", "多发应追回/元"),
    ("benefits_people", "当月发放/人"),
    ("benefits_missing", "没有审批的名单/份"),
)


def benefits_board(actor: Actor, span: Span) -> dict[str, Any]:
    """Cards, a chart of the money by place, the table by place, and how it is counted."""
    values = figure_values(actor, span, list(FIGURES))
    places = [(str(place.pk), place.label) for place in places_of(actor)]
    table = placed_table("按县市区", COLUMNS, values, places, actor)
    money = values["benefits_money"]
    return {
        "tiles": [tile(value, actor) for value in values.values()],
        "charts": [chart(money, "bars")] if len(money.parts) > 1 else [],
        "table": table if table["rows"] else None,
        "columns": [{"label": "数字", "num": False}, {"label": "怎么数", "num": False}],
        "definitions": definition_rows(list(values.values())),
    }
