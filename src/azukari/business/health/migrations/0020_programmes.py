"""The lists of the programmes, and what was handed of them."""

import django.db.models.deletion
from django.db import migrations, models

import azukari.business.health.models.programmes


class Migration(migrations.Migration):
    dependencies = [
        ("health", "0010_persons"),
        ("people", "0003_outsiders"),
    ]

    operations = [
        migrations.CreateModel(
            name="HandedOver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("flow", models.CharField(max_length=10)),
                ("on", models.DateField()),
                ("rows", models.IntegerField()),
            ],
            options={
                "db_table": "health_handed_over",
            },
        ),
        migrations.CreateModel(
            name="Handing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("flow", models.CharField(max_length=10)),
                ("contractor", models.CharField(max_length=80)),
                ("made_on", models.DateField()),
                ("by", models.CharField(max_length=40)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Picture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fiscal_year", models.PositiveSmallIntegerField(unique=True)),
                ("made_at", models.DateTimeField()),
                ("numbers", models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="CallSubject",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        default=azukari.business.health.models.programmes.random_key, primary_key=True, serialize=False
                    ),
                ),
                ("contractor", models.CharField(max_length=80)),
                ("name", models.TextField()),
                ("address", models.TextField()),
                ("sex", models.CharField(max_length=2)),
                ("born", models.DateField()),
                ("phone", models.CharField(max_length=20)),
                ("household", models.BigIntegerField()),
                ("checked_on", models.DateField(null=True)),
                ("ticket", models.CharField(max_length=11)),
                ("guidance_ticket", models.CharField(max_length=11)),
                ("guidance_until", models.DateField(null=True)),
                ("guidance_level", models.CharField(max_length=20)),
                ("cancer_ticket", models.CharField(max_length=12)),
                ("history", models.CharField(max_length=200)),
                ("results", models.TextField()),
                ("answers", models.TextField()),
                ("calls", models.PositiveSmallIntegerField(default=0)),
                ("last_called_at", models.DateTimeField(null=True)),
                ("closed", models.BooleanField(default=False)),
                ("taken_by", models.CharField(default="", max_length=40)),
                ("taken_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "handing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="health.handing"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("handing", "person"), name="health_call_subject_once"),
                    models.UniqueConstraint(fields=("id", "contractor"), name="health_call_subject_of_contractor"),
                    models.CheckConstraint(
                        condition=models.Q(("phone", ""), _negated=True), name="health_call_subject_has_a_phone"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Posted",
            fields=[
                (
                    "handing",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="health.handing",
                    ),
                ),
                ("job", models.PositiveIntegerField(unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="Issued",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fiscal_year", models.PositiveSmallIntegerField()),
                ("ticket", models.CharField(default="", max_length=11)),
                ("guidance_ticket", models.CharField(default="", max_length=11)),
                ("guidance_until", models.DateField(null=True)),
                ("cancer_ticket", models.CharField(default="", max_length=12)),
                ("phone", models.CharField(default="", max_length=20)),
                ("symbol", models.CharField(default="", max_length=40)),
                ("number", models.CharField(default="", max_length=20)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("person", "fiscal_year"), name="health_issued_once")],
            },
        ),
        migrations.CreateModel(
            name="LetterLine",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        default=azukari.business.health.models.programmes.random_key, primary_key=True, serialize=False
                    ),
                ),
                ("contractor", models.CharField(max_length=80)),
                ("name", models.TextField()),
                ("address", models.TextField()),
                ("sex", models.CharField(max_length=2)),
                ("born", models.DateField()),
                ("kind", models.CharField(max_length=10)),
                ("ticket", models.CharField(max_length=11)),
                ("symbol", models.CharField(max_length=40)),
                (
                    "handing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="health.handing"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["受診勧奨通知", "情報提供票"])), name="health_letter_kind"
                    ),
                    models.UniqueConstraint(fields=("handing", "person"), name="health_letter_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProgrammeList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("programme", models.CharField(max_length=10)),
                ("fiscal_year", models.PositiveSmallIntegerField()),
                ("as_of", models.DateField()),
                ("definition", models.CharField(max_length=120)),
                ("taken_on", models.DateField()),
                ("by", models.CharField(max_length=40)),
            ],
            options={
                "db_table": "health_list",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("programme__in", ["checkup", "guidance", "kidney", "visits", "drugs"])),
                        name="health_list_programme",
                    ),
                    models.UniqueConstraint(
                        fields=("programme", "fiscal_year", "as_of", "definition"), name="health_list_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Listed",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        default=azukari.business.health.models.programmes.random_key, primary_key=True, serialize=False
                    ),
                ),
                ("group", models.CharField(max_length=40)),
                ("reasons", models.JSONField()),
                ("checked_on", models.DateField(null=True)),
                ("ticket", models.CharField(default="", max_length=11)),
                ("guidance_ticket", models.CharField(default="", max_length=11)),
                ("guidance_until", models.DateField(null=True)),
                ("guidance_level", models.CharField(default="", max_length=20)),
                ("cancer_ticket", models.CharField(default="", max_length=12)),
                ("phone", models.CharField(default="", max_length=20)),
                ("history", models.CharField(default="", max_length=200)),
                ("results", models.TextField(default="")),
                ("answers", models.TextField(default="")),
                ("receipts", models.TextField(default="")),
                ("number", models.CharField(default="", max_length=20)),
                ("symbol", models.CharField(default="", max_length=40)),
                ("notified_on", models.DateField(null=True)),
                ("joined_on", models.DateField(null=True)),
                ("finished_on", models.DateField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="people", to="health.programmelist"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("list", "person"), name="health_listed_once"),
                    models.CheckConstraint(
                        condition=models.Q(("finished_on", None), ("joined_on__isnull", False), _connector="OR"),
                        name="health_listed_finishes_after_joining",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="handing",
            name="list",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="handings", to="health.programmelist"
            ),
        ),
        migrations.CreateModel(
            name="ByHand",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("programme", models.CharField(max_length=10)),
                ("fiscal_year", models.PositiveSmallIntegerField()),
                ("group", models.CharField(max_length=40)),
                ("done_on", models.DateField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="health.programmelist"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("list", "person"), name="health_by_hand_once")],
            },
        ),
        migrations.CreateModel(
            name="Protected",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField()),
                ("until", models.DateField(null=True)),
                ("by", models.CharField(max_length=40)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until", None), ("until__gt", models.F("since")), _connector="OR"),
                        name="health_protected_period",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="VisitMember",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        default=azukari.business.health.models.programmes.random_key, primary_key=True, serialize=False
                    ),
                ),
                ("contractor", models.CharField(max_length=80)),
                ("name", models.TextField()),
                ("address", models.TextField()),
                ("sex", models.CharField(max_length=2)),
                ("born", models.DateField()),
                ("scope", models.CharField(max_length=20)),
                ("phone", models.CharField(max_length=20)),
                ("receipts", models.TextField()),
                ("number", models.CharField(max_length=20)),
                ("care_level", models.CharField(max_length=40)),
                (
                    "handing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="health.handing"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("handing", "person"), name="health_visit_member_once")],
            },
        ),
        migrations.CreateModel(
            name="Call",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        default=azukari.business.health.models.programmes.random_key, primary_key=True, serialize=False
                    ),
                ),
                ("contractor", models.CharField(max_length=80)),
                ("attempt", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
                ("result", models.CharField(max_length=2)),
                ("by", models.CharField(max_length=40)),
                (
                    "subject",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="made", to="health.callsubject"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("result__in", ["接続", "不在", "不通", "拒否"])), name="health_call_result"
                    ),
                    models.UniqueConstraint(fields=("subject", "attempt"), name="health_call_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="GuidanceMember",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        default=azukari.business.health.models.programmes.random_key, primary_key=True, serialize=False
                    ),
                ),
                ("contractor", models.CharField(max_length=80)),
                ("name", models.TextField()),
                ("address", models.TextField()),
                ("sex", models.CharField(max_length=2)),
                ("born", models.DateField()),
                ("scope", models.CharField(max_length=20)),
                ("phone", models.CharField(max_length=20)),
                ("receipts", models.TextField()),
                ("number", models.CharField(max_length=20)),
                ("care_level", models.CharField(max_length=40)),
                ("results", models.TextField()),
                ("answers", models.TextField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "handing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="health.handing"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("handing", "person"), name="health_guidance_member_once")
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="handing",
            constraint=models.CheckConstraint(
                condition=models.Q(("flow__in", ["809-1", "r-health", "809-2-2", "809-3", "809-4"])),
                name="health_handing_flow",
            ),
        ),
        migrations.AddConstraint(
            model_name="handing",
            constraint=models.CheckConstraint(
                condition=models.Q(("contractor", ""), _negated=True), name="health_handing_has_a_contractor"
            ),
        ),
        migrations.AddConstraint(
            model_name="handing",
            constraint=models.UniqueConstraint(fields=("id", "contractor"), name="health_handing_of_contractor"),
        ),
    ]
