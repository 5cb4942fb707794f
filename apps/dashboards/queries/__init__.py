"""What a board and a home page show, as plain values for the templates."""

from apps.dashboards.queries.benefits import benefits_board
from apps.dashboards.queries.due import due
from apps.dashboards.queries.tiles import board_figures, quality_chart, tiles
from apps.dashboards.queries.visits import visits_board

__all__ = ["benefits_board", "board_figures", "due", "quality_chart", "tiles", "visits_board"]
