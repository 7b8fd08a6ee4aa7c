from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("commons", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
            UPDATE commons_publishedfact SET as_stated = '2024-06' WHERE as_stated = 'June 2024';
            UPDATE commons_publishedfact SET code = 'returns_to_february_2024' WHERE fact_id = 'NGA:2021-2024:returns';
            UPDATE commons_publishedfact SET code = 'reintegration_full' WHERE fact_id = 'NGA:2021-2024:reintegration';
            UPDATE commons_publishedfact SET fact_id = 'NGA:2021-2024:' || code
            WHERE fact_id IN ('NGA:2021-2024:returns', 'NGA:2021-2024:reintegration');
            """,
            migrations.RunSQL.noop,
        )
    ]
