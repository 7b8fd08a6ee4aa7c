from django.db import migrations

from compass.programme.sql import LEFT_OUT, LEFT_OUT_DROP, SNAPSHOT


class Migration(migrations.Migration):
    dependencies = [("programme", "0003_quarters"), ("people", "0022_identifiers")]
    operations = [
        migrations.RunSQL(LEFT_OUT, LEFT_OUT_DROP),
        migrations.RunSQL(SNAPSHOT, migrations.RunSQL.noop),
    ]
