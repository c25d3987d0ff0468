"""Room in every page for the outcome: the check writes it into each row, and a row that finds room keeps its indexes."""

from django.db import migrations, models

ROOM = "ALTER TABLE taxi_presentedvoucher SET (fillfactor = 50)"
NO_ROOM = "ALTER TABLE taxi_presentedvoucher RESET (fillfactor)"


class Migration(migrations.Migration):
    dependencies = [("taxi", "0002_claims_and_payments")]

    operations = [
        migrations.RunSQL(ROOM, NO_ROOM),
        migrations.RemoveIndex(model_name="presentedvoucher", name="taxi_voucher_unpaid"),
        migrations.AddIndex(
            model_name="presentedvoucher",
            index=models.Index(condition=models.Q(("grounds__gt", 0)), fields=["batch"], name="taxi_voucher_unpaid"),
        ),
    ]
