from __future__ import annotations

import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

from azukari.core.handover.guards import GUARDS, UNGUARD


class Migration(migrations.Migration):
    initial = True

    dependencies = [("policy", "0002_terms_and_counts")]

    operations = [
        migrations.CreateModel(
            name="Medium",
            fields=[
                ("serial", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=32)),
                ("contractor", models.CharField(max_length=200)),
                ("since", models.DateField()),
                ("ended_on", models.DateField(null=True)),
                ("ended_why", models.CharField(blank=True, default="", max_length=8)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("serial", "kind", "contractor"), name="handover_medium_whole"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["USBメモリ", "CD-R"])), name="handover_medium_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("serial__regex", "^[0-9A-Za-z-]{1,40}$")), name="handover_medium_serial"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_on", None), ("ended_why", "")),
                            models.Q(
                                ("ended_on__gte", models.F("since")),
                                ("ended_on__isnull", False),
                                ("ended_why__in", ["廃棄", "紛失"]),
                            ),
                            _connector="OR",
                        ),
                        name="handover_medium_end",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Recipient",
            fields=[
                ("key", models.CharField(max_length=62, primary_key=True, serialize=False)),
                ("contractor", models.CharField(max_length=200)),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("key__regex", "^age1[0-9a-z]{58}$")), name="handover_recipient_key"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Handover",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=64)),
                ("batch", models.CharField(max_length=120)),
                ("flow", models.CharField(max_length=64)),
                ("consultation", models.CharField(max_length=64)),
                ("kind", models.CharField(max_length=32)),
                ("contractor", models.CharField(max_length=200)),
                ("receiver", models.CharField(max_length=64)),
                ("place", models.CharField(max_length=64)),
                ("place_words", models.CharField(max_length=200)),
                ("term", django.contrib.postgres.fields.ranges.DateRangeField()),
                ("items", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("rows", models.PositiveIntegerField()),
                ("rows_sha256", models.CharField(max_length=64)),
                ("count_before", models.PositiveIntegerField()),
                ("over_reason", models.CharField(blank=True, default="", max_length=400)),
                ("proposed_by", models.CharField(max_length=64)),
                ("proposed_at", models.DateTimeField()),
                ("approved_by", models.CharField(max_length=64, null=True)),
                ("approved_at", models.DateTimeField(null=True)),
                ("cancelled_by", models.CharField(max_length=64, null=True)),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("written_by", models.CharField(max_length=64, null=True)),
                ("written_at", models.DateTimeField(null=True)),
                ("manifest_sha256", models.CharField(max_length=64, null=True)),
                ("container_sha256", models.CharField(max_length=64, null=True)),
                ("receipt_sha256", models.CharField(max_length=64, null=True)),
                ("files", models.PositiveIntegerField(null=True)),
                ("pages_out", models.PositiveIntegerField(null=True)),
                ("ledger", models.BigIntegerField(null=True)),
                ("opened_by", models.CharField(max_length=64, null=True)),
                ("opened_at", models.DateTimeField(null=True)),
                ("receipt", models.CharField(max_length=40, null=True)),
                ("pages_received", models.PositiveIntegerField(null=True)),
                ("used_by", models.CharField(max_length=64, null=True)),
                ("used_on", models.DateField(null=True)),
                ("returned_by", models.CharField(max_length=64, null=True)),
                ("returned_on", models.DateField(null=True)),
                ("pages_back", models.PositiveIntegerField(null=True)),
                ("note", models.CharField(max_length=400, null=True)),
                ("erased_by", models.CharField(max_length=64, null=True)),
                ("erased_on", models.DateField(null=True)),
                ("erased_how", models.CharField(max_length=200, null=True)),
                ("recalled_on", models.DateField(null=True)),
                (
                    "medium",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handovers",
                        to="handover.medium",
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handovers",
                        to="handover.recipient",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["flow", "id"], name="handover_flow")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("approved_at", None), ("approved_by", None)),
                            models.Q(("approved_at__isnull", False), ("approved_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="handover_approved_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cancelled_at", None), ("cancelled_by", None)),
                            models.Q(("cancelled_at__isnull", False), ("cancelled_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="handover_cancelled_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("written_at", None), ("written_by", None)),
                            models.Q(("written_at__isnull", False), ("written_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="handover_written_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("opened_at", None), ("opened_by", None)),
                            models.Q(("opened_at__isnull", False), ("opened_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="handover_opened_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("used_by", None), ("used_on", None)),
                            models.Q(("used_by__isnull", False), ("used_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="handover_used_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("returned_by", None), ("returned_on", None)),
                            models.Q(("returned_by__isnull", False), ("returned_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="handover_returned_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("erased_by", None), ("erased_on", None)),
                            models.Q(("erased_by__isnull", False), ("erased_on__isnull", False)),
                            _connector="OR",
                        ),
                        name="handover_erased_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["USBメモリ", "CD-R", "文書", "ファクシミリ"])),
                        name="handover_kind",
                    ),
                    models.CheckConstraint(condition=models.Q(("rows__gte", 1)), name="handover_rows"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind__in", ["USBメモリ", "CD-R"]),
                                ("medium__isnull", False),
                                ("recipient__isnull", False),
                            ),
                            models.Q(
                                models.Q(("kind__in", ["USBメモリ", "CD-R"]), _negated=True),
                                ("medium", None),
                                ("recipient", None),
                            ),
                            _connector="OR",
                        ),
                        name="handover_medium_fits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by", None),
                            models.Q(
                                models.Q(("approved_by", models.F("proposed_by")), _negated=True),
                                models.Q(("approved_by__startswith", "cli:"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="handover_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("written_by", None),
                            models.Q(
                                ("approved_at__isnull", False),
                                ("cancelled_by", None),
                                ("ledger__isnull", False),
                                ("written_at__gte", models.F("approved_at")),
                            ),
                            _connector="OR",
                        ),
                        name="handover_approved_first",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("written_by", None),
                            models.Q(
                                ("container_sha256__isnull", False),
                                ("kind__in", ["USBメモリ", "CD-R"]),
                                ("manifest_sha256__isnull", False),
                                ("receipt_sha256__isnull", False),
                            ),
                            models.Q(
                                models.Q(("kind__in", ["USBメモリ", "CD-R"]), _negated=True),
                                ("pages_out__gte", 1),
                                ("pages_out__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="handover_written_proof",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("opened_by", None),
                            models.Q(
                                ("written_at__isnull", False),
                                models.Q(
                                    ("receipt__isnull", False), ("pages_received__isnull", False), _connector="OR"
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="handover_written_first",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("used_by", None), ("opened_at__isnull", False), _connector="OR"),
                        name="handover_opened_first",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("returned_by", None), ("written_at__isnull", False), _connector="OR"),
                        name="handover_out_first",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("erased_by", None),
                            models.Q(
                                ("erased_how__isnull", False),
                                models.Q(
                                    models.Q(
                                        ("returned_on__isnull", False), ("returned_on__lte", models.F("erased_on"))
                                    ),
                                    models.Q(("kind", "ファクシミリ"), ("opened_at__isnull", False)),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="handover_returned_first",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("returned_by", None),
                            ("pages_out", None),
                            models.Q(("pages_back", models.F("pages_out")), ("pages_back__isnull", False)),
                            models.Q(("pages_back__isnull", False), ("note__isnull", False)),
                            _connector="OR",
                        ),
                        name="handover_pages_back",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("cancelled_by", None), ("erased_by", None)),
                        fields=("medium",),
                        name="handover_one_on_a_medium",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARDS, UNGUARD),
    ]
