from django.db import migrations

from compass.returns.sql import MAY_LEAVE


class Migration(migrations.Migration):
    """What both of two records made one said about consent counts."""

    dependencies = [("returns", "0004_take_back"), ("people", "0011_merge")]
    operations = [migrations.RunSQL(MAY_LEAVE, migrations.RunSQL.noop)]
