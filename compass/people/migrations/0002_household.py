from django.db import migrations

from compass.people.sql import HOUSEHOLD, HOUSEHOLD_DROP


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunSQL(HOUSEHOLD, HOUSEHOLD_DROP)]
