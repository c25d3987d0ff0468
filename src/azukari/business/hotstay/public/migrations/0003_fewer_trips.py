"""The session in one statement, whose family it is found out once a statement; a page that is only read writes nothing."""

from django.db import migrations

DEFINER = "SECURITY DEFINER SET search_path = pg_catalog, pg_temp"
FEWER = f"""
-- Whose rows there are. Two look-ups by an index each: with OR in one condition PostgreSQL would read the whole table.
CREATE OR REPLACE FUNCTION guest.child() RETURNS bigint LANGUAGE sql STABLE {DEFINER} AS $$
SELECT coalesce(
  (SELECT c.child FROM public.hotstay_public_session s JOIN public.hotstay_public_credential c ON c.id = s.credential_id
   WHERE s.id = guest.session() AND NOT c.slip),
  (SELECT child FROM public.hotstay_public_credential
   WHERE NOT slip AND feed = sha256(decode(nullif(current_setting('azukari.feed', true), ''), 'hex'))))
$$;

-- Let the transaction speak for the session of this token (hex). The birth date is for the check of a new password. `seen` is kept to a quarter of a minute, so that a
-- family that turns pages does not write on each: its session rests at most that much earlier.
DROP FUNCTION guest.resume();
CREATE FUNCTION guest.resume(token text) RETURNS TABLE (child bigint, login text, shared boolean, slip boolean,
  ends timestamptz, born date) LANGUAGE plpgsql {DEFINER} AS $$
#variable_conflict use_column
DECLARE mine bigint;
BEGIN
  PERFORM set_config('azukari.guest', $1, true);
  mine := guest.session();
  UPDATE public.hotstay_public_session SET seen = now() WHERE id = mine AND seen < now() - interval '15 seconds';
  RETURN QUERY SELECT c.child, c.login::text, s.shared, c.slip, s.ends, o.born
    FROM public.hotstay_public_session s JOIN public.hotstay_public_credential c ON c.id = s.credential_id
    JOIN public.hotstay_child o ON o.id = c.child WHERE s.id = mine;
END
$$;
REVOKE ALL ON FUNCTION guest.resume(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION guest.resume(text) TO azukari_public;

-- On the residents' server the family is that of the session, whatever else the transaction says about itself.
CREATE OR REPLACE FUNCTION public.hotstay_mine(children bigint[]) RETURNS bigint[] LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN CASE
    WHEN session_user = current_user THEN children
    WHEN session_user = 'azukari_public' THEN ARRAY(
      SELECT c.id FROM hotstay_child me JOIN hotstay_child c ON c.family_id = me.family_id
      WHERE me.id = guest.child() AND c.id = ANY (children))
    ELSE ARRAY(SELECT c.id FROM hotstay_child c WHERE c.id = ANY (children) AND hotstay_staff(c.contractor)) END;
END $$;
CREATE OR REPLACE FUNCTION public.hotstay_may(child bigint) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT $1 = ANY (hotstay_mine(ARRAY[$1]))
$$;

DO $$ DECLARE one regprocedure; BEGIN
  FOR one IN SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
      AND p.proname IN ('hotstay_family', 'hotstay_ask', 'hotstay_take', 'hotstay_at_door', 'hotstay_arrive', 'hotstay_depart')
  LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO azukari_public', one);
  END LOOP;
  EXECUTE 'REVOKE EXECUTE ON FUNCTION public.hotstay_put(bigint[], date[], int[], int[], text, uuid, timestamptz) FROM azukari_public';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("hotstay_public", "0002_guest"), ("hotstay", "0003_fewer_trips")]

    operations = [migrations.RunSQL(FEWER, migrations.RunSQL.noop)]
