"""A county may add units of its own (an import does), and only of its own: the database says so."""

from django.db import migrations

GUARD = """
CREATE FUNCTION units_within_county() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user = 's_county'
       AND NEW.area_id IS DISTINCT FROM nullif(current_setting('app.county', true), '')::integer THEN
        RAISE EXCEPTION 'a county adds units of its own only' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER unit_within_county BEFORE INSERT ON units_unit
    FOR EACH ROW EXECUTE FUNCTION units_within_county();
"""
UNGUARD = "DROP TRIGGER unit_within_county ON units_unit; DROP FUNCTION units_within_county();"


class Migration(migrations.Migration):
    dependencies = [("units", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]
