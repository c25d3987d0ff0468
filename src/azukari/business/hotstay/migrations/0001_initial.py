"""Tables of ほっとステイ (諮問814), and the state of the views that pages read."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.db import migrations, models

# Families are no residents of the register, but the ledger names everybody by keys of one sequence.
NEW_KEY = """
CREATE FUNCTION hotstay_new_key() RETURNS bigint LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$ SELECT nextval('public.people_person_id_seq') $$;
REVOKE ALL ON FUNCTION hotstay_new_key() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hotstay_new_key() TO azukari_base;
"""

# The row policies read the contractor without a join: it can never differ from the station's own.
SAME_CONTRACTOR = """
ALTER TABLE hotstay_family ADD FOREIGN KEY (station_id, contractor) REFERENCES hotstay_station (id, contractor);
ALTER TABLE hotstay_child ADD FOREIGN KEY (family_id, station_id, contractor)
  REFERENCES hotstay_family (id, station_id, contractor);
ALTER TABLE hotstay_interview ADD FOREIGN KEY (child_id, station_id, contractor)
  REFERENCES hotstay_child (id, station_id, contractor);
ALTER TABLE hotstay_booking ADD FOREIGN KEY (child_id, station_id, contractor)
  REFERENCES hotstay_child (id, station_id, contractor);
ALTER TABLE hotstay_waitinggroup ADD UNIQUE (id, contractor),
  ADD FOREIGN KEY (station_id, contractor) REFERENCES hotstay_station (id, contractor);
