from django.db import migrations

from compass.programme.sql import SNAPSHOT


class Migration(migrations.Migration):
    dependencies = [("programme", "0002_functions"), ("people", "0013_exact")]
    operations = [migrations.RunSQL(SNAPSHOT, migrations.RunSQL.noop)]
