from django.db import migrations

from compass.people.sql import COARSEN


class Migration(migrations.Migration):
    dependencies = [("people", "0015_personphoto")]
    operations = [migrations.RunSQL(COARSEN, migrations.RunSQL.noop)]
