"""What the entry of a row says of a visit, in the words of ``record_visits``."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from apps.visits.models import FundSource, Occasion

SUMMARY = 2000


def visit_values(
    entry: Mapping[str, Any], occasions: Mapping[int, Occasion], sources: Mapping[int, FundSource]
) -> dict[str, Any]:
    """Values of the visit. Raises KeyError where an occasion or a source is gone."""
    source = entry.get("source_id")
    return {
        "occasion": occasions[entry["occasion_id"]],
        "visited_on": date.fromisoformat(entry["visited_on"]),
        "way": entry["way"],
        "place": entry.get("place", ""),
        "health_seen": entry.get("health", ""),
        "summary": _summary(entry),
        "money": Decimal(entry.get("money", "0")),
        "goods": entry.get("goods", ""),
        "goods_value": Decimal(entry.get("goods_value", "0")),
        "source": sources[source] if source else None,
        "over_limit_reason": entry.get("over_limit", ""),
    }


def _summary(entry: Mapping[str, Any]) -> str:
    wants = f"反映：{entry['wants']}" if entry.get("wants") else ""
    return "\n".join(filter(None, (entry.get("note", ""), wants)))[:SUMMARY]
