"""The ledger's two tables, and what keeps them: see `guards` for the triggers and functions."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.models.functions import Now

from azukari.core.audit.guards import GUARDS, UNGUARD


def words(name: str) -> tuple[str, models.TextField]:
    """A text that may be empty."""
    return name, models.TextField(db_default="")


class Migration(migrations.Migration):
    initial = True
    dependencies: ClassVar[list[tuple[str, str]]] = []
    operations: ClassVar[list[Operation]] = [
        migrations.CreateModel(
            name="Epoch",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("first", models.BigIntegerField()),
                ("last", models.BigIntegerField()),
                ("count", models.BigIntegerField()),
                ("size", models.BigIntegerField()),
                ("horizon", models.BigIntegerField(unique=True)),
                *((name, models.BinaryField()) for name in ("root", "previous", "key", "next_key", "signature")),
                *((name, models.BinaryField()) for name in ("frontier", "leaves")),
            ],
            options={"db_table": "audit_epoch"},
        ),
        migrations.CreateModel(
            name="LedgerEntry",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("turn", models.BigIntegerField(db_default=0)),
                ("at", models.DateTimeField(db_default=Now())),
                ("action", models.TextField()),
                ("actor", models.TextField()),
                *map(words, ("kind", "contractor", "section", "place", "flow", "consultation")),
                ("items", ArrayField(models.TextField(), db_default=[])),
                ("subjects", ArrayField(models.BigIntegerField(), db_default=[])),
                words("medium"),
                ("detail", models.JSONField(db_default={})),
                ("request", models.UUIDField()),
            ],
            options={
                "db_table": "audit_entry",
                "indexes": [
                    models.Index(fields=["turn", "id"], name="audit_entry_turn"),
                    models.Index(fields=["actor", "id"], name="audit_entry_actor"),
                    BrinIndex(fields=["at"], name="audit_entry_at"),
                    GinIndex(fields=["subjects"], name="audit_entry_subjects"),
                ],
            },
        ),
        migrations.RunSQL(GUARDS, UNGUARD),
    ]
