from django.db import migrations

from compass.people.sql import EXACT


class Migration(migrations.Migration):
    dependencies = [("people", "0020_groupmember")]
    operations = [migrations.RunSQL(EXACT, migrations.RunSQL.noop)]
