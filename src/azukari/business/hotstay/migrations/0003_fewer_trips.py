"""One statement where the desk needed four: what a submit has to know, and booking with the refusal as an answer.

Who is asking is found out once a statement (`hotstay_mine`), not once a row. What may be seen and done stays the same.
"""

from __future__ import annotations

from django.db import migrations

DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp"

FEWER = f"""
-- As before, but each stay's age and end are found once, not in every half-hour of it.
CREATE OR REPLACE FUNCTION hotstay_present(station bigint, since date, until date, at timestamptz)
RETURNS TABLE (day date, slot int, n int[]) LANGUAGE sql STABLE {DEFINER} SET plan_cache_mode = force_generic_plan AS $$
  WITH stays AS MATERIALIZED (
    SELECT b.day, hotstay_band(c.born, b.day, s.age_basis) AS a, lower(b.slots) AS first,
      hotstay_end(b.slots, b.day, b.arrived, b."left", $4) AS past
    FROM hotstay_booking b
    JOIN hotstay_child c ON c.id = b.child_id
    JOIN hotstay_setting s ON s.station_id = b.station_id AND s.valid @> b.day
    WHERE b.station_id = $1 AND b.day >= $2 AND b.day < $3 AND b.state = '予約')
  SELECT stays.day, k, ARRAY[
    count(*) FILTER (WHERE a = 0), count(*) FILTER (WHERE a = 1), count(*) FILTER (WHERE a = 2),
    count(*) FILTER (WHERE a = 3), count(*) FILTER (WHERE a = 4)]::int[]
  FROM stays, generate_series(first, past - 1) k GROUP BY stays.day, k
$$;

-- Those of the children for whom the asker may speak. The residents' side puts the family of the session in its place.
CREATE FUNCTION hotstay_mine(children bigint[]) RETURNS bigint[] LANGUAGE plpgsql STABLE {DEFINER} AS $$
BEGIN
  RETURN CASE WHEN session_user = current_user THEN children ELSE ARRAY(
    SELECT c.id FROM hotstay_child c WHERE c.id = ANY (children) AND hotstay_staff(c.contractor)) END;
END $$;

CREATE OR REPLACE FUNCTION hotstay_refuse(children bigint[]) RETURNS void LANGUAGE plpgsql STABLE {DEFINER} AS $$
BEGIN
  IF (SELECT count(*) FROM unnest(children) c WHERE c = ANY ((SELECT hotstay_mine(children))::bigint[]))
      <> cardinality(children) THEN
    RAISE EXCEPTION 'hotstay: not a child of this family or station' USING ERRCODE = 'insufficient_privilege';
  END IF;
END $$;

CREATE OR REPLACE FUNCTION hotstay_cards(children bigint[]) RETURNS SETOF jsonb LANGUAGE sql STABLE {DEFINER} AS $$
  SELECT jsonb_build_object('id', c.id, 'name', c.name, 'born', c.born, 'station', c.station_id,
    'contractor', c.contractor, 'may_book', c.registered_on IS NOT NULL AND c.left_on IS NULL,
    'family', (SELECT jsonb_agg(o.id ORDER BY o.born, o.id) FROM hotstay_child o WHERE o.family_id = c.family_id))
  FROM hotstay_child c WHERE c.id = ANY ((SELECT hotstay_mine($1))::bigint[])
$$;

-- The child's card and those of the brothers and sisters at the station, the eldest first.
CREATE FUNCTION hotstay_family(child bigint) RETURNS SETOF jsonb LANGUAGE sql STABLE {DEFINER} AS $$
  SELECT card FROM hotstay_cards(ARRAY(
    SELECT o.id FROM hotstay_child c JOIN hotstay_child o ON o.family_id = c.family_id WHERE c.id = $1)) card
  ORDER BY card->>'born', (card->>'id')::bigint
$$;

CREATE OR REPLACE FUNCTION hotstay_bookings(children bigint[], since date) RETURNS SETOF hotstay_booking
LANGUAGE sql STABLE {DEFINER} AS $$
  SELECT b.* FROM hotstay_booking b WHERE b.child_id = ANY ((SELECT hotstay_mine($1))::bigint[]) AND b.day >= $2
  ORDER BY b.day, b.slots, b.child_id, b.id
$$;

-- All that a submit has to know, each part read after the same submit under way elsewhere was waited for: whether it was
-- answered before, the children, their other stays from today on, and the station's days from the first to the last.
CREATE FUNCTION hotstay_ask(children bigint[], days date[], submit uuid, at timestamptz) RETURNS jsonb
LANGUAGE plpgsql VOLATILE {DEFINER} AS $$
#variable_conflict use_variable
DECLARE
  answered boolean := EXISTS (SELECT FROM hotstay_submitted(submit));
  cards jsonb := (SELECT coalesce(jsonb_agg(card), '[]') FROM hotstay_cards(children) card);
BEGIN
  RETURN jsonb_build_object(
    'answered', answered,
    'cards', cards,
    'others', (SELECT jsonb_agg(jsonb_build_array(b.child_id, b.day, lower(b.slots), upper(b.slots)))
      FROM hotstay_bookings(children, (at AT TIME ZONE 'Asia/Tokyo')::date) b WHERE b.state = '予約'),
    'frame', hotstay_frame((cards->0->>'station')::bigint, (SELECT min(d) FROM unnest(days) d),
      (SELECT max(d) + 1 FROM unnest(days) d), at));
END $$;

-- Book as `hotstay_put` does; a rule that the database itself refuses is an answer (the constraint's name), not the end
-- of the transaction.
CREATE FUNCTION hotstay_take(children bigint[], days date[], starts int[], ends int[], channel text, submit uuid,
  at timestamptz) RETURNS TABLE (refused text, taken hotstay_booking) LANGUAGE plpgsql VOLATILE {DEFINER} AS $$
BEGIN
  RETURN QUERY SELECT NULL::text, b FROM hotstay_put($1, $2, $3, $4, $5, $6, $7) b;
EXCEPTION WHEN integrity_constraint_violation THEN
  GET STACKED DIAGNOSTICS refused = CONSTRAINT_NAME;
  RETURN NEXT;
END $$;

DO $$ DECLARE one regprocedure; BEGIN
  FOR one IN SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
      AND p.proname IN ('hotstay_mine', 'hotstay_family', 'hotstay_ask', 'hotstay_take') LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', one);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO azukari_base', one);
  END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("hotstay", "0002_guard")]
    operations = [migrations.RunSQL(FEWER, migrations.RunSQL.noop)]
