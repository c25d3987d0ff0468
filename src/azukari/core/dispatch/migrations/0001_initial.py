"""Letters on their way, and what PostgreSQL holds about them (see `guards`)."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

from azukari.core.dispatch.guards import GUARDS, UNGUARD


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="DispatchJob",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("flow", models.CharField(max_length=64, verbose_name="取扱い")),
                ("business", models.CharField(max_length=64, verbose_name="業務")),
                ("title", models.CharField(max_length=200, verbose_name="題")),
                ("contractor", models.CharField(max_length=200, verbose_name="委託先")),
                (
                    "made_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="作成"),
                ),
                ("by", models.CharField(max_length=64, verbose_name="作成した人")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="締め")),
                ("closed_by", models.CharField(db_default="", default="", max_length=64, verbose_name="締めた人")),
            ],
            options={
                "db_table": "dispatch_job",
            },
        ),
        migrations.CreateModel(
            name="Slip",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=40, verbose_name="差出票の番号")),
                ("office", models.CharField(max_length=80, verbose_name="郵便局")),
                ("on", models.DateField(verbose_name="差出しの日")),
                ("count", models.PositiveIntegerField(verbose_name="通数")),
                ("by", models.CharField(max_length=64, verbose_name="記録した人")),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="slips", to="dispatch.dispatchjob"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("number", "office", "on"), name="dispatch_slip_once"),
                    models.CheckConstraint(condition=models.Q(("count__gt", 0)), name="dispatch_slip_of_something"),
                ],
                "db_table": "dispatch_slip",
            },
        ),
        migrations.CreateModel(
            name="LetterSet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.PositiveIntegerField(verbose_name="番")),
                ("reference", models.CharField(max_length=64, verbose_name="業務の番号")),
                (
                    "subjects",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "sheets",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None),
                ),
                (
                    "state",
                    models.CharField(default="予定", max_length=8, verbose_name="状態"),
                ),
                ("previous", models.CharField(default="", max_length=8, verbose_name="前の状態")),
                ("generation", models.PositiveSmallIntegerField(default=1, verbose_name="版")),
                ("matching_by", models.CharField(default="", max_length=64, verbose_name="照合している人")),
                ("returned_on", models.DateField(null=True, verbose_name="返戻の日")),
                ("by", models.CharField(max_length=64, verbose_name="記録した人")),
                ("why", models.CharField(default="", max_length=200, verbose_name="理由")),
                (
                    "job",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sets",
                        to="dispatch.dispatchjob",
                    ),
                ),
                (
                    "slip",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="sets", to="dispatch.slip"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("job", "seq"), name="dispatch_set_seq_once"),
                    models.UniqueConstraint(fields=("job", "reference"), name="dispatch_set_reference_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("matching_by", ""), _negated=True),
                        fields=("job", "matching_by"),
                        name="dispatch_set_one_in_hand",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "予定",
                                    "印刷済",
                                    "再印刷待ち",
                                    "照合済",
                                    "封かん済",
                                    "差出済",
                                    "返戻",
                                    "引抜待ち",
                                    "引抜済",
                                ],
                            )
                        ),
                        name="dispatch_set_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("matching_by", ""), ("state__in", ["印刷済", "照合済"]), _connector="OR"),
                        name="dispatch_set_in_hand_while_matching",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("slip", None), ("state__in", ["差出済", "返戻"]), _connector="XOR"),
                        name="dispatch_set_on_slip_when_handed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("returned_on", None), ("state", "返戻"), _connector="XOR"),
                        name="dispatch_set_returned_on_a_day",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["reference"], name="dispatch_set_reference"),
                    models.Index(fields=["job", "state", "seq"], name="dispatch_set_state_seq"),
                    django.contrib.postgres.indexes.GinIndex(fields=["subjects"], name="dispatch_set_subjects"),
                ],
                "db_table": "dispatch_set",
            },
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=8, verbose_name="状態")),
                ("generation", models.PositiveSmallIntegerField(verbose_name="版")),
                ("by", models.CharField(max_length=64, verbose_name="記録した人")),
                ("why", models.CharField(max_length=200, verbose_name="理由")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="いつ")),
                (
                    "set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="dispatch.letterset"
                    ),
                ),
            ],
            options={
                "db_table": "dispatch_step",
            },
        ),
        migrations.CreateModel(
            name="StockMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, verbose_name="用紙")),
                ("kind", models.CharField(max_length=8, verbose_name="動き")),
                ("count", models.IntegerField(verbose_name="枚数")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="記録")),
                ("by", models.CharField(max_length=64, verbose_name="記録した人")),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stock", to="dispatch.dispatchjob"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["払出", "使用", "試し刷り", "返却"])),
                        name="dispatch_stock_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("count", 0), _negated=True), name="dispatch_stock_of_something"
                    ),
                ],
                "db_table": "dispatch_stock",
            },
        ),
        migrations.CreateModel(
            name="Stop",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("by", models.CharField(max_length=64, verbose_name="だれが")),
                ("reason", models.CharField(max_length=20, verbose_name="理由")),
                ("seq", models.PositiveIntegerField(null=True, verbose_name="番")),
                ("words", models.CharField(default="", max_length=60, verbose_name="読んだ紙")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="いつ")),
                ("seen_at", models.DateTimeField(null=True, verbose_name="確かめた時")),
                (
                    "job",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="stops", to="dispatch.dispatchjob"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("seen_at", None)), fields=("job", "by"), name="dispatch_stop_one_waits"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "reason__in",
                                [
                                    "読めないしるし",
                                    "本物でないしるし",
                                    "別の発送の紙",
                                    "古い版の紙",
                                    "違う組の紙",
                                    "同じ紙を二度",
                                    "ほかの人が照合している組",
                                    "前の組の封がまだ",
                                    "印刷の記録がない紙",
                                    "もう封をした組",
                                    "引き抜く組",
                                ],
                            )
                        ),
                        name="dispatch_stop_reason",
                    ),
                ],
                "db_table": "dispatch_stop",
            },
        ),
        migrations.CreateModel(
            name="Sheet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("generation", models.PositiveSmallIntegerField(default=1, verbose_name="版")),
                ("number", models.PositiveSmallIntegerField(verbose_name="枚目")),
                (
                    "state",
                    models.CharField(default="予定", max_length=8, verbose_name="状態"),
                ),
                ("previous", models.CharField(default="", max_length=8, verbose_name="前の状態")),
                ("by", models.CharField(default="", max_length=64, verbose_name="記録した人")),
                (
                    "set",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pieces",
                        to="dispatch.letterset",
                    ),
                ),
            ],
            options={
                "db_table": "dispatch_sheet",
                "constraints": [
                    models.UniqueConstraint(fields=("set", "generation", "number"), name="dispatch_sheet_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["予定", "印刷済", "照合済", "書損", "引抜", "取消"])),
                        name="dispatch_sheet_state",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARDS, UNGUARD),
    ]
