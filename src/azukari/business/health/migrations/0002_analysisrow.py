from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("health", "0001_receiving")]

    operations = [
        migrations.CreateModel(
            name="AnalysisRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ceremony", models.BigIntegerField()),
                ("contractor", models.CharField(max_length=200)),
                ("token", models.CharField(max_length=32)),
                ("sex", models.CharField(blank=True, default="", max_length=2)),
                ("age_band", models.CharField(blank=True, default="", max_length=20)),
                ("checkups", models.CharField(blank=True, default="", max_length=20)),
                ("interviews", models.CharField(blank=True, default="", max_length=20)),
                ("receipts", models.CharField(blank=True, default="", max_length=20)),
                ("level", models.CharField(blank=True, default="", max_length=20)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("ceremony", "token"), name="health_analysis_row_once"),
                    models.CheckConstraint(
                        condition=models.Q(("token__regex", "^[0-9a-f]{32}$")), name="health_analysis_token"
                    ),
                ],
            },
        ),
    ]
