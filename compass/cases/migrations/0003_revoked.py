from django.db import migrations

from compass.cases.sql import REVOKED, REVOKED_DROP


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0002_functions"),
        ("vault", "0005_lock_revoked"),
    ]
    operations = [migrations.RunSQL(REVOKED, REVOKED_DROP)]
