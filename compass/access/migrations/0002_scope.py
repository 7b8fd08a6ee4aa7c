from django.db import migrations

from compass.access.sql import GUARD, GUARD_DROP, KEYS, KEYS_DROP, OWN_ACCOUNT, OWN_ACCOUNT_DROP, SCOPE, SCOPE_DROP


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial"), ("vault", "0003_erasure")]
    operations = [
        migrations.RunSQL(SCOPE, SCOPE_DROP),
        migrations.RunSQL(KEYS, KEYS_DROP),
        migrations.RunSQL(GUARD, GUARD_DROP),
        migrations.RunSQL(OWN_ACCOUNT, OWN_ACCOUNT_DROP),
    ]
