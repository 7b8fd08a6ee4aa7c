from django.db import migrations

#: A chain cannot be written anew: what named people and rows as the tables do stays so, and no reader is kept for it.
NOT_BEFORE = """
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM trail_subject) THEN
        RAISE EXCEPTION 'compass: the trail of this database is older than its veil and cannot be carried on.'
            USING HINT = 'Begin with a new data folder; a demonstration: delete its folder and start it again.';
    END IF;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("trail", "0002_append")]
    operations = [migrations.RunSQL(NOT_BEFORE, migrations.RunSQL.noop)]
