from django.db import migrations

from compass.access.sql import CLOSED, CLOSED_DROP


class Migration(migrations.Migration):
    dependencies = [("access", "0003_user_invited_until")]
    operations = [migrations.RunSQL(CLOSED, CLOSED_DROP)]
