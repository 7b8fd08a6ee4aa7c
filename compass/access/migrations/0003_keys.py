from django.db import migrations

from compass.access.sql import GUARD, KEYS, SCOPE


class Migration(migrations.Migration):
    dependencies = [("access", "0002_scope")]
    operations = [migrations.RunSQL(each, migrations.RunSQL.noop) for each in (SCOPE, KEYS, GUARD)]
