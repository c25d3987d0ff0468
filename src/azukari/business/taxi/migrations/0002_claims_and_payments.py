"""Claims as they arrive, what was found in them, and what is paid (諮問815)."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

# Whoever keys a voucher, or counts a bundle, is the contractor it was entrusted to: held by keys over both columns.
SAME_CONTRACTOR = """
ALTER TABLE taxi_presentedvoucher ADD CONSTRAINT taxi_voucher_contractor UNIQUE (id, contractor);
ALTER TABLE taxi_keyed ADD CONSTRAINT taxi_keyed_contractor_is_of_voucher
    FOREIGN KEY (voucher_id, contractor) REFERENCES taxi_presentedvoucher (id, contractor) ON UPDATE CASCADE;
ALTER TABLE taxi_papermove ADD CONSTRAINT taxi_papermove_contractor_is_of_batch
    FOREIGN KEY (batch_id, contractor) REFERENCES taxi_batch (id, contractor) ON UPDATE CASCADE;
"""
# A voucher paid by a correction takes its number like any other; nobody but the owner may write there, so the owner's
# function does it for whoever may write a correction.
PAID_ONCE = """
CREATE FUNCTION taxi_correction_takes_number() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
BEGIN
  INSERT INTO public.taxi_acceptance (serial, voucher_id)
  SELECT coalesce(v.serial, a.serial), v.id
    FROM public.taxi_presentedvoucher v LEFT JOIN public.taxi_answer a ON a.voucher_id = v.id
   WHERE v.id = NEW.voucher_id;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION taxi_correction_takes_number() FROM PUBLIC;
CREATE TRIGGER taxi_correction_takes_number BEFORE INSERT ON taxi_correction
  FOR EACH ROW WHEN (NEW.amount > 0) EXECUTE FUNCTION taxi_correction_takes_number();
