from django.db import migrations

from compass.cases.sql import HANDOVER


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_referral_until"), ("people", "0023_consent_not_to")]

    operations = [migrations.RunSQL(HANDOVER, migrations.RunSQL.noop)]
