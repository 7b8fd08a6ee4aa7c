from django.db import migrations

from compass.programme.sql import FIGURES, FIGURES_DROP, SNAPSHOT, SNAPSHOT_DROP


class Migration(migrations.Migration):
    dependencies = [("programme", "0001_initial"), ("people", "0001_initial")]
    operations = [migrations.RunSQL(SNAPSHOT, SNAPSHOT_DROP), migrations.RunSQL(FIGURES, FIGURES_DROP)]
