"""The guard: one lock a station and day, a count in SQL held against roster and law, and the desk's functions.

Whoever books, a family, a station or a command, does it through these functions. They run as the owner, so each asks who
is asking: the owner itself, the station of the child under flow 814-2, or the family of the child that signed in on the
public side. The deferred trigger counts again whatever was written by whom, under the same lock.
"""

from __future__ import annotations

from django.db import migrations

DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

COUNTING = f"""
-- Everybody takes the locks of a station's days in the order of the days, so that no two wait for each other.
CREATE FUNCTION hotstay_lock(station bigint, days date[], wait text DEFAULT '5s') RETURNS void LANGUAGE plpgsql VOLATILE AS $$
DECLARE one date;
BEGIN
  PERFORM pg_catalog.set_config('lock_timeout', wait, true);
  FOR one IN SELECT DISTINCT d FROM unnest(days) d ORDER BY d LOOP
    PERFORM pg_catalog.pg_advisory_xact_lock(814000 + station::int, one - DATE '2000-01-01');
  END LOOP;
END $$;

-- Age reached by the end of the day (年齢計算ニ関スル法律), or the class age of the fiscal year; four and more are one.
CREATE FUNCTION hotstay_band(born date, day date, basis text) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT least(4, greatest(0, extract(year FROM age(
    (CASE basis WHEN '当日' THEN day + 1
      ELSE make_date(extract(year FROM day - INTERVAL '3 months')::int, 4, 1) END)::timestamp, born::timestamp))::int))
$$;

CREATE FUNCTION hotstay_need(n int[], heads smallint[], rounding text, least_staff int) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN n[1] + n[2] + n[3] + n[4] + n[5] = 0 THEN 0 ELSE greatest(least_staff,
    CASE rounding
      WHEN 'official' THEN
        (n[1] * 10 / heads[1] + (n[2] + n[3]) * 10 / heads[2] + n[4] * 10 / heads[3] + n[5] * 10 / heads[4] + 5) / 10
      ELSE ceil(n[1]::numeric / heads[1] + (n[2] + n[3])::numeric / heads[2] + n[4]::numeric / heads[3]
        + n[5]::numeric / heads[4] - 1e-9)::int
    END) END
$$;

CREATE FUNCTION hotstay_slot(at timestamptz, day date) RETURNS int LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT least(48, greatest(0, ceil(extract(epoch FROM (at AT TIME ZONE 'Asia/Tokyo') - day::timestamp) / 1800)))::int
$$;

-- Where a stay really ends: at its leaving; while the child is still there late, with the half-hour begun; else as booked.
CREATE FUNCTION hotstay_end(slots int4range, day date, arrived timestamptz, gone timestamptz, at timestamptz) RETURNS int
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT CASE
    WHEN gone IS NOT NULL THEN hotstay_slot(gone, day)
    WHEN arrived IS NOT NULL AND (at AT TIME ZONE 'Asia/Tokyo')::date = day
      THEN greatest(upper(slots), hotstay_slot(at, day))
    ELSE upper(slots) END
$$;

-- Children present by age in each half-hour of [since, until). Numbers only.
CREATE FUNCTION hotstay_present(station bigint, since date, until date, at timestamptz)
RETURNS TABLE (day date, slot int, n int[]) LANGUAGE sql STABLE {DEFINER} AS $$
  SELECT b.day, k, ARRAY[
    count(*) FILTER (WHERE a = 0), count(*) FILTER (WHERE a = 1), count(*) FILTER (WHERE a = 2),
    count(*) FILTER (WHERE a = 3), count(*) FILTER (WHERE a = 4)]::int[]
  FROM hotstay_booking b
  JOIN hotstay_child c ON c.id = b.child_id
  JOIN hotstay_setting s ON s.station_id = b.station_id AND s.valid @> b.day,
  LATERAL (SELECT hotstay_band(c.born, b.day, s.age_basis) AS a) age,
  LATERAL generate_series(lower(b.slots), hotstay_end(b.slots, b.day, b.arrived, b."left", at) - 1) k
  WHERE b.station_id = $1 AND b.day >= $2 AND b.day < $3 AND b.state = '予約'
  GROUP BY b.day, k
$$;

-- The half-hours in which more children are there than the station may take. None where nobody is there.
CREATE FUNCTION hotstay_over(station bigint, day date, first_slot int, end_slot int, at timestamptz) RETURNS SETOF int
LANGUAGE sql STABLE {DEFINER} AS $$
  SELECT p.slot
  FROM hotstay_present($1, $2, $2 + 1, $5) p
  LEFT JOIN hotstay_setting s ON s.station_id = $1 AND s.valid @> $2
  LEFT JOIN LATERAL (SELECT * FROM hotstay_law l WHERE l.since <= $2 ORDER BY l.since DESC LIMIT 1) law ON true
  JOIN hotstay_station t ON t.id = $1
  LEFT JOIN hotstay_roster r ON r.station_id = $1 AND r.day = $2 AND r.slots @> p.slot,
  LATERAL (SELECT hotstay_need(p.n, CASE WHEN s.transitional THEN law.heads_before ELSE law.heads END,
    s.rounding, s.min_staff) AS need) w
  WHERE p.slot >= $3 AND p.slot < $4 AND (
    s.id IS NULL
    OR p.n[1] + p.n[2] + p.n[3] + p.n[4] + p.n[5] > s.capacity
    OR law.infant * (p.n[1] + p.n[2]) + law.child * (p.n[3] + p.n[4] + p.n[5]) > s.room
    OR coalesce(r.carers, 0) < need
    OR s.half_rule AND coalesce(r.qualified, 0) * 2 < need
    OR p.slot < s.opens OR p.slot >= s.closes
    OR $2 < t.opened
    OR extract(isodow FROM $2)::int - 1 = ANY (s.closed_weekdays)
    OR EXISTS (SELECT FROM hotstay_closure c WHERE c.station_id = $1 AND c.day = $2))
$$;

-- What takes a place is counted again before it is committed. What gives one back, or a child's coming and going, is not.
CREATE FUNCTION hotstay_fits() RETURNS trigger LANGUAGE plpgsql {DEFINER} AS $$
DECLARE full_slot int;
BEGIN
  IF NEW.state <> '予約' OR TG_OP = 'UPDATE' AND OLD.state = '予約' AND OLD.child_id = NEW.child_id
     AND OLD.day = NEW.day AND NEW.slots <@ OLD.slots THEN
    RETURN NULL;
  END IF;
  IF current_setting('transaction_isolation') = 'repeatable read' THEN
    RAISE EXCEPTION 'hotstay_booking: a repeatable snapshot cannot see the others' USING ERRCODE = 'feature_not_supported';
  END IF;
  IF NOT EXISTS (SELECT FROM hotstay_child c
      WHERE c.id = NEW.child_id AND c.registered_on IS NOT NULL AND c.left_on IS NULL) THEN
    RAISE EXCEPTION 'hotstay_booking: child % is not registered', NEW.child_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'hotstay_booking_registered', TABLE = 'hotstay_booking';
  END IF;
  PERFORM hotstay_lock(NEW.station_id, ARRAY[NEW.day]);
  SELECT min(k) INTO full_slot
    FROM hotstay_over(NEW.station_id, NEW.day, lower(NEW.slots), upper(NEW.slots), clock_timestamp()) k;
  IF full_slot IS NOT NULL THEN
    RAISE EXCEPTION 'hotstay_booking: no place in half-hour % of %', full_slot, NEW.day
      USING ERRCODE = 'check_violation', CONSTRAINT = 'hotstay_booking_fits', TABLE = 'hotstay_booking';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER hotstay_booking_fits AFTER INSERT OR UPDATE OF child_id, station_id, day, slots, state
  ON hotstay_booking DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION hotstay_fits();

-- Roster and closed days wait for the bookings under way, and those wait for them.
CREATE FUNCTION hotstay_day_changes() RETURNS trigger LANGUAGE plpgsql {DEFINER} AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM hotstay_lock(OLD.station_id, ARRAY[OLD.day]);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    PERFORM hotstay_lock(NEW.station_id, ARRAY[NEW.day]);
    RETURN NEW;
  END IF;
  RETURN OLD;
END $$;
CREATE TRIGGER hotstay_roster_changes BEFORE INSERT OR UPDATE OR DELETE ON hotstay_roster
  FOR EACH ROW EXECUTE FUNCTION hotstay_day_changes();
CREATE TRIGGER hotstay_closure_changes BEFORE INSERT OR UPDATE OR DELETE ON hotstay_closure
  FOR EACH ROW EXECUTE FUNCTION hotstay_day_changes();
"""

