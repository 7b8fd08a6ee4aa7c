from django.db import migrations

from compass.returns.sql import MAY_LEAVE


class Migration(migrations.Migration):
    dependencies = [("returns", "0006_identifiers"), ("people", "0023_consent_not_to")]

    operations = [migrations.RunSQL(MAY_LEAVE, migrations.RunSQL.noop)]
