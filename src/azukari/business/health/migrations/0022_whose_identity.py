from django.db import migrations, models

# Until it is linked again a record is nobody's but its own.
ALONE = "UPDATE health_named_identity SET person = identity"


class Migration(migrations.Migration):
    dependencies = [("health", "0021_programme_walls")]

    operations = [
        migrations.AddField("namedidentity", "person", models.BigIntegerField(default=0), preserve_default=False),
        migrations.RunSQL(ALONE, migrations.RunSQL.noop),
    ]
