"""Which dispatch a batch became."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("donations", "0002_walls")]

    operations = [
        migrations.AddField(model_name="batch", name="job", field=models.PositiveIntegerField(null=True, unique=True)),
    ]
