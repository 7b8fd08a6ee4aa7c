import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reception", "0001_initial")]
    operations = [
        migrations.AlterField(
            "attendance",
            "activity",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reception.activity"
            ),
        ),
    ]
