"""Who acts, told by the scope; asked by every history table. Without an actor a change is refused."""

from django.db import migrations

CREATE = """
CREATE FUNCTION portal_actor() RETURNS integer LANGUAGE plpgsql STABLE AS $$
DECLARE actor text := current_setting('app.actor', true);
BEGIN
    IF actor IS NULL OR actor = '' THEN
        RAISE EXCEPTION 'no actor: enter a scope before writing' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN actor::integer;
END $$;
CREATE FUNCTION portal_request() RETURNS text LANGUAGE sql STABLE AS
    $$ SELECT coalesce(current_setting('app.request', true), '') $$;
"""
DROP = "DROP FUNCTION portal_request(); DROP FUNCTION portal_actor();"


class Migration(migrations.Migration):
    dependencies = [("pghistory", "0007_auto_20250421_0444")]
    operations = [migrations.RunSQL(CREATE, DROP)]
