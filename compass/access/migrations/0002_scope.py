from django.db import migrations

from compass.access.sql import SCOPE, SCOPE_DROP, SHARE_KEY, SHARE_KEY_DROP


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial"), ("vault", "0001_initial")]
    operations = [migrations.RunSQL(SCOPE, SCOPE_DROP), migrations.RunSQL(SHARE_KEY, SHARE_KEY_DROP)]
