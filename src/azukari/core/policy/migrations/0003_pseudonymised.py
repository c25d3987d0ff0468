from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Whether a flow takes tokens only. The rows are compiled again by `apply`, which follows every migration."""

    dependencies = [("policy", "0002_terms_and_counts")]
    operations = [
        migrations.AddField(
            "FlowRow", "pseudonymised", models.BooleanField(default=False, verbose_name="仮名でだけ渡す")
        ),
    ]