ALTER TABLE hotstay_waitingwish ADD FOREIGN KEY (group_id, contractor) REFERENCES hotstay_waitinggroup (id, contractor);
ALTER TABLE hotstay_family ADD UNIQUE (id, contractor);
ALTER TABLE hotstay_guardian ADD FOREIGN KEY (family_id, contractor) REFERENCES hotstay_family (id, contractor);
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [("people", "0002_search"), ("policy", "0001_initial")]

    operations = [
        migrations.RunSQL(NEW_KEY, "DROP FUNCTION hotstay_new_key()"),
        migrations.CreateModel(
            name="BookingSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("slots", django.contrib.postgres.fields.ranges.IntegerRangeField()),
                ("channel", models.CharField(max_length=8)),
                ("state", models.CharField(max_length=4)),
                ("booked_at", models.DateTimeField()),
                ("arrived", models.DateTimeField(null=True)),
                ("left", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "v_hotstay_booking",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="ChildSeen",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=models.Func(function="hotstay_new_key"), primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("sex", models.CharField(max_length=2)),
                ("born", models.DateField()),
                ("blood", models.CharField(max_length=4)),
                ("height_at_birth", models.DecimalField(decimal_places=1, max_digits=4, null=True)),
                ("height", models.DecimalField(decimal_places=1, max_digits=4, null=True)),
                ("weight_at_birth", models.PositiveIntegerField(null=True)),
                ("weight", models.PositiveIntegerField(null=True)),
                ("temperature", models.DecimalField(decimal_places=1, max_digits=3, null=True)),
                ("history", models.CharField(max_length=200)),
                ("allergy", models.CharField(max_length=200)),
                ("disability", models.CharField(max_length=200)),
                ("home", models.CharField(max_length=200)),
                ("health", models.CharField(max_length=200)),
                ("growth", models.CharField(max_length=200)),
                ("habits", models.CharField(max_length=200)),
                ("siblings", models.CharField(max_length=100)),
                ("doctor", models.CharField(max_length=100)),
                ("kept_before", models.BooleanField(null=True)),
                ("medical_card", models.CharField(max_length=20)),
                ("registered_on", models.DateField(null=True)),
                ("left_on", models.DateField(null=True)),
                ("contractor", models.CharField(max_length=80)),
            ],
            options={
                "db_table": "v_hotstay_child",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="ClosureSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("words", models.CharField(max_length=60)),
            ],
            options={
                "db_table": "v_hotstay_closure",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="FamilySeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("applied_on", models.DateField()),
                ("contractor", models.CharField(max_length=80)),
            ],
            options={
                "db_table": "v_hotstay_family",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="GuardianSeen",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=models.Func(function="hotstay_new_key"), primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("address", models.CharField(max_length=120)),
                ("occupation", models.CharField(max_length=40)),
                ("workplace", models.CharField(max_length=60)),
                ("home_phone", models.CharField(max_length=20)),
                ("work_phone", models.CharField(max_length=20)),
                ("mobile_phone", models.CharField(max_length=20)),
                ("mail", models.CharField(max_length=254)),
                ("calls_first", models.BooleanField()),
                ("contractor", models.CharField(max_length=80)),
            ],
            options={
                "db_table": "v_hotstay_guardian",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="InterviewSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("slot", models.PositiveSmallIntegerField()),
                ("outcome", models.CharField(max_length=8)),
                ("contractor", models.CharField(max_length=80)),
            ],
            options={
                "db_table": "v_hotstay_interview",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="RosterSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("slots", django.contrib.postgres.fields.ranges.IntegerRangeField()),
                ("carers", models.PositiveSmallIntegerField()),
                ("qualified", models.PositiveSmallIntegerField()),
            ],
            options={
                "db_table": "v_hotstay_roster",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="StationSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=40)),
                ("contractor", models.CharField(max_length=80)),
                ("opened", models.DateField()),
            ],
            options={
                "db_table": "v_hotstay_station",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="WaitingGroupSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.CharField(max_length=8)),
                ("state", models.CharField(max_length=4)),
                ("since", models.DateTimeField()),
            ],
            options={
                "db_table": "v_hotstay_waitinggroup",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="WaitingWishSeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("slots", django.contrib.postgres.fields.ranges.IntegerRangeField()),
            ],
            options={
                "db_table": "v_hotstay_waitingwish",
                "managed": False,
            },
        ),
        migrations.CreateModel(
            name="Family",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("contractor", models.CharField(max_length=80)),
                ("applied_on", models.DateField()),
            ],
        ),
        migrations.CreateModel(
            name="Law",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateField(unique=True)),
                (
                    "heads",
                    django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), size=4),
                ),
                (
                    "heads_before",
                    django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), size=4),
                ),
                ("infant", models.PositiveIntegerField()),
                ("child", models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Guardian",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=models.Func(function="hotstay_new_key"), primary_key=True, serialize=False
                    ),
                ),
                ("contractor", models.CharField(max_length=80)),
                ("name", models.CharField(max_length=60)),
                ("address", models.CharField(default="", max_length=120)),
                ("occupation", models.CharField(default="", max_length=40)),
                ("workplace", models.CharField(default="", max_length=60)),
                ("home_phone", models.CharField(default="", max_length=20)),
                ("work_phone", models.CharField(default="", max_length=20)),
                ("mobile_phone", models.CharField(default="", max_length=20)),
                ("mail", models.EmailField(default="", max_length=254)),
                ("calls_first", models.BooleanField(default=False)),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="guardians", to="hotstay.family"
                    ),
                ),
            ],
            options={
                "db_table": "hotstay_guardian",
            },
        ),
        migrations.CreateModel(
            name="Station",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=20, unique=True)),
                ("name", models.CharField(max_length=40)),
                ("contractor", models.CharField(max_length=80)),
                ("opened", models.DateField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("id", "contractor"), name="hotstay_station_contractor")
                ],
            },
        ),
        migrations.AddField(
            model_name="family",
            name="station",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="hotstay.station"
            ),
        ),
        migrations.CreateModel(
            name="Closure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("words", models.CharField(max_length=60)),
                (
                    "station",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="closures",
                        to="hotstay.station",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("station", "day"), name="hotstay_closure_once")],
            },
        ),
        migrations.CreateModel(
            name="Child",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        db_default=models.Func(function="hotstay_new_key"), primary_key=True, serialize=False
                    ),
                ),
                ("contractor", models.CharField(max_length=80)),
                ("name", models.CharField(max_length=60)),
                ("sex", models.CharField(default="", max_length=2)),
                ("born", models.DateField()),
                ("blood", models.CharField(default="", max_length=4)),
                ("height_at_birth", models.DecimalField(decimal_places=1, max_digits=4, null=True)),
                ("height", models.DecimalField(decimal_places=1, max_digits=4, null=True)),
                ("weight_at_birth", models.PositiveIntegerField(null=True)),
                ("weight", models.PositiveIntegerField(null=True)),
                ("temperature", models.DecimalField(decimal_places=1, max_digits=3, null=True)),
                ("history", models.CharField(default="", max_length=200)),
                ("allergy", models.CharField(default="", max_length=200)),
                ("disability", models.CharField(default="", max_length=200)),
                ("home", models.CharField(default="", max_length=200)),
                ("health", models.CharField(default="", max_length=200)),
                ("growth", models.CharField(default="", max_length=200)),
                ("habits", models.CharField(default="", max_length=200)),
                ("siblings", models.CharField(default="", max_length=100)),
                ("doctor", models.CharField(default="", max_length=100)),
                ("kept_before", models.BooleanField(null=True)),
                ("medical_card", models.CharField(default="", max_length=20)),
                ("registered_on", models.DateField(null=True)),
                ("left_on", models.DateField(null=True)),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="children", to="hotstay.family"
                    ),
                ),
                (
                    "station",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="hotstay.station"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("id", "station", "contractor"), name="hotstay_child_station"),
                    models.CheckConstraint(condition=models.Q(("sex__in", ["", "男", "女"])), name="hotstay_child_sex"),
                ],
                "db_table": "hotstay_child",
            },
        ),
        migrations.CreateModel(
            name="Booking",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("contractor", models.CharField(max_length=80)),
                ("day", models.DateField()),
                ("slots", django.contrib.postgres.fields.ranges.IntegerRangeField()),
                ("channel", models.CharField(max_length=8)),
                ("state", models.CharField(max_length=4)),
                ("submit", models.UUIDField()),
                ("position", models.PositiveSmallIntegerField()),
                ("booked_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("arrived", models.DateTimeField(null=True)),
                ("left", models.DateTimeField(null=True)),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="bookings", to="hotstay.child"
                    ),
                ),
                (
                    "station",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="hotstay.station",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("channel__in", ["インターネット", "電話", "窓口"]),
                            ("state__in", ["予約", "取消", "不参加"]),
                        ),
                        name="hotstay_booking_words",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("slots__contained_by", (0, 48)), ("slots__isempty", False)),
                        name="hotstay_booking_within_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("left", None),
                            models.Q(("arrived__isnull", False), ("left__gte", models.F("arrived"))),
                            _connector="OR",
                        ),
                        name="hotstay_booking_leaves_after_arrival",
                    ),
                    models.UniqueConstraint(fields=("submit", "position"), name="hotstay_booking_submit_once"),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("state", "予約")),
                        expressions=[(models.F("child"), "="), (models.F("day"), "="), (models.F("slots"), "&&")],
                        name="hotstay_booking_child_once",
                    ),
                ],
                "indexes": [models.Index(fields=["station", "day"], name="hotstay_booking_day")],
                "db_table": "hotstay_booking",
            },
        ),
        migrations.CreateModel(
            name="WaitingGroup",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("contractor", models.CharField(max_length=80)),
                ("submit", models.UUIDField(unique=True)),
                ("channel", models.CharField(max_length=8)),
                ("state", models.CharField(max_length=4)),
                ("since", models.DateTimeField()),
                (
                    "station",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="hotstay.station"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("channel__in", ["インターネット", "電話", "窓口"]),
                            ("state__in", ["待機", "成立", "取下げ"]),
                        ),
                        name="hotstay_waiting_words",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WaitingWish",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("contractor", models.CharField(max_length=80)),
                ("day", models.DateField(db_index=True)),
                ("slots", django.contrib.postgres.fields.ranges.IntegerRangeField()),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="hotstay.child"
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="wishes", to="hotstay.waitinggroup"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("slots__contained_by", (0, 48)), ("slots__isempty", False)),
                        name="hotstay_wish_within_day",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            (models.F("group"), "="),
                            (models.F("child"), "="),
                            (models.F("day"), "="),
                            (models.F("slots"), "&&"),
                        ],
                        name="hotstay_wish_child_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Setting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField()),
                ("opens", models.PositiveSmallIntegerField()),
                ("closes", models.PositiveSmallIntegerField()),
                (
                    "closed_weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), default=list, size=None
                    ),
                ),
                ("youngest_months", models.PositiveSmallIntegerField()),
                ("capacity", models.PositiveSmallIntegerField()),
                ("room", models.PositiveIntegerField()),
                ("rounding", models.CharField(max_length=10)),
                ("min_staff", models.PositiveSmallIntegerField()),
                ("half_rule", models.BooleanField()),
                ("transitional", models.BooleanField()),
                ("age_basis", models.CharField(max_length=4)),
                ("shortest", models.PositiveSmallIntegerField()),
                ("book_days", models.PositiveSmallIntegerField()),
                ("book_minute", models.PositiveSmallIntegerField()),
                ("deadlines", models.JSONField()),
                ("cancel", models.JSONField()),
                (
                    "unconfirmed",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), default=list, size=None
                    ),
                ),
                (
                    "station",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="settings", to="hotstay.station"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closes__lte", 48), ("opens__lt", models.F("closes")), ("shortest__gte", 1)
                        ),
                        name="hotstay_setting_open_some_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("age_basis__in", ["当日", "年度"]), ("rounding__in", ["official", "ceil"])),
                        name="hotstay_setting_words",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[(models.F("station"), "="), (models.F("valid"), "&&")],
                        name="hotstay_setting_one_a_day",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Roster",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("slots", django.contrib.postgres.fields.ranges.IntegerRangeField()),
                ("carers", models.PositiveSmallIntegerField()),
                ("qualified", models.PositiveSmallIntegerField()),
                (
                    "station",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rosters",
                        to="hotstay.station",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("qualified__lte", models.F("carers"))),
                        name="hotstay_roster_qualified_among",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("slots__contained_by", (0, 48)), ("slots__isempty", False)),
                        name="hotstay_roster_within_day",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[(models.F("station"), "="), (models.F("day"), "="), (models.F("slots"), "&&")],
                        name="hotstay_roster_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Interview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("contractor", models.CharField(max_length=80)),
                ("day", models.DateField()),
                ("slot", models.PositiveSmallIntegerField()),
                ("outcome", models.CharField(default="", max_length=8)),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="interviews", to="hotstay.child"
                    ),
                ),
                (
                    "station",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="hotstay.station"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["", "登録", "見送り"])), name="hotstay_interview_outcome"
                    ),
                    models.CheckConstraint(condition=models.Q(("slot__lt", 48)), name="hotstay_interview_slot"),
                    models.UniqueConstraint(
                        condition=models.Q(("outcome", "見送り"), _negated=True),
                        fields=("station", "day", "slot"),
                        name="hotstay_interview_slot_once",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="family",
            constraint=models.UniqueConstraint(fields=("id", "station", "contractor"), name="hotstay_family_station"),
        ),
        migrations.CreateModel(
            name="ArrivalSecret",
            fields=[
                (
                    "station",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="hotstay.station",
                    ),
                ),
                ("secret", models.BinaryField()),
            ],
        ),
        migrations.RunSQL(SAME_CONTRACTOR, migrations.RunSQL.noop),
    ]
