from django.db import migrations

from compass.access.sql import LOCK, LOCK_DROP, SCOPE


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0003_user_invited_until"),
        ("vault", "0004_lock"),
    ]
    operations = [
        migrations.RunSQL(LOCK, LOCK_DROP),
        # For databases that were prepared before there was a lock: their function does not ask for one.
        migrations.RunSQL(SCOPE, migrations.RunSQL.noop),
    ]
