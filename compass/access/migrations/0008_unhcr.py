from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0007_identifiers")]
    operations = [
        migrations.AlterField(
            model_name="organisation",
            name="kind",
            field=models.CharField(
                choices=[
                    ("office", "office"),
                    ("partner", "partner"),
                    ("unhcr", "unhcr"),
                    ("ministry", "ministry"),
                    ("donor", "donor"),
                ],
                max_length=10,
            ),
        )
    ]