"""
NOT_PAID_ONCE = """
DROP TRIGGER taxi_correction_takes_number ON taxi_correction;
DROP FUNCTION taxi_correction_takes_number();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_search"),
        ("taxi", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="AdjustmentSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ground", models.CharField(max_length=20)),
                ("count", models.IntegerField()),
                ("amount", models.BigIntegerField()),
            ],
            options={
                "db_table": "v_taxi_adjustment",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="AnswerSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("voucher_id", models.BigIntegerField()),
                ("received_on", models.DateField()),
                ("serial", models.BigIntegerField(null=True)),
                ("result", models.CharField(max_length=8)),
                ("decided_on", models.DateField(null=True)),
                ("by", models.CharField(max_length=40)),
            ],
            options={
                "db_table": "v_taxi_answer",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="ApplicationSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("applied_on", models.DateField()),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None),
                ),
                (
                    "impairments",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), size=None),
                ),
                ("ai_no_techo", models.PositiveSmallIntegerField(null=True)),
                ("care_level", models.CharField(max_length=8)),
                ("always_wheelchair", models.BooleanField(null=True)),
                ("facility", models.CharField(max_length=20)),
                ("in_hospital", models.BooleanField(null=True)),
                ("fuel_aid", models.BooleanField(null=True)),
                (
                    "results",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), size=None),
                ),
                ("decided_on", models.DateField(null=True)),
                ("number", models.CharField(max_length=12)),
            ],
            options={
                "db_table": "v_taxi_application",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="BookletSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fiscal_year", models.PositiveSmallIntegerField()),
                ("number", models.CharField(max_length=12)),
                ("kind", models.CharField(max_length=20)),
                ("face", models.PositiveIntegerField()),
                ("first", models.BigIntegerField()),
                ("last", models.BigIntegerField()),
                ("valid_from", models.DateField()),
                ("valid_until", models.DateField()),
                ("issued_on", models.DateField(null=True)),
            ],
            options={
                "db_table": "v_taxi_booklet",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="CorrectionSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("voucher_id", models.BigIntegerField()),
                ("amount", models.BigIntegerField()),
                ("ground", models.CharField(max_length=20)),
                ("made_on", models.DateField()),
                ("by", models.CharField(max_length=40)),
            ],
            options={
                "db_table": "v_taxi_correction",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="InvoiceLineSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("face", models.PositiveIntegerField()),
                ("count", models.PositiveIntegerField()),
                ("amount", models.PositiveBigIntegerField()),
            ],
            options={
                "db_table": "v_taxi_invoiceline",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="KeyedSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("contractor", models.CharField(max_length=80)),
                ("name", models.CharField(max_length=60)),
                ("used_on", models.DateField(null=True)),
                ("fare", models.PositiveIntegerField(null=True)),
                ("certificate_number", models.CharField(max_length=12)),
                ("by", models.CharField(max_length=40)),
            ],
            options={
                "db_table": "v_taxi_keyed",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="OriginalSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField()),
            ],
            options={
                "db_table": "v_taxi_original",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="PaperMoveSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("contractor", models.CharField(max_length=80)),
                ("way", models.CharField(max_length=4)),
                ("counted", models.PositiveIntegerField()),
                ("on", models.DateField()),
                ("by", models.CharField(max_length=40)),
            ],
            options={
                "db_table": "v_taxi_papermove",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="PaymentLineSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("face", models.PositiveIntegerField()),
                ("claimed_count", models.PositiveIntegerField()),
                ("counted", models.PositiveIntegerField()),
                ("accepted", models.PositiveIntegerField()),
                ("claimed", models.BigIntegerField()),
                ("paid", models.BigIntegerField()),
            ],
            options={
                "db_table": "v_taxi_paymentline",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="PaymentSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("claimed", models.BigIntegerField()),
                ("unpaid", models.BigIntegerField()),
                ("corrected", models.BigIntegerField()),
                ("paid", models.BigIntegerField()),
            ],
            options={
                "db_table": "v_taxi_payment",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="PayVoucherSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sequence", models.PositiveIntegerField()),
                ("kind", models.CharField(max_length=20)),
                ("denomination", models.PositiveIntegerField()),
                ("serial", models.BigIntegerField(null=True)),
                ("grounds", models.PositiveIntegerField()),
                ("outcome", models.CharField(max_length=4)),
            ],
            options={
                "db_table": "v_taxi_presentedvoucher",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="QuestionSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                ("pattern", models.CharField(max_length=20)),
                ("words", models.CharField(max_length=200)),
                ("vouchers", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
            ],
            options={
                "db_table": "v_taxi_question",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="RunSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                ("number", models.PositiveSmallIntegerField()),
                ("settled_on", models.DateField()),
                ("by", models.CharField(max_length=40)),
                ("claimed", models.BigIntegerField()),
                ("unpaid", models.BigIntegerField()),
                ("corrected", models.BigIntegerField()),
                ("paid", models.BigIntegerField()),
                ("transfers", models.PositiveIntegerField()),
            ],
            options={
                "db_table": "v_taxi_run",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="ToldSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ground", models.CharField(max_length=20)),
                ("words", models.CharField(max_length=200)),
                ("detail", models.CharField(max_length=200)),
            ],
            options={
                "db_table": "v_taxi_told",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="VoucherEventSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("payload", models.BigIntegerField()),
                ("kind", models.CharField(max_length=8)),
                ("on", models.DateField()),
            ],
            options={
                "db_table": "v_taxi_voucherevent",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Acceptance",
            fields=[
                ("serial", models.BigIntegerField(primary_key=True, serialize=False)),
                (
                    "voucher",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="taxi.presentedvoucher"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Adjustment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ground", models.CharField(max_length=20)),
                ("count", models.IntegerField()),
                ("amount", models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("received_on", models.DateField()),
                ("serial", models.BigIntegerField(null=True)),
                ("result", models.CharField(default="", max_length=8)),
                ("decided_on", models.DateField(null=True)),
                ("by", models.CharField(default="", max_length=40)),
                (
                    "voucher",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answer", to="taxi.presentedvoucher"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_on", None), ("result", "")),
                            models.Q(("decided_on__isnull", False), ("result__in", ["支払う", "支払わない"])),
                            _connector="OR",
                        ),
                        name="taxi_answer_result_has_a_day",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Application",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("applied_on", models.DateField()),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None),
                ),
                (
                    "impairments",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), default=list, size=None
                    ),
                ),
                ("ai_no_techo", models.PositiveSmallIntegerField(null=True)),
                ("care_level", models.CharField(default="", max_length=8)),
                ("always_wheelchair", models.BooleanField(null=True)),
                ("facility", models.CharField(default="", max_length=20)),
                ("in_hospital", models.BooleanField(null=True)),
                ("fuel_aid", models.BooleanField(null=True)),
                (
                    "results",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                ("decided_on", models.DateField(null=True)),
                ("number", models.CharField(default="", max_length=12)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("person", "applied_on"), name="taxi_application_once_a_day")
                ],
            },
        ),
        migrations.CreateModel(
            name="Booklet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fiscal_year", models.PositiveSmallIntegerField()),
                ("number", models.CharField(max_length=12)),
                ("kind", models.CharField(max_length=20)),
                ("face", models.PositiveIntegerField()),
                ("first", models.BigIntegerField()),
                ("last", models.BigIntegerField()),
                ("valid_from", models.DateField()),
                ("valid_until", models.DateField()),
                ("issued_on", models.DateField(null=True)),
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
                        condition=models.Q(
                            ("kind__in", ["福祉タクシー券", "予約料・迎車料補助券", "ストレッチャー料免除券"])
                        ),
                        name="taxi_booklet_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("last__gte", models.F("first"))), name="taxi_booklet_not_empty"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("valid_until__gt", models.F("valid_from"))),
                        name="taxi_booklet_valid_some_day",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (
                                models.Func(
                                    models.F("first"), models.F("last"), models.Value("[]"), function="int8range"
                                ),
                                "&&",
                            )
                        ],
                        name="taxi_booklet_no_voucher_twice",
                    ),
                ],
                "indexes": [models.Index(fields=["number"], name="taxi_booklet_number")],
            },
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount", models.BigIntegerField()),
                ("ground", models.CharField(max_length=20)),
                ("made_on", models.DateField()),
                ("by", models.CharField(max_length=40)),
                (
                    "company",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="taxi.company"),
                ),
                (
                    "voucher",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="taxi.presentedvoucher"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="InvoiceLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("face", models.PositiveIntegerField()),
                ("count", models.PositiveIntegerField()),
                ("amount", models.PositiveBigIntegerField()),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="invoice", to="taxi.batch"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["福祉タクシー券", "予約料・迎車料補助券", "ストレッチャー料免除券"])
                        ),
                        name="taxi_invoiceline_kind",
                    ),
                    models.UniqueConstraint(fields=("batch", "kind", "face"), name="taxi_invoiceline_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "amount",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("face"), "*", models.F("count")
                                ),
                            )
                        ),
                        name="taxi_invoiceline_multiplies",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Keyed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("contractor", models.CharField(max_length=80)),
                ("name", models.CharField(max_length=60)),
                ("used_on", models.DateField(null=True)),
                ("fare", models.PositiveIntegerField(null=True)),
                ("certificate_number", models.CharField(max_length=12)),
                ("by", models.CharField(max_length=40)),
                (
                    "voucher",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="keyed",
                        to="taxi.presentedvoucher",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Original",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=200)),
                ("sha256", models.CharField(db_index=True, max_length=64)),
                ("size", models.PositiveBigIntegerField()),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="originals", to="taxi.batch"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("batch", "name"), name="taxi_original_once")],
            },
        ),
        migrations.CreateModel(
            name="PageRead",
            fields=[
                ("sha256", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("serial", models.BigIntegerField()),
                ("turned", models.BooleanField()),
                ("dpi", models.PositiveSmallIntegerField()),
                ("note", models.CharField(max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="PaperMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("contractor", models.CharField(max_length=80)),
                ("way", models.CharField(max_length=4)),
                ("counted", models.PositiveIntegerField()),
                ("on", models.DateField()),
                ("by", models.CharField(max_length=40)),
                (
                    "batch",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="taxi.batch",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("way__in", ["渡した", "戻った"])), name="taxi_papermove_way"
                    ),
                    models.UniqueConstraint(fields=("batch", "way"), name="taxi_papermove_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PayAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("bank", models.CharField(max_length=4)),
                ("bank_name", models.CharField(max_length=15)),
                ("branch", models.CharField(max_length=3)),
                ("branch_name", models.CharField(max_length=15)),
                ("kind", models.PositiveSmallIntegerField()),
                ("number", models.CharField(max_length=7)),
                ("holder", models.CharField(max_length=60)),
                (
                    "company",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="account", to="taxi.company"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("claimed", models.BigIntegerField()),
                ("unpaid", models.BigIntegerField()),
                ("corrected", models.BigIntegerField()),
                ("paid", models.BigIntegerField()),
                (
                    "company",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="taxi.company"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="PaymentLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=20)),
                ("face", models.PositiveIntegerField()),
                ("claimed_count", models.PositiveIntegerField()),
                ("counted", models.PositiveIntegerField()),
                ("accepted", models.PositiveIntegerField()),
                ("claimed", models.BigIntegerField()),
                ("paid", models.BigIntegerField()),
                (
                    "batch",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="taxi.batch"),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="taxi.payment"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["福祉タクシー券", "予約料・迎車料補助券", "ストレッチャー料免除券"])
                        ),
                        name="taxi_paymentline_kind",
                    ),
                    models.UniqueConstraint(fields=("batch", "kind", "face"), name="taxi_paymentline_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "paid",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("accepted"), "*", models.F("face")
                                ),
                            )
                        ),
                        name="taxi_paymentline_pays_the_accepted",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                ("pattern", models.CharField(max_length=20)),
                ("words", models.CharField(max_length=200)),
                ("vouchers", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                (
                    "company",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="taxi.company"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Run",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField()),
                ("number", models.PositiveSmallIntegerField()),
                ("settled_on", models.DateField()),
                ("pay_on", models.DateField()),
                ("by", models.CharField(max_length=40)),
                ("claimed", models.BigIntegerField()),
                ("unpaid", models.BigIntegerField()),
                ("corrected", models.BigIntegerField()),
                ("paid", models.BigIntegerField()),
                ("transfers", models.PositiveIntegerField()),
                ("transfer", models.BinaryField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("month", "number"), name="taxi_run_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "claimed",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("paid"), "-", models.F("corrected")
                                    ),
                                    "+",
                                    models.F("unpaid"),
                                ),
                            )
                        ),
                        name="taxi_run_balances",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Told",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ground", models.CharField(max_length=20)),
                ("words", models.CharField(max_length=200)),
                ("detail", models.CharField(max_length=200)),
                (
                    "voucher",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="told", to="taxi.presentedvoucher"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "ground__in",
                                [
                                    "NOT_ISSUED",
                                    "DUPLICATE",
                                    "DENOM",
                                    "LOST",
                                    "EARLY",
                                    "EXPIRED",
                                    "STOPPED",
                                    "NO_AGREEMENT",
                                    "OVER_FARE",
                                    "TYPE_LIMIT",
                                    "UNREADABLE",
                                    "MISSING_ENTRY",
                                    "LATE_CLAIM",
                                    "QUERIED",
                                    "OVER_INVOICE",
                                ],
                            )
                        ),
                        name="taxi_told_ground",
                    ),
                    models.UniqueConstraint(fields=("voucher", "ground"), name="taxi_told_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="VoucherEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("payload", models.BigIntegerField()),
                ("kind", models.CharField(max_length=8)),
                ("on", models.DateField()),
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
                        condition=models.Q(("kind__in", ["紛失", "破棄", "返還"])), name="taxi_voucherevent_kind"
                    ),
                    models.UniqueConstraint(fields=("payload", "kind"), name="taxi_voucherevent_once"),
                ],
            },
        ),
        migrations.AddField(
            model_name="batch",
            name="hold",
            field=models.CharField(default="", max_length=20),
        ),
        migrations.AddField(
            model_name="presentedvoucher",
            name="first",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="presentedvoucher",
            name="grounds",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="presentedvoucher",
            name="image",
            field=models.CharField(default="", max_length=64),
        ),
        migrations.AddField(
            model_name="presentedvoucher",
            name="outcome",
            field=models.CharField(default="未判定", max_length=4),
        ),
        migrations.AddField(
            model_name="presentedvoucher",
            name="serial",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="presentedvoucher",
            name="turned",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="presentedvoucher",
            name="fare",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="presentedvoucher",
            name="used_on",
            field=models.DateField(null=True),
        ),
        migrations.AddIndex(
            model_name="presentedvoucher",
            index=models.Index(fields=["serial"], name="taxi_voucher_serial"),
        ),
        migrations.AddIndex(
            model_name="presentedvoucher",
            index=models.Index(
                condition=models.Q(("outcome__in", ["保留", "不支給"])),
                fields=["batch", "outcome"],
                name="taxi_voucher_unpaid",
            ),
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.CheckConstraint(
                condition=models.Q(("hold", ""), ("hold__in", ["受付期間外", "同じ月の二度目"]), _connector="OR"),
                name="taxi_batch_hold",
            ),
        ),
        migrations.AddConstraint(
            model_name="presentedvoucher",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["未判定", "支払", "保留", "不支給"])), name="taxi_voucher_outcome"
            ),
        ),
        migrations.AddField(
            model_name="adjustment",
            name="line",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="adjustments", to="taxi.paymentline"
            ),
        ),
        migrations.AddField(
            model_name="payment",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="taxi.run"
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="run",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="corrections", to="taxi.run"
            ),
        ),
        migrations.AddConstraint(
            model_name="adjustment",
            constraint=models.UniqueConstraint(fields=("line", "ground"), name="taxi_adjustment_once"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(fields=("run", "company"), name="taxi_payment_once"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "claimed",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("paid"), "-", models.F("corrected")
                            ),
                            "+",
                            models.F("unpaid"),
                        ),
                    )
                ),
                name="taxi_payment_balances",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(condition=models.Q(("paid__gte", 0)), name="taxi_payment_not_negative"),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.UniqueConstraint(fields=("voucher", "ground"), name="taxi_correction_once"),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount", 0), _negated=True), name="taxi_correction_is_something"
            ),
        ),
        migrations.RunSQL(SAME_CONTRACTOR, migrations.RunSQL.noop),
        migrations.RunSQL(PAID_ONCE, NOT_PAID_ONCE),
    ]
