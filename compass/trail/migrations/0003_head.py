from django.db import migrations

from compass.trail.sql import APPEND, HEAD, HEAD_DROP


class Migration(migrations.Migration):
    dependencies = [("trail", "0002_append"), ("access", "0002_scope")]
    operations = [migrations.RunSQL(HEAD, HEAD_DROP), migrations.RunSQL(APPEND, migrations.RunSQL.noop)]
