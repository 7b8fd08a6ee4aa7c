from django.db import migrations

from compass.access.sql import REVOKE, REVOKE_DROP


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_lock"),
        ("vault", "0005_lock_revoked"),
    ]
    operations = [migrations.RunSQL(REVOKE, REVOKE_DROP)]
