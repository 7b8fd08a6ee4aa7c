from django.db import migrations

from compass.trail.sql import APPEND, APPEND_DROP, HEAD, HEAD_DROP


class Migration(migrations.Migration):
    dependencies = [("trail", "0001_initial")]
    operations = [migrations.RunSQL(APPEND, APPEND_DROP), migrations.RunSQL(HEAD, HEAD_DROP)]
