from __future__ import annotations

import django.contrib.postgres.fields.ranges
from django.db import migrations, models

# Compiled rows: `apply`, which follows every migration, writes them again.
EMPTY = "DELETE FROM policy_flowmedium; DELETE FROM policy_flowrow"
NO_OVERLAP = """
ALTER TABLE policy_flowmedium
  ADD CONSTRAINT policy_flowmedium_term UNIQUE (flow, medium, valid WITHOUT OVERLAPS)
"""


class Migration(migrations.Migration):
    dependencies = [("policy", "0001_initial")]
    operations = [
        migrations.RunSQL(EMPTY, migrations.RunSQL.noop),
        migrations.AddField("FlowRow", "most", models.PositiveIntegerField(null=True, verbose_name="諮問した件数")),
        migrations.AddField("FlowRow", "per", models.CharField(max_length=8, null=True, verbose_name="件数の期間")),
        migrations.AddField(
            "FlowMedium",
            "valid",
            django.contrib.postgres.fields.ranges.DateRangeField(default=None, verbose_name="期間"),
            preserve_default=False,
        ),
        migrations.RunSQL(NO_OVERLAP, "ALTER TABLE policy_flowmedium DROP CONSTRAINT policy_flowmedium_term"),
    ]
