from __future__ import annotations

import django.contrib.postgres.fields.ranges
from django.db import migrations, models

NO_OVERLAP = """
ALTER TABLE policy_enrolment
  ADD CONSTRAINT policy_enrolment_once UNIQUE (actor, flow, period WITHOUT OVERLAPS),
  ADD CONSTRAINT policy_enrolment_day CHECK (NOT isempty(period))
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Enrolment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("actor", models.CharField(max_length=64, verbose_name="利用者")),
                ("flow", models.CharField(max_length=64, verbose_name="取扱い")),
                ("period", django.contrib.postgres.fields.ranges.DateRangeField(verbose_name="期間")),
                ("contractor", models.CharField(max_length=200, null=True, verbose_name="委託先")),
                ("person", models.BigIntegerField(null=True, verbose_name="本人")),
            ],
            options={"verbose_name": "名簿"},
        ),
        migrations.RunSQL(NO_OVERLAP, "ALTER TABLE policy_enrolment DROP CONSTRAINT policy_enrolment_once"),
        migrations.CreateModel(
            name="PlaceRow",
            fields=[
                ("code", models.CharField(max_length=64, primary_key=True, serialize=False, verbose_name="符号")),
                ("name", models.CharField(max_length=200, verbose_name="名称")),
                ("stands_for", models.CharField(max_length=200, verbose_name="諮問での書き方")),
                ("contractor", models.CharField(max_length=200, null=True, verbose_name="委託先")),
                ("ward_terminal", models.BooleanField(verbose_name="区の端末")),
            ],
            options={"verbose_name": "取扱場所"},
        ),
        migrations.CreateModel(
            name="FlowRow",
            fields=[
                ("flow", models.CharField(max_length=64, primary_key=True, serialize=False, verbose_name="取扱い")),
                ("role", models.CharField(max_length=63, unique=True, verbose_name="役割")),
                ("direction", models.CharField(max_length=32, verbose_name="向き")),
                ("since", models.DateField(verbose_name="開始")),
                ("until", models.DateField(null=True, verbose_name="終了")),
                ("screen", models.BooleanField(verbose_name="区の端末以外の画面")),
            ],
            options={"verbose_name": "取扱い"},
        ),
        migrations.CreateModel(
            name="FlowPlace",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("flow", models.CharField(max_length=64, verbose_name="取扱い")),
                ("stands_for", models.CharField(max_length=200, verbose_name="諮問での書き方")),
                ("own", models.BooleanField(verbose_name="委託先の施設")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("flow", "stands_for"), name="policy_flowplace_once")],
                "verbose_name": "取扱いの場所",
            },
        ),
        migrations.CreateModel(
            name="FlowMedium",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("flow", models.CharField(max_length=64, verbose_name="取扱い")),
                ("medium", models.CharField(max_length=64, verbose_name="媒体")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("flow", "medium"), name="policy_flowmedium_once")],
                "verbose_name": "取扱いの媒体",
            },
        ),
    ]
