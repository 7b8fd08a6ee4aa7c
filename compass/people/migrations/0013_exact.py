import django.db.models.deletion
import uuid
from django.db import migrations, models

from compass.people.sql import COARSEN, COARSEN_DROP, EXACT, EXACT_DROP, EXACT_PERSON

#: When a key was made tells when somebody came; nothing reads it.
QUARTER = """
CREATE FUNCTION compass_key_quarter() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    NEW.created_at := date_trunc('quarter', NEW.created_at AT TIME ZONE 'UTC') AT TIME ZONE 'UTC';
    RETURN NEW;
END $$;
CREATE TRIGGER vault_subjectkey_quarter BEFORE INSERT OR UPDATE ON vault_subjectkey
FOR EACH ROW EXECUTE FUNCTION compass_key_quarter();
UPDATE vault_subjectkey SET created_at = created_at;
"""
QUARTER_DROP = "DROP FUNCTION compass_key_quarter() CASCADE;"


class Migration(migrations.Migration):
    dependencies = [("people", "0012_householdmember"), ("vault", "0005_lock_revoked"), ("access", "0006_closed")]
    operations = [
        migrations.AddField("person", "coarse", models.BooleanField(db_default=False, default=False)),
        migrations.CreateModel(
            name="Exact",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField()),
                ("values_sealed", models.BinaryField(default=b"")),
                ("restored_on", models.DateField(null=True)),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
            ],
        ),
        migrations.RunSQL(COARSEN, COARSEN_DROP),
        migrations.RunSQL(EXACT + EXACT_PERSON, EXACT_DROP),
        migrations.RunSQL(QUARTER, QUARTER_DROP),
    ]