DESK = f"""
CREATE FUNCTION hotstay_staff(owner_of text) RETURNS boolean LANGUAGE plpgsql STABLE {DEFINER} AS $$
BEGIN
  IF session_user = current_user THEN
    RETURN true;  -- the owner also works while the walls are being built
  END IF;
  RETURN current_setting('role') = 'flow_814_2' AND owner_of = walls.contractor('814-2');
END $$;

-- The owner's commands, and the station of the child. The residents' side lets the family of a signed-in child in too.
CREATE FUNCTION hotstay_may(child bigint) RETURNS boolean LANGUAGE plpgsql STABLE {DEFINER} AS $$
BEGIN
  RETURN session_user = current_user OR EXISTS (
    SELECT FROM hotstay_child c WHERE c.id = $1 AND hotstay_staff(c.contractor));
END $$;

CREATE FUNCTION hotstay_refuse(children bigint[]) RETURNS void LANGUAGE plpgsql STABLE {DEFINER} AS $$
BEGIN
  IF EXISTS (SELECT FROM unnest(children) c WHERE c IS NULL OR NOT hotstay_may(c)) THEN
    RAISE EXCEPTION 'hotstay: not a child of this family or station' USING ERRCODE = 'insufficient_privilege';
  END IF;
END $$;

CREATE FUNCTION hotstay_cards(children bigint[]) RETURNS SETOF jsonb LANGUAGE sql STABLE {DEFINER} AS $$
  SELECT jsonb_build_object('id', c.id, 'name', c.name, 'born', c.born, 'station', c.station_id,
    'contractor', c.contractor, 'may_book', c.registered_on IS NOT NULL AND c.left_on IS NULL,
    'family', (SELECT jsonb_agg(o.id ORDER BY o.born, o.id) FROM hotstay_child o WHERE o.family_id = c.family_id))
  FROM hotstay_child c WHERE c.id = ANY ($1) AND hotstay_may(c.id)
$$;

-- Everything about a station's days but people: parameters, roster, closed days, and how many children are there.
CREATE FUNCTION hotstay_frame(station bigint, since date, until date, at timestamptz) RETURNS jsonb LANGUAGE sql STABLE {DEFINER} AS $$
  SELECT jsonb_build_object('station', to_jsonb(t),
    'settings', (SELECT coalesce(jsonb_agg(to_jsonb(s) - 'valid' || jsonb_build_object(
        'since', lower(s.valid), 'until', upper(s.valid))), '[]') FROM hotstay_setting s
      WHERE s.station_id = $1 AND s.valid && daterange($2, $3)),
    'roster', (SELECT coalesce(jsonb_agg(jsonb_build_array(r.day, lower(r.slots), upper(r.slots), r.carers, r.qualified)),
        '[]') FROM hotstay_roster r WHERE r.station_id = $1 AND r.day >= $2 AND r.day < $3),
    'present', (SELECT coalesce(jsonb_agg(jsonb_build_array(p.day, p.slot, p.n)), '[]')
      FROM hotstay_present($1, $2, $3, $4) p),
    'closures', (SELECT coalesce(jsonb_object_agg(c.day, c.words), '{{}}') FROM hotstay_closure c
      WHERE c.station_id = $1 AND c.day >= $2 AND c.day < $3))
  FROM hotstay_station t WHERE t.id = $1
$$;

-- Book these stays and count at once, not only at the commit: what does not fit is then told in words.
CREATE FUNCTION hotstay_put(children bigint[], days date[], starts int[], ends int[], channel text, submit uuid,
  at timestamptz) RETURNS SETOF hotstay_booking LANGUAGE plpgsql VOLATILE {DEFINER} AS $$
#variable_conflict use_column
BEGIN
  PERFORM hotstay_refuse(children);
  INSERT INTO hotstay_booking (child_id, station_id, contractor, day, slots, channel, state, submit, position,
    booked_at, changed_at)
  SELECT c.id, c.station_id, c.contractor, w.day, int4range(w.first, w.last), $5, '予約', $6, w.position - 1, $7, $7
  FROM unnest($1, $2, $3, $4) WITH ORDINALITY AS w (child, day, first, last, position)
  JOIN hotstay_child c ON c.id = w.child;
  SET CONSTRAINTS public.hotstay_booking_fits IMMEDIATE;
  SET CONSTRAINTS public.hotstay_booking_fits DEFERRED;
  RETURN QUERY SELECT b.* FROM hotstay_booking b WHERE b.submit = $6 ORDER BY b.position;
END $$;

CREATE FUNCTION hotstay_bookings(children bigint[], since date) RETURNS SETOF hotstay_booking
LANGUAGE sql STABLE {DEFINER} AS $$
  SELECT b.* FROM hotstay_booking b
  WHERE b.child_id = ANY (ARRAY(SELECT c FROM unnest($1) c WHERE hotstay_may(c))) AND b.day >= $2
  ORDER BY b.day, b.slots, b.child_id, b.id
$$;

-- What this submit made before. Who sent it twice waits here for the first to be answered.
CREATE FUNCTION hotstay_submitted(submit uuid) RETURNS SETOF hotstay_booking LANGUAGE plpgsql VOLATILE {DEFINER} AS $$
BEGIN
  PERFORM set_config('lock_timeout', '10s', true);
  PERFORM pg_advisory_xact_lock(hashtextextended($1::text, 814));
  RETURN QUERY SELECT b.* FROM hotstay_booking b WHERE b.submit = $1 AND hotstay_may(b.child_id) ORDER BY b.position;
END $$;

CREATE FUNCTION hotstay_booking_of(booking bigint) RETURNS SETOF hotstay_booking LANGUAGE sql STABLE {DEFINER} AS $$
  SELECT b.* FROM hotstay_booking b WHERE b.id = $1 AND hotstay_may(b.child_id)
$$;

CREATE FUNCTION hotstay_move(booking bigint, day date, first_slot int, end_slot int, at timestamptz) RETURNS bigint
LANGUAGE sql VOLATILE {DEFINER} AS $$
  UPDATE hotstay_booking b SET day = $2, slots = int4range($3, $4), changed_at = $5
  WHERE b.id = $1 AND b.state = '予約' AND b.arrived IS NULL AND hotstay_may(b.child_id) RETURNING b.id
$$;

-- A child that is there stays longer: its station alone writes that.
CREATE FUNCTION hotstay_lengthen(booking bigint, end_slot int, at timestamptz) RETURNS bigint
LANGUAGE sql VOLATILE {DEFINER} AS $$
  UPDATE hotstay_booking b SET slots = int4range(lower(b.slots), $2), changed_at = $3
  WHERE b.id = $1 AND b.state = '予約' AND b."left" IS NULL AND hotstay_staff(b.contractor) RETURNING b.id
$$;

CREATE FUNCTION hotstay_give_back(booking bigint, state text, at timestamptz) RETURNS bigint
LANGUAGE sql VOLATILE {DEFINER} AS $$
  UPDATE hotstay_booking b SET state = $2, changed_at = $3
  WHERE b.id = $1 AND b.state = '予約' AND b.arrived IS NULL AND hotstay_may(b.child_id)
    AND ($2 = '取消' OR $2 = '不参加' AND hotstay_staff(b.contractor)) RETURNING b.id
$$;

-- The station itself, or the family that reads the code displayed there (of this or the last five minutes).
CREATE FUNCTION hotstay_at_door(station bigint, owner_of text, child bigint, code text, at timestamptz) RETURNS boolean
LANGUAGE sql STABLE {DEFINER} AS $$
  SELECT hotstay_staff($2) OR hotstay_may($3) AND EXISTS (
    SELECT FROM hotstay_arrivalsecret s, generate_series(0, 1) back WHERE s.station_id = $1
    AND $4 = substr(encode(sha256(s.secret || int8send(extract(epoch FROM $5)::bigint / 300 - back)), 'hex'), 1, 20))
$$;

CREATE FUNCTION hotstay_arrive(booking bigint, at timestamptz, code text) RETURNS bigint
LANGUAGE sql VOLATILE {DEFINER} AS $$
  UPDATE hotstay_booking b SET arrived = $2 WHERE b.id = $1 AND b.state = '予約' AND b.arrived IS NULL
    AND b.day = ($2 AT TIME ZONE 'Asia/Tokyo')::date
    AND hotstay_at_door(b.station_id, b.contractor, b.child_id, $3, $2) RETURNING b.id
$$;

CREATE FUNCTION hotstay_depart(booking bigint, at timestamptz, code text) RETURNS bigint
LANGUAGE sql VOLATILE {DEFINER} AS $$
  UPDATE hotstay_booking b SET "left" = $2 WHERE b.id = $1 AND b.state = '予約' AND b.arrived <= $2 AND b."left" IS NULL
    AND b.day = ($2 AT TIME ZONE 'Asia/Tokyo')::date
    AND hotstay_at_door(b.station_id, b.contractor, b.child_id, $3, $2) RETURNING b.id
$$;

CREATE FUNCTION hotstay_wait(children bigint[], days date[], starts int[], ends int[], channel text, submit uuid,
  at timestamptz) RETURNS bigint LANGUAGE plpgsql VOLATILE {DEFINER} AS $$
#variable_conflict use_column
DECLARE made bigint;
BEGIN
  PERFORM hotstay_refuse(children);
  INSERT INTO hotstay_waitinggroup (station_id, contractor, submit, channel, state, since)
  SELECT DISTINCT c.station_id, c.contractor, $6, $5, '待機', $7 FROM hotstay_child c WHERE c.id = ANY ($1)
  ON CONFLICT (submit) DO NOTHING RETURNING id INTO made;
  INSERT INTO hotstay_waitingwish (group_id, child_id, contractor, day, slots)
  SELECT made, c.id, c.contractor, w.day, int4range(w.first, w.last)
  FROM unnest($1, $2, $3, $4) AS w (child, day, first, last) JOIN hotstay_child c ON c.id = w.child
  WHERE made IS NOT NULL;
  RETURN (SELECT g.id FROM hotstay_waitinggroup g WHERE g.submit = $6);
END $$;

CREATE FUNCTION hotstay_may_group(asked bigint) RETURNS boolean LANGUAGE sql STABLE {DEFINER} AS $$
  SELECT bool_and(hotstay_may(w.child_id)) FROM hotstay_waitingwish w WHERE w.group_id = $1
$$;

CREATE FUNCTION hotstay_leave(waiting bigint) RETURNS bigint LANGUAGE sql VOLATILE {DEFINER} AS $$
  UPDATE hotstay_waitinggroup g SET state = '取下げ' WHERE g.id = $1 AND g.state = '待機' AND hotstay_may_group(g.id)
  RETURNING g.id
$$;

-- `turn` counts the groups at the station that began to wait before for one of the same days.
CREATE FUNCTION hotstay_groups(children bigint[])
RETURNS TABLE (id bigint, state text, since timestamptz, turn int, wishes jsonb) LANGUAGE sql STABLE {DEFINER} AS $$
  SELECT g.id, g.state, g.since, CASE WHEN g.state = '待機' THEN 1 + (
      SELECT count(DISTINCT o.id)::int FROM hotstay_waitinggroup o JOIN hotstay_waitingwish ow ON ow.group_id = o.id
      JOIN hotstay_waitingwish mine ON mine.group_id = g.id AND mine.day = ow.day
      WHERE o.station_id = g.station_id AND o.state = '待機' AND (o.since, o.id) < (g.since, g.id)) END,
    (SELECT jsonb_agg(jsonb_build_array(w.child_id, w.day, lower(w.slots), upper(w.slots)) ORDER BY w.day, w.slots, w.id)
      FROM hotstay_waitingwish w WHERE w.group_id = g.id)
  FROM hotstay_waitinggroup g
  WHERE g.id IN (SELECT w.group_id FROM hotstay_waitingwish w WHERE w.child_id = ANY ($1)) AND hotstay_may_group(g.id)
  ORDER BY g.since, g.id
$$;

-- Groups that wait for one of these days, first come first, each with all its days: numbers and days, nobody.
CREATE FUNCTION hotstay_queue(station bigint, days date[]) RETURNS TABLE (waiting bigint, all_days date[])
LANGUAGE sql STABLE {DEFINER} AS $$
  SELECT g.id, (SELECT array_agg(DISTINCT w.day) FROM hotstay_waitingwish w WHERE w.group_id = g.id)
  FROM hotstay_waitinggroup g WHERE g.station_id = $1 AND g.state = '待機'
    AND EXISTS (SELECT FROM hotstay_waitingwish w WHERE w.group_id = g.id AND w.day = ANY ($2))
  ORDER BY g.since, g.id
$$;

-- All of a group's stays become bookings, or nothing happens; after the channel's deadline nobody is surprised by one. The children, for the ledger; NULL when nothing happened.
CREATE FUNCTION hotstay_promote(waiting bigint, at timestamptz) RETURNS bigint[] LANGUAGE plpgsql VOLATILE {DEFINER} AS $$
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
          (w.day - (s.deadlines->g.channel->>0)::int)::timestamp
            + make_interval(mins => (s.deadlines->g.channel->>1)::int))
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

-- Bookings of a station that lie in a half-hour that is over, who booked last first.
CREATE FUNCTION hotstay_unfit(station bigint, since date, until date, at timestamptz)
RETURNS TABLE (id bigint, child_id bigint, station_id bigint, day date, slots int4range, channel text, state text,
  submit uuid, arrived timestamptz, "left" timestamptz, band int) LANGUAGE sql STABLE {DEFINER} AS $$
  SELECT b.id, b.child_id, b.station_id, b.day, b.slots, b.channel, b.state, b.submit, b.arrived, b."left",
    hotstay_band(c.born, b.day, s.age_basis)
  FROM hotstay_booking b JOIN hotstay_station t ON t.id = b.station_id JOIN hotstay_child c ON c.id = b.child_id
  JOIN hotstay_setting s ON s.station_id = b.station_id AND s.valid @> b.day
  WHERE b.station_id = $1 AND b.day >= $2 AND b.day < $3 AND b.state = '予約' AND hotstay_staff(t.contractor)
    AND EXISTS (SELECT FROM hotstay_over(b.station_id, b.day, lower(b.slots), upper(b.slots), $4))
  ORDER BY b.booked_at DESC, b.id DESC
$$;

CREATE FUNCTION hotstay_stations() RETURNS SETOF hotstay_station LANGUAGE sql STABLE {DEFINER} AS $$
  SELECT * FROM hotstay_station ORDER BY opened, id
$$;

CREATE FUNCTION hotstay_own(station bigint) RETURNS void LANGUAGE plpgsql STABLE {DEFINER} AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM hotstay_station t WHERE t.id = $1 AND hotstay_staff(t.contractor)) THEN
    RAISE EXCEPTION 'hotstay: not a station of this contractor' USING ERRCODE = 'insufficient_privilege';
  END IF;
END $$;

CREATE FUNCTION hotstay_arrival_code(station bigint, at timestamptz) RETURNS text LANGUAGE plpgsql STABLE {DEFINER} AS $$
BEGIN
  PERFORM hotstay_own(station);
  RETURN (SELECT substr(encode(sha256(s.secret || int8send(extract(epoch FROM $2)::bigint / 300)), 'hex'), 1, 20)
    FROM hotstay_arrivalsecret s WHERE s.station_id = $1);
END $$;

CREATE FUNCTION hotstay_put_roster(station bigint, day date, firsts int[], ends int[], carers int[], qualified int[])
RETURNS void LANGUAGE plpgsql VOLATILE {DEFINER} AS $$
BEGIN
  PERFORM hotstay_own(station);
  DELETE FROM hotstay_roster r WHERE r.station_id = $1 AND r.day = $2;
  INSERT INTO hotstay_roster (station_id, day, slots, carers, qualified)
  SELECT $1, $2, int4range(f, e), c, q FROM unnest($3, $4, $5, $6) AS w (f, e, c, q);
END $$;

CREATE FUNCTION hotstay_close(station bigint, day date, words text) RETURNS void LANGUAGE plpgsql VOLATILE {DEFINER} AS $$
BEGIN
  PERFORM hotstay_own(station);
  DELETE FROM hotstay_closure c WHERE c.station_id = $1 AND c.day = $2;
  INSERT INTO hotstay_closure (station_id, day, words) SELECT $1, $2, $3 WHERE $3 <> '';
END $$;

-- A month in numbers for the ward's own section and the owner: nobody's key among them.
CREATE FUNCTION hotstay_stays(since date, until date) RETURNS TABLE (station bigint, day date, band int, years int,
  slots int4range, channel text, state text, late boolean) LANGUAGE plpgsql STABLE {DEFINER} AS $$
BEGIN
  IF session_user <> current_user THEN
    IF NOT (current_setting('role') = 'entry_r_hotstay' AND walls.open('r-hotstay')
        OR current_setting('role') = 'flow_814_2' AND walls.open('814-2')) THEN
      RETURN;
    END IF;
  END IF;
  RETURN QUERY SELECT b.station_id, b.day, hotstay_band(c.born, b.day, s.age_basis), hotstay_band(c.born, b.day, '当日'),
      b.slots, b.channel::text, b.state::text, coalesce(hotstay_slot(b."left", b.day) > upper(b.slots), false)
    FROM hotstay_booking b JOIN hotstay_child c ON c.id = b.child_id
    JOIN hotstay_setting s ON s.station_id = b.station_id AND s.valid @> b.day
    WHERE b.day >= $1 AND b.day < $2 AND (current_setting('role') <> 'flow_814_2' OR hotstay_staff(b.contractor))
    ORDER BY b.station_id, b.day, b.slots, b.id;
END $$;

DO $$ DECLARE one regprocedure; BEGIN
  FOR one IN SELECT p.oid::regprocedure FROM pg_proc p
      WHERE p.pronamespace = 'public'::regnamespace AND p.proname LIKE 'hotstay\\_%' LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', one);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO azukari_base', one);
  END LOOP;
END $$;
"""


def put_law(apps: object, schema_editor: object) -> None:
    """The shipped law, for the guard. Its numbers change by a further migration that reads the file again."""
    from azukari.business.hotstay.rules.law import law, ratio_on

    table = apps.get_model("hotstay", "Law").objects.using(schema_editor.connection.alias)  # type: ignore[attr-defined]
    for since in sorted({row.since for row in (*law().ratios, *law().rooms)}):
        room = max((row for row in law().rooms if row.since <= since), key=lambda row: row.since)
        table.create(
            since=since,
            heads=list(ratio_on(since, transitional=False).heads),
            heads_before=list(ratio_on(since, transitional=True).heads),
            infant=room.infant,
            child=room.child,
        )


class Migration(migrations.Migration):
    dependencies = [("hotstay", "0001_initial")]
    operations = [
        migrations.RunSQL(COUNTING, migrations.RunSQL.noop),
        migrations.RunSQL(DESK, migrations.RunSQL.noop),
        migrations.RunPython(put_law, migrations.RunPython.noop),
    ]
