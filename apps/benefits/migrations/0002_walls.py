"""Rows follow their person by a composite key; what a frozen list says is never changed."""

from django.db import migrations

from apps.core.keys import person_key

TABLES = ("benefits_approval", "benefits_deathruling", "benefits_payaccount")

FROZEN = """
CREATE FUNCTION benefits_lines_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM gone JOIN benefits_run run ON run.id = gone.run_id
        WHERE run.state IN ('approved', 'reconciled')
          AND NOT EXISTS (
            SELECT 1 FROM come WHERE come.id = gone.id AND come.run_id = gone.run_id
              AND come.retiree_id = gone.retiree_id AND come.benefit_id = gone.benefit_id
              AND come.month = gone.month AND come.entitled = gone.entitled AND come.settled = gone.settled
              AND come.county_id = gone.county_id AND come.standard_id IS NOT DISTINCT FROM gone.standard_id)
    ) THEN
        RAISE EXCEPTION '已审批的发放名单不能改动' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION benefits_lines_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM gone JOIN benefits_run run ON run.id = gone.run_id
        WHERE run.state IN ('approved', 'reconciled')
    ) THEN
        RAISE EXCEPTION '已审批的发放名单不能删除' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER benefits_lines_frozen AFTER UPDATE ON benefits_runline
    REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION benefits_lines_frozen();
CREATE TRIGGER benefits_lines_kept AFTER DELETE ON benefits_runline
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION benefits_lines_kept();
CREATE TRIGGER benefits_lines_closed AFTER INSERT ON benefits_runline
    REFERENCING NEW TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION benefits_lines_kept();
"""
BACK = """
DROP TRIGGER benefits_lines_closed ON benefits_runline;
DROP TRIGGER benefits_lines_kept ON benefits_runline;
DROP TRIGGER benefits_lines_frozen ON benefits_runline;
DROP FUNCTION benefits_lines_kept();
DROP FUNCTION benefits_lines_frozen();
"""


KEYS = (
    ("benefits_runline", "run_id", "benefits_run"),
    ("benefits_payment", "line_id", "benefits_runline"),
    ("benefits_claim", "line_id", "benefits_runline"),
)


def county_key(table: str, column: str, parent: str) -> migrations.RunSQL:
    """``table`` (county_id, column) → ``parent`` (county_id, id): money of one county only."""
    return migrations.RunSQL(
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_{column}_county" FOREIGN KEY (county_id, {column})'
        f' REFERENCES "{parent}" (county_id, id) DEFERRABLE INITIALLY DEFERRED',
        f'ALTER TABLE "{table}" DROP CONSTRAINT "{table}_{column}_county"',
    )


class Migration(migrations.Migration):
    dependencies = [("benefits", "0001_initial"), ("retirees", "0019_ruling_from")]
    operations = [
        *(person_key(table) for table in TABLES),
        *(county_key(*each) for each in KEYS),
        migrations.RunSQL(FROZEN, BACK),
    ]
