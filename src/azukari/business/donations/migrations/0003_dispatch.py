"""Which dispatch a batch became."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("donations", "0002_walls")]

    operations = [
        migrations.CreateModel(
            name="Planned",
            fields=[
                (
                    "batch",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="planned",
                        serialize=False,
                        to="donations.batch",
                    ),
                ),
                ("job", models.PositiveIntegerField(unique=True)),
            ],
        ),
    ]
