import django.contrib.postgres.fields
from django.db import migrations, models

from compass.people.sql import ELSEWHERE_MET, SAID, SAID_DROP


class Migration(migrations.Migration):
    dependencies = [("people", "0022_identifiers")]

    operations = [
        migrations.AddField(
            model_name="consent",
            name="not_to",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(), default=list, size=None
            ),
        ),
        migrations.RunSQL([SAID_DROP, SAID], migrations.RunSQL.noop),
        migrations.RunSQL(ELSEWHERE_MET, migrations.RunSQL.noop),
    ]
