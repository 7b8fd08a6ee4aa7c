from django.db import migrations, models

from compass.access.sql import BEGIN_ACCOUNT, BEGIN_ACCOUNT_DROP


class Migration(migrations.Migration):
    dependencies = [("access", "0002_scope")]
    operations = [
        migrations.AddField("user", "invited_until", models.DateTimeField(null=True)),
        migrations.RunSQL(BEGIN_ACCOUNT, BEGIN_ACCOUNT_DROP),
    ]
