from django.db import migrations

from compass.cases.sql import UNTIL, UNTIL_DROP


class Migration(migrations.Migration):
    dependencies = [("cases", "0006_casereferral_after_no_casereferral_at_once_by_and_more")]

    operations = [migrations.RunSQL(UNTIL, UNTIL_DROP)]
