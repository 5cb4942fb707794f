"""Lines of a ledger belong to a fund of the same county, and take back a line of the same."""

from django.db import migrations

KEYS = """
ALTER TABLE benefits_fundentry ADD CONSTRAINT benefits_fundentry_fund FOREIGN KEY (county_id, fund_id)
    REFERENCES benefits_unitfund (county_id, id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE benefits_fundentry ADD CONSTRAINT benefits_fundentry_cancels FOREIGN KEY (county_id, cancels_id)
    REFERENCES benefits_fundentry (county_id, id) DEFERRABLE INITIALLY DEFERRED;
"""
BACK = """
ALTER TABLE benefits_fundentry DROP CONSTRAINT benefits_fundentry_cancels;
ALTER TABLE benefits_fundentry DROP CONSTRAINT benefits_fundentry_fund;
"""


class Migration(migrations.Migration):
    dependencies = [("benefits", "0004_unit_funds")]
    operations = [migrations.RunSQL(KEYS, BACK)]
