"""Rows follow their person by a composite key; changes of spells leave a mark for whoever counts."""

from django.db import migrations

from apps.core.keys import person_key

TABLES = (
    "retirees_privatedetails",
    "retirees_familymember",
    "retirees_levelfact",
    "retirees_condition",
    "retirees_lifefact",
    "retirees_affiliation",
    "retirees_ruling",
    "retirees_attachment",
    "retirees_careerentry",
    "retirees_groupmark",
    "retirees_honour",
    "retirees_portrait",
    "retirees_changesetrow",
    "retirees_merge",
    "retirees_changerequest",
)

MARK = """
CREATE FUNCTION retirees_mark_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO retirees_registerchange (id, county_id, unit_id)
    SELECT gen_random_uuid(), county_id, unit_id FROM changed GROUP BY county_id, unit_id;
    RETURN NULL;
END $$;
CREATE TRIGGER spell_inserted AFTER INSERT ON retirees_spell REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION retirees_mark_change();
CREATE TRIGGER spell_deleted AFTER DELETE ON retirees_spell REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION retirees_mark_change();
CREATE TRIGGER spell_updated AFTER UPDATE ON retirees_spell REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION retirees_mark_change();
"""
UNMARK = """
DROP TRIGGER spell_updated ON retirees_spell;
DROP TRIGGER spell_deleted ON retirees_spell;
DROP TRIGGER spell_inserted ON retirees_spell;
DROP FUNCTION retirees_mark_change();
"""


TAKEN = """
CREATE FUNCTION retirees_note_taken() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM retirees_takenid t USING gone g WHERE t.national_id_index = g.national_id_index;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO retirees_takenid (national_id_index)
        SELECT national_id_index FROM come WHERE national_id_index IS NOT NULL ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER taken_inserted AFTER INSERT ON retirees_privatedetails REFERENCING NEW TABLE AS come
    FOR EACH STATEMENT EXECUTE FUNCTION retirees_note_taken();
CREATE TRIGGER taken_updated AFTER UPDATE ON retirees_privatedetails REFERENCING OLD TABLE AS gone NEW TABLE AS come
    FOR EACH STATEMENT EXECUTE FUNCTION retirees_note_taken();
CREATE TRIGGER taken_deleted AFTER DELETE ON retirees_privatedetails REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION retirees_note_taken();
"""
UNTAKEN = """
DROP TRIGGER taken_deleted ON retirees_privatedetails;
DROP TRIGGER taken_updated ON retirees_privatedetails;
DROP TRIGGER taken_inserted ON retirees_privatedetails;
DROP FUNCTION retirees_note_taken();
"""


class Migration(migrations.Migration):
    dependencies = [("retirees", "0002_initial")]
    operations = [
        *(person_key(table) for table in TABLES),
        migrations.RunSQL(MARK, UNMARK),
        migrations.RunSQL(TAKEN, UNTAKEN),
    ]
