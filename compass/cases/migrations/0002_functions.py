from django.db import migrations

from compass.cases.sql import (
    ANSWER,
    ANSWER_DROP,
    HANDOVER,
    HANDOVER_DROP,
    OFFER,
    OFFER_DROP,
    RECALL,
    RECALL_DROP,
)
from compass.cases.sql_ladder import LADDER, LADDER_DROP


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0001_initial"),
        ("people", "0001_initial"),
        ("vault", "0001_initial"),
        ("access", "0002_scope"),
    ]
    operations = [
        migrations.RunSQL(RECALL, RECALL_DROP),
        migrations.RunSQL(ANSWER, ANSWER_DROP),
        migrations.RunSQL(OFFER, OFFER_DROP),
        migrations.RunSQL(LADDER, LADDER_DROP),
        migrations.RunSQL(HANDOVER, HANDOVER_DROP),
    ]
