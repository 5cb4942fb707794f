"""The rates of 特需经费 that are known from public texts, without the number of a paper: examples until the office has
looked at them. Shipped by a migration, so that whoever changes or deletes them is not given them again."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import migrations
from django.db.backends.postgresql.psycopg_any import DateRange

RAISED = date(2002, 1, 1)
BASIS = "离休干部特需经费由每人每年150元提高到500元，2002年1月1日起执行（公开资料未列文号，请对照文件补上）"
RATES = ((Decimal(150), DateRange(None, RAISED)), (Decimal(500), DateRange(RAISED, None)))


def add(apps: Any, schema_editor: Any) -> None:
    """The table is new and has no walls yet: those come after migrating."""
    rates = apps.get_model("benefits", "FundRate").objects.using(schema_editor.connection.alias)
    for amount, during in RATES:
        rates.create(
            kind="special",
            people="lixiu",
            headcount="year_start",
            amount=amount,
            during=during,
            paper_text=BASIS,
            is_example=True,
        )


class Migration(migrations.Migration):
    dependencies = [("benefits", "0005_unit_fund_keys")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
