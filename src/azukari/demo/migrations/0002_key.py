"""Keys and indexes that stepped aside for the rows of a ward in the making."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("demo", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Key",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step", models.PositiveSmallIntegerField(verbose_name="順")),
                ("statement", models.TextField(verbose_name="文")),
            ],
            options={
                "verbose_name": "戻していない鍵",
                "db_table": "demo_key",
            },
        ),
    ]
