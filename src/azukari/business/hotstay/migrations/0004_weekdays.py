"""Deadlines that differ by the day of the week, and a station's parameters changed from a day on."""

from __future__ import annotations

from django.db import migrations, models

DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

DEADLINES = f"""
-- Until when (local time) the channel takes bookings for the day, or ('取消') a family gives one back by itself.
CREATE FUNCTION hotstay_deadline(s hotstay_setting, what text, day date) RETURNS timestamp LANGUAGE sql STABLE AS $$
  SELECT ($3 - (d->>0)::int)::timestamp + make_interval(mins => (d->>1)::int)
  FROM coalesce(($1).by_weekday->(extract(isodow FROM $3)::int - 1)::text->$2,
    CASE $2 WHEN '取消' THEN ($1).cancel ELSE ($1).deadlines->$2 END) d
$$;

CREATE OR REPLACE FUNCTION hotstay_promote(waiting bigint, at timestamptz) RETURNS bigint[] LANGUAGE plpgsql VOLATILE {DEFINER} AS $$
DECLARE
  g hotstay_waitinggroup;
  placed bigint[];
BEGIN
  SELECT * INTO g FROM hotstay_waitinggroup WHERE id = $1 AND state = '待機' FOR UPDATE;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  BEGIN
    WITH made AS (
      INSERT INTO hotstay_booking (child_id, station_id, contractor, day, slots, channel, state, submit, position,
        booked_at, changed_at)
      SELECT c.id, c.station_id, c.contractor, w.day, w.slots, g.channel, '予約', g.submit,
        row_number() OVER (ORDER BY w.id) - 1, $2, $2
      FROM hotstay_waitingwish w JOIN hotstay_child c ON c.id = w.child_id
      JOIN hotstay_setting s ON s.station_id = c.station_id AND s.valid @> w.day
      WHERE w.group_id = $1 AND c.registered_on IS NOT NULL AND c.left_on IS NULL
        AND $2 AT TIME ZONE 'Asia/Tokyo' < least(w.day::timestamp + lower(w.slots) * INTERVAL '30 minutes',
          hotstay_deadline(s, g.channel, w.day))
      RETURNING child_id
    ) SELECT array_agg(child_id) INTO placed FROM made;
    IF coalesce(cardinality(placed), 0) <> (SELECT count(*) FROM hotstay_waitingwish w WHERE w.group_id = $1)
       OR EXISTS (SELECT FROM hotstay_waitingwish w,
         LATERAL hotstay_over(g.station_id, w.day, lower(w.slots), upper(w.slots), $2) WHERE w.group_id = $1) THEN
      RAISE EXCEPTION 'no place yet' USING ERRCODE = 'HS001';
    END IF;
    UPDATE hotstay_waitinggroup SET state = '成立' WHERE id = $1;
    RETURN placed;
  EXCEPTION WHEN SQLSTATE 'HS001' OR exclusion_violation OR unique_violation THEN
    RETURN NULL;
  END;
END $$;

-- From `since` on the station has these parameters: the row in force ends there, and what was planned for later is
-- replaced. Columns that `values` does not name stay as they were. Not for days gone by; bookings stay as they are.
CREATE FUNCTION hotstay_put_setting(station bigint, since date, new jsonb) RETURNS void LANGUAGE plpgsql VOLATILE {DEFINER} AS $$
DECLARE old hotstay_setting;
BEGIN
  PERFORM hotstay_own(station);
  IF since < (clock_timestamp() AT TIME ZONE 'Asia/Tokyo')::date THEN
    RAISE EXCEPTION 'hotstay: a day gone by' USING ERRCODE = 'check_violation', CONSTRAINT = 'hotstay_setting_ahead';
  END IF;
  PERFORM FROM hotstay_station t WHERE t.id = $1 FOR NO KEY UPDATE;
  SELECT * INTO STRICT old FROM hotstay_setting s WHERE s.station_id = $1 AND s.valid @> $2;
  DELETE FROM hotstay_setting s WHERE s.station_id = $1 AND lower(s.valid) >= $2;
  UPDATE hotstay_setting s SET valid = daterange(lower(s.valid), $2) WHERE s.station_id = $1 AND s.valid @> $2;
  INSERT INTO hotstay_setting (station_id, valid, opens, closes, closed_weekdays, youngest_months, capacity, room, rounding,
    min_staff, half_rule, transitional, age_basis, shortest, book_days, book_minute, deadlines, cancel, by_weekday, unconfirmed)
  SELECT $1, daterange($2, NULL), n.opens, n.closes, n.closed_weekdays, n.youngest_months, n.capacity, n.room, n.rounding,
    n.min_staff, n.half_rule, n.transitional, n.age_basis, n.shortest, n.book_days, n.book_minute, n.deadlines, n.cancel,
    n.by_weekday, n.unconfirmed FROM jsonb_populate_record(old, new) n;
END $$;

DO $$ DECLARE one regprocedure; BEGIN
  FOR one IN SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
      AND p.proname IN ('hotstay_deadline', 'hotstay_put_setting') LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', one);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO azukari_base', one);
  END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("hotstay", "0003_fewer_trips")]
    operations = [
        migrations.AddField(
            model_name="setting",
            name="by_weekday",
            field=models.JSONField(default=dict, db_default={}),
        ),
        migrations.RunSQL(DEADLINES, migrations.RunSQL.noop),
    ]
