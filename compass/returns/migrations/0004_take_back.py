from django.db import migrations

from compass.returns.sql import MAY_TAKE_BACK, MAY_TAKE_BACK_DROP


class Migration(migrations.Migration):
    dependencies = [("returns", "0003_journey_sides")]
    operations = [migrations.RunSQL(MAY_TAKE_BACK, MAY_TAKE_BACK_DROP)]
