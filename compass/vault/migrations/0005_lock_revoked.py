from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('vault', '0004_lock'),
    ]

    operations = [
        migrations.AddField(
            model_name='lock',
            name='revoked',
            field=models.BooleanField(db_default=False),
        ),
    ]
