"""Tables of 福祉タクシー券等の確認 (諮問815), and the state of the views that pages read."""

import django.contrib.postgres.constraints
import django.db.models.deletion
from django.db import migrations, models

# A voucher's contractor is its batch's: the row policy reads it without a join, and the two can never differ.
SAME_CONTRACTOR = """
ALTER TABLE taxi_batch ADD CONSTRAINT taxi_batch_contractor UNIQUE (id, contractor);
ALTER TABLE taxi_presentedvoucher ADD CONSTRAINT taxi_voucher_contractor_is_of_batch
    FOREIGN KEY (batch_id, contractor) REFERENCES taxi_batch (id, contractor) ON UPDATE CASCADE;
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("people", "0002_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="BatchSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                ("number", models.PositiveSmallIntegerField()),
                ("received_on", models.DateField()),
                ("contractor", models.CharField(max_length=80)),
            ],
            options={
                "db_table": "v_taxi_batch",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="CertificateSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=12)),
                ("kind", models.CharField(max_length=20)),
                ("since", models.DateField()),
                ("until", models.DateField(null=True)),
                ("stopped_on", models.DateField(null=True)),
                ("stop_reason", models.CharField(max_length=20)),
            ],
            options={
                "db_table": "v_taxi_certificate",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="CompanySeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=8)),
                ("name", models.CharField(max_length=60)),
            ],
            options={
                "db_table": "v_taxi_company",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="VoucherSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sequence", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=60)),
                ("used_on", models.DateField()),
                ("fare", models.PositiveIntegerField()),
                ("certificate_number", models.CharField(max_length=12)),
                ("state", models.CharField(max_length=8)),
                ("reason", models.CharField(max_length=20)),
                ("version", models.PositiveIntegerField()),
            ],
            options={
                "db_table": "v_taxi_presentedvoucher",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="WardVoucherSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sequence", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=60)),
                ("used_on", models.DateField()),
                ("fare", models.PositiveIntegerField()),
                ("certificate_number", models.CharField(max_length=12)),
                ("kind", models.CharField(max_length=20)),
                ("denomination", models.PositiveIntegerField()),
                ("state", models.CharField(max_length=8)),
                ("reason", models.CharField(max_length=20)),
            ],
            options={
                "db_table": "v_taxi_presentedvoucher",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Company",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=8, unique=True)),
                ("name", models.CharField(max_length=60)),
            ],
        ),
        migrations.CreateModel(
            name="Arrival",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                ("contractor", models.CharField(max_length=80)),
                ("lines", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("month", "contractor"), name="taxi_arrival_once"),
                    models.CheckConstraint(
                        condition=models.Q(("month__day", 1)), name="taxi_arrival_month_is_first_day"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                ("number", models.PositiveSmallIntegerField()),
                ("received_on", models.DateField()),
                ("contractor", models.CharField(max_length=80)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="batches", to="taxi.company"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("month", "company", "number"), name="taxi_batch_once"),
                    models.CheckConstraint(condition=models.Q(("month__day", 1)), name="taxi_batch_month_is_first_day"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Agreement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("since", models.DateField()),
                ("until", models.DateField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="agreements", to="taxi.company"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["福祉タクシー券", "予約料・迎車料補助券", "ストレッチャー料免除券"])
                        ),
                        name="taxi_agreement_kind",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (models.F("company"), "="),
                            (models.F("kind"), "="),
                            (models.Func(models.F("since"), models.F("until"), function="daterange"), "&&"),
                        ],
                        name="taxi_agreement_no_overlap",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PresentedVoucher",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sequence", models.PositiveIntegerField()),
                ("contractor", models.CharField(max_length=80)),
                ("name", models.CharField(max_length=60)),
                ("used_on", models.DateField()),
                ("fare", models.PositiveIntegerField()),
                ("certificate_number", models.CharField(max_length=12)),
                ("kind", models.CharField(max_length=20)),
                ("denomination", models.PositiveIntegerField()),
                ("state", models.CharField(default="未確認", max_length=8)),
                ("reason", models.CharField(default="", max_length=20)),
                ("version", models.PositiveIntegerField(default=0)),
                (
                    "batch",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="vouchers",
                        to="taxi.batch",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "sequence"), name="taxi_voucher_once_in_batch"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["福祉タクシー券", "予約料・迎車料補助券", "ストレッチャー料免除券"])
                        ),
                        name="taxi_voucher_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), ("state__in", ["未確認", "確認済"])),
                            models.Q(
                                (
                                    "reason__in",
                                    [
                                        "字が読めない",
                                        "書かれていない欄がある",
                                        "紙の券と画面が違う",
                                        "同じ券が二度ある",
                                        "券の合計が代金を超える",
                                        "利用日がこの月でない",
                                    ],
                                ),
                                ("state", "区へ照会"),
                            ),
                            _connector="OR",
                        ),
                        name="taxi_voucher_query_has_reason",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["certificate_number"], name="taxi_voucher_number"),
                    models.Index(fields=["batch", "state"], include=("contractor",), name="taxi_voucher_progress"),
                ],
                "db_table": "taxi_presentedvoucher",
            },
        ),
        migrations.CreateModel(
            name="Certificate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=12)),
                ("kind", models.CharField(max_length=20)),
                ("since", models.DateField()),
                ("until", models.DateField(null=True)),
                ("stopped_on", models.DateField(null=True)),
                ("stop_reason", models.CharField(default="", max_length=20)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
            ],
            options={
                "db_table": "taxi_certificate",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["福祉タクシー券", "予約料・迎車料補助券", "ストレッチャー料免除券"])
                        ),
                        name="taxi_certificate_kind",
                    ),
                    models.UniqueConstraint(fields=("number", "kind"), name="taxi_certificate_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("stop_reason", ""), ("stopped_on", None)),
                            models.Q(
                                ("stop_reason__in", ["転出", "死亡", "入所・入院", "自動車燃料費助成"]),
                                ("stopped_on__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="taxi_certificate_stop_has_reason",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("number", "="), ("person", "<>")], name="taxi_certificate_number_is_one_person"
                    ),
                ],
            },
        ),
        migrations.RunSQL(SAME_CONTRACTOR, migrations.RunSQL.noop),
    ]
