"""Tables of persons, with the dated keys of PostgreSQL 18 that Django cannot write."""

from __future__ import annotations

import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

# The PERIOD key is checked at the end of the transaction: a move closes one address and opens the next.
DATED_KEYS = """
ALTER TABLE people_name ADD CONSTRAINT people_name_one_a_day UNIQUE (person_id, valid WITHOUT OVERLAPS);
ALTER TABLE people_address ADD CONSTRAINT people_address_one_a_day UNIQUE (person_id, valid WITHOUT OVERLAPS);
ALTER TABLE people_membership
  ADD CONSTRAINT people_membership_one_a_day UNIQUE (person_id, valid WITHOUT OVERLAPS),
  ADD CONSTRAINT people_membership_one_head EXCLUDE USING gist (household_id WITH =, valid WITH &&) WHERE (head),
  ADD CONSTRAINT people_membership_has_address FOREIGN KEY (person_id, PERIOD valid)
    REFERENCES people_address (person_id, PERIOD valid) DEFERRABLE INITIALLY DEFERRED;
"""
NO_DATED_KEYS = """
ALTER TABLE people_membership
  DROP CONSTRAINT people_membership_has_address,
  DROP CONSTRAINT people_membership_one_head,
  DROP CONSTRAINT people_membership_one_a_day;
ALTER TABLE people_address DROP CONSTRAINT people_address_one_a_day;
ALTER TABLE people_name DROP CONSTRAINT people_name_one_a_day;
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Household",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=10)),
            ],
            options={
                "db_table": "people_household",
                "constraints": [models.UniqueConstraint(fields=("number",), name="people_household_number_once")],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("atena", models.CharField(max_length=10)),
                ("born", models.DateField(db_index=True)),
                ("sex", models.CharField(max_length=2)),
                ("died", models.DateField(null=True)),
            ],
            options={
                "db_table": "people_person",
                "constraints": [
                    models.UniqueConstraint(fields=("atena",), name="people_person_atena_once"),
                    models.CheckConstraint(condition=models.Q(("sex__in", ["男", "女"])), name="people_person_sex"),
                    models.CheckConstraint(
                        condition=models.Q(("atena__regex", "^[0-9]{10}$")), name="people_person_atena"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("died", None), ("died__gte", models.F("born")), _connector="OR"),
                        name="people_person_dies_after_birth",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("relation", models.TextField()),
                ("head", models.BooleanField()),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField()),
                (
                    "household",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="memberships", to="people.household"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "db_table": "people_membership",
            },
        ),
        migrations.CreateModel(
            name="Address",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("postcode", models.CharField(max_length=7)),
                ("municipality", models.TextField(default="東京都世田谷区")),
                ("town", models.TextField()),
                ("chome", models.PositiveSmallIntegerField(null=True)),
                ("ban", models.TextField()),
                ("go", models.TextField(default="")),
                ("building", models.TextField(default="")),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField()),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="addresses",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "db_table": "people_address",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("postcode__regex", "^[0-9]{7}$")), name="people_address_postcode"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.TextField()),
                ("kana", models.TextField()),
                ("former", models.TextField(default="")),
                ("search_key", models.TextField()),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField()),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="names",
                        to="people.person",
                    ),
                ),
            ],
            options={
                "db_table": "people_name",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["search_key"], name="people_name_search", opclasses=["gin_trgm_ops"]
                    )
                ],
            },
        ),
        migrations.RunSQL(DATED_KEYS, NO_DATED_KEYS),
    ]
