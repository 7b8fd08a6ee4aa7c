from django.db import migrations

from compass.returns.sql import MAY_LEAVE, MAY_LEAVE_DROP, SIDES, SIDES_DROP


class Migration(migrations.Migration):
    dependencies = [
        ("returns", "0002_journey"),
        ("cases", "0002_functions"),
        ("people", "0001_initial"),
        ("access", "0002_scope"),
    ]
    operations = [
        migrations.RunSQL(MAY_LEAVE, MAY_LEAVE_DROP),
        migrations.RunSQL(SIDES, SIDES_DROP),
    ]
