from django.db import migrations

from compass.trail.sql import APPEND


class Migration(migrations.Migration):
    dependencies = [("trail", "0002_append")]
    operations = [migrations.RunSQL(APPEND, migrations.RunSQL.noop)]
