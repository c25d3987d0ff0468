from __future__ import annotations

import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

from azukari.core.handover.ceremony.guards import GUARDS, UNGUARD


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("handover", "0001_initial"),
        ("policy", "0003_pseudonymised"),
    ]

    operations = [
        migrations.CreateModel(
            name="Witnessed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("contractor", models.CharField(max_length=200)),
                ("step", models.CharField(max_length=16)),
                ("by", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("on", models.DateField()),
                ("place", models.CharField(max_length=64)),
                ("public", models.CharField(blank=True, default="", max_length=64)),
                ("signature", models.CharField(blank=True, default="", max_length=128)),
                ("detail", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="Ceremony",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=64)),
                ("flow", models.CharField(max_length=64)),
                ("consultation", models.CharField(max_length=64)),
                ("section", models.CharField(max_length=200)),
                ("contractor", models.CharField(max_length=200)),
                ("serial", models.CharField(max_length=40)),
                ("until", models.DateField()),
                ("period", django.contrib.postgres.fields.ranges.DateRangeField()),
                ("place", models.CharField(max_length=64)),
                ("place_words", models.CharField(max_length=200)),
                ("series", models.CharField(max_length=64)),
                ("smallest", models.PositiveIntegerField()),
                ("rare", models.PositiveIntegerField()),
                ("over_reason", models.CharField(blank=True, default="", max_length=400)),
                ("proposed_by", models.CharField(max_length=64)),
                ("proposed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("id", "contractor"), name="ceremony_of_contractor"),
                    models.CheckConstraint(
                        condition=models.Q(("series__regex", "^[0-9a-z][0-9a-z-]{0,63}$")), name="ceremony_series"
                    ),
                    models.CheckConstraint(condition=models.Q(("smallest__gte", 2)), name="ceremony_smallest"),
                ],
            },
        ),
        migrations.AddField(
            model_name="handover",
            name="ceremony",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="handovers", to="handover.ceremony"
            ),
        ),
        migrations.AddConstraint(
            model_name="handover",
            constraint=models.UniqueConstraint(
                condition=models.Q(("cancelled_by", None)), fields=("ceremony",), name="handover_one_of_a_ceremony"
            ),
        ),
        migrations.AddField(
            model_name="witnessed",
            name="ceremony",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="taken", to="handover.ceremony"
            ),
        ),
        migrations.AddConstraint(
            model_name="witnessed",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "step__in",
                        [
                            "ward-present",
                            "theirs-present",
                            "keyed",
                            "made",
                            "accepted",
                            "written",
                            "ward-signed",
                            "theirs-signed",
                            "delivered",
                            "ward-back",
                            "theirs-back",
                            "restored",
                            "destroyed",
                            "closed",
                            "cancelled",
                        ],
                    )
                ),
                name="ceremony_step",
            ),
        ),
        migrations.AddConstraint(
            model_name="witnessed",
            constraint=models.UniqueConstraint(fields=("ceremony", "step", "on"), name="ceremony_once_a_day"),
        ),
        migrations.AddConstraint(
            model_name="witnessed",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("step__in", ["ward-present", "theirs-present", "ward-back", "theirs-back"]), _negated=True
                ),
                fields=("ceremony", "step"),
                name="ceremony_once",
            ),
        ),
        migrations.RunSQL(GUARDS, UNGUARD),
    ]
