from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('vault', '0002_root_keys'),
    ]

    operations = [
        migrations.CreateModel(
            name='Erasure',
            fields=[
                ('number', models.BigIntegerField(primary_key=True, serialize=False)),
                ('subject_id', models.UUIDField(unique=True)),
                ('at', models.DateTimeField()),
            ],
        ),
        # ANALYZE would copy wrapped keys into pg_statistic, where they would outlive their destruction.
        migrations.RunSQL(
            "ALTER TABLE vault_subjectkey ALTER COLUMN wrapped SET STATISTICS 0;",
            migrations.RunSQL.noop,
        ),
    ]
