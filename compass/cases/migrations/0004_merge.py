from django.db import migrations

from compass.cases.sql import HANDOVER
from compass.cases.sql_ladder import LADDER


class Migration(migrations.Migration):
    """Both functions anew: of records made one the stricter counts, and all of them go."""

    dependencies = [("cases", "0003_revoked"), ("people", "0011_merge")]
    operations = [
        migrations.RunSQL(LADDER, migrations.RunSQL.noop),
        migrations.RunSQL(HANDOVER, migrations.RunSQL.noop),
    ]
