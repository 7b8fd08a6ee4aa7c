from django.db import migrations

from compass.access.sql import CLOSED, CLOSED_DROP


class Migration(migrations.Migration):
    dependencies = [("access", "0005_revoke")]
    operations = [migrations.RunSQL(CLOSED, CLOSED_DROP)]
