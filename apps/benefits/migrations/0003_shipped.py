"""Benefits, papers and standards of shipped.toml, with their sources. A new portal has them at once and an old one gets
them once: whoever deletes or changes them is not given them again. Nothing holds before the office confirms it."""

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import migrations
from django.db.backends.postgresql.psycopg_any import DateRange

BENEFITS = {"code", "name", "cycle", "group", "needs_approval", "pay_month", "audience", "basis", "sort"}
LEVELS, AGES = {"rank", "treatment"}, {"full_age", "nominal_age"}
WALLED = ("library_paper", "benefits_standard")


def read() -> dict[str, Any]:
    """What the file says."""
    return tomllib.loads((Path(__file__).parent / "shipped.toml").read_text(encoding="utf-8"))


def conditions_of(stored: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """TOML knows no null: an open end stands as "" or 0 there."""
    return {
        name: [end or None for end in values] if name in LEVELS | AGES else sorted(values)
        for name, values in stored.items()
    }


def add(apps: Any, schema_editor: Any) -> None:
    """The owner has no policy on a walled table; where the walls stand already, they are opened for these rows."""
    using = schema_editor.connection.alias
    models = {
        name: apps.get_model(*name.split(".")).objects.using(using)
        for name in ("benefits.Benefit", "benefits.Standard", "library.Paper")
    }
    shipped = read()
    with schema_editor.connection.cursor() as cursor:
        forced = []
        for table in WALLED:
            cursor.execute("SELECT relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", [table])
            forced += [table] if cursor.fetchone()[0] else []
        for table in forced:
            cursor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        benefits = {each["code"]: models["benefits.Benefit"].create(**each) for each in shipped["benefit"]}
        standards: dict[str, Any] = {}
        for each in shipped["paper"]:
            rows = each.pop("standard")
            paper = models["library.Paper"].create(
                **{
                    **each,
                    "issued_on": each.get("issued_on", ""),
                    "starts_on": date.fromisoformat(each["starts_on"]),
                }
            )
            for row in rows:
                standard = _standard(models["benefits.Standard"], benefits, paper, row, standards)
                standards[f"{paper.number} {standard.label}"] = standard
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in forced:
            cursor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _standard(rows: Any, benefits: Any, paper: Any, row: dict[str, Any], earlier: dict[str, Any]) -> Any:
    starts = date.fromisoformat(row["starts"]) if "starts" in row else paper.starts_on
    ends = date.fromisoformat(row["ends"]) if "ends" in row else None
    is_example = row.get("is_example", paper.is_example)
    return rows.create(
        benefit=benefits[row["benefit"]],
        paper=paper,
        level=row.get("level", paper.level),
        place=row.get("place", ""),
        label=row["label"],
        conditions=conditions_of(row.get("conditions", {})),
        amount=Decimal(str(row.get("amount", 0))),
        months=Decimal(str(row.get("months", 0))),
        times=Decimal(str(row.get("times", 0))),
        series=row.get("series", ""),
        during=DateRange(starts, ends),
        replaces=earlier[row["replaces"]] if "replaces" in row else None,
        note=row.get("note", ""),
        is_example=is_example,
        state="draft" if is_example else "waiting",
        made_by=0,
        made_by_name="随系统提供",
    )


class Migration(migrations.Migration):
    dependencies = [("benefits", "0002_walls"), ("library", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
