"""The doors of the residents' server: SECURITY DEFINER functions that sign in, keep and end sessions, and queue mail.

PostgreSQL counts the failures and compares the verifier, so a page that is broken or taken over can neither skip the
counting nor open a session without the password. The page computes argon2id; what it sends is compared by its SHA-256.
"""

from django.db import migrations

SIGN_IN = """
CREATE SCHEMA guest;

INSERT INTO public.hotstay_public_secret (word)
VALUES (sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')));

-- The salt of an ID; an unknown ID has one of its own too, always the same.
CREATE FUNCTION guest.salt(asked text) RETURNS bytea LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
SELECT coalesce(
  (SELECT salt FROM public.hotstay_public_credential WHERE login = asked),
  (SELECT substr(sha256(word || convert_to(asked, 'UTF8') || word), 1, 16) FROM public.hotstay_public_secret))
$$;

-- One attempt. Rows are locked in the order ID at this network, ID, network, so that a hundred at once are counted one
-- by one and none waits in a circle. While any of the three rests, an attempt changes nothing.
CREATE FUNCTION guest.begin(
  asked text, derived bytea, network text, fresh bytea, on_shared boolean, OUT outcome text, OUT who bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  moment timestamptz := clock_timestamp();
  keys bytea[] := ARRAY[
    sha256(convert_to('pair ' || asked || ' ' || network, 'UTF8')), sha256(convert_to('id ' || asked, 'UTF8')),
    sha256(convert_to('net ' || network, 'UTF8'))];
  allowed int[] := ARRAY[5, 20, 50];
  resting boolean := false;
  found public.hotstay_public_credential;
  one public.hotstay_public_attempt;
BEGIN
  FOR n IN 1 .. 3 LOOP
    INSERT INTO public.hotstay_public_attempt AS a (key, failed, last) VALUES (keys[n], 0, moment)
    ON CONFLICT (key) DO UPDATE
      SET failed = CASE WHEN a.last < moment - interval '1 day' THEN 0 ELSE a.failed END, last = moment
    RETURNING * INTO one;
    resting := resting OR coalesce(one.rest_until > moment, false);
  END LOOP;
  SELECT * INTO found FROM public.hotstay_public_credential WHERE login = asked;
  who := found.child;
  IF resting THEN
    outcome := 'resting';
  ELSIF coalesce(found.verifier = sha256(derived), false) AND (NOT found.slip OR found.slip_until > moment) THEN
    outcome := CASE WHEN found.slip THEN 'slip' ELSE 'in' END;
    DELETE FROM public.hotstay_public_attempt WHERE key = ANY (keys[1:2]) OR last < moment - interval '2 days';
    INSERT INTO public.hotstay_public_session (token, credential_id, began, seen, ends, shared)
    VALUES (sha256(fresh), found.id, moment, moment,
            moment + CASE WHEN on_shared THEN interval '30 minutes' ELSE interval '8 hours' END, on_shared);
  ELSE
    outcome := 'wrong';
    FOR n IN 1 .. 3 LOOP
      UPDATE public.hotstay_public_attempt SET failed = failed + 1, rest_until = CASE
        WHEN failed + 1 >= allowed[n] THEN moment + least(
          interval '1 minute' * (CASE n WHEN 1 THEN 1 ELSE 5 END) * 2 ^ least(failed + 1 - allowed[n], 6),
          interval '1 hour') END
      WHERE key = keys[n];
    END LOOP;
  END IF;
END
$$;

-- The session that this transaction speaks for (azukari.guest is the cookie's token in hex), unless it is over.
CREATE FUNCTION guest.session() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
SELECT id FROM public.hotstay_public_session
WHERE token = sha256(decode(nullif(current_setting('azukari.guest', true), ''), 'hex')) AND ends > now()
  AND seen > now() - CASE WHEN shared THEN interval '5 minutes' ELSE interval '30 minutes' END
$$;

-- Whose rows there are: the signed-in child, or the child of a calendar feed. NULL for everybody else.
CREATE FUNCTION guest.child() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
SELECT child FROM public.hotstay_public_credential
WHERE NOT slip AND (
  id = (SELECT credential_id FROM public.hotstay_public_session WHERE id = guest.session())
  OR feed = sha256(decode(nullif(current_setting('azukari.feed', true), ''), 'hex')))
$$;

CREATE FUNCTION guest.resume() RETURNS TABLE (child bigint, login text, shared boolean, slip boolean, ends timestamptz)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
UPDATE public.hotstay_public_session s SET seen = now() FROM public.hotstay_public_credential c
WHERE s.id = guest.session() AND c.id = s.credential_id RETURNING c.child, c.login, s.shared, c.slip, s.ends
$$;

-- Until the first password is set the slip's word is the old one. Every other session of the child ends. Who guesses the
-- old one five times in a session found open is put out of it.
CREATE FUNCTION guest.set_password(old_derived bytea, new_salt bytea, new_derived bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  mine public.hotstay_public_session;
BEGIN
  SELECT * INTO mine FROM public.hotstay_public_session WHERE id = guest.session();
  UPDATE public.hotstay_public_credential
  SET salt = new_salt, verifier = sha256(new_derived), slip = false
  WHERE id = mine.credential_id AND (slip OR verifier = sha256(old_derived));
  IF NOT FOUND THEN
    INSERT INTO public.hotstay_public_attempt AS a (key, failed, last)
    VALUES (sha256(convert_to('change ' || mine.id, 'UTF8')), 1, now())
    ON CONFLICT (key) DO UPDATE SET failed = a.failed + 1, last = now();
    DELETE FROM public.hotstay_public_session s USING public.hotstay_public_attempt a
    WHERE s.id = mine.id AND a.key = sha256(convert_to('change ' || mine.id, 'UTF8')) AND a.failed >= 5;
    RETURN false;
  END IF;
  INSERT INTO public.hotstay_public_session (token, credential_id, began, seen, ends, shared)
  VALUES (mine.token, mine.credential_id, mine.began, now(), mine.ends, mine.shared);
  RETURN true;
END
$$;

CREATE FUNCTION guest.leave() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DELETE FROM public.hotstay_public_session
WHERE token = sha256(decode(nullif(current_setting('azukari.guest', true), ''), 'hex'));
DELETE FROM public.hotstay_public_session WHERE ends < now() - interval '1 day';
$$;

CREATE FUNCTION guest.leave_others() RETURNS bigint LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
WITH mine AS (SELECT id, credential_id FROM public.hotstay_public_session WHERE id = guest.session()),
gone AS (
  DELETE FROM public.hotstay_public_session s USING mine
  WHERE s.credential_id = mine.credential_id AND s.id <> mine.id RETURNING 1)
SELECT count(*) FROM gone
$$;

CREATE FUNCTION guest.devices() RETURNS TABLE (began timestamptz, seen timestamptz, shared boolean, here boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
SELECT s.began, s.seen, s.shared, s.id = mine.id
FROM public.hotstay_public_session s
JOIN public.hotstay_public_session mine ON mine.id = guest.session() AND mine.credential_id = s.credential_id
WHERE s.ends > now() AND s.seen > now() - CASE WHEN s.shared THEN interval '5 minutes' ELSE interval '30 minutes' END
ORDER BY s.began DESC
$$;

-- A fresh address of the calendar feed (the old one ends), or none with NULL.
CREATE FUNCTION guest.set_feed(fresh bytea) RETURNS boolean LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
WITH done AS (
  UPDATE public.hotstay_public_credential SET feed = sha256(fresh)
  WHERE NOT slip AND id = (SELECT credential_id FROM public.hotstay_public_session WHERE id = guest.session())
  RETURNING 1)
SELECT EXISTS (SELECT FROM done)
$$;

CREATE FUNCTION guest.has_feed() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
SELECT EXISTS (SELECT FROM public.hotstay_public_credential WHERE feed IS NOT NULL
  AND id = (SELECT credential_id FROM public.hotstay_public_session WHERE id = guest.session()))
$$;

-- A changed verifier ends every session begun with the old one; a new slip ends the calendar feed too.
CREATE FUNCTION guest.end_sessions() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM public.hotstay_public_session WHERE credential_id = NEW.id;
  NEW.feed := CASE WHEN NEW.slip THEN NULL ELSE NEW.feed END;
  RETURN NEW;
END
$$;
CREATE TRIGGER end_sessions BEFORE UPDATE OF verifier ON public.hotstay_public_credential
FOR EACH ROW WHEN (OLD.verifier IS DISTINCT FROM NEW.verifier) EXECUTE FUNCTION guest.end_sessions();

-- Mail says nothing about anybody, so every role that books may queue it; the same cause is queued once.
CREATE FUNCTION guest.queue_mail(kind text, child bigint, cause text, due timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
INSERT INTO public.hotstay_public_mail (kind, child, cause, queued, due, tries, given_up)
VALUES ($1, $2, $3, now(), $4, 0, false) ON CONFLICT DO NOTHING
$$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA guest FROM PUBLIC;
GRANT USAGE ON SCHEMA guest TO azukari_public;
GRANT EXECUTE ON FUNCTION guest.salt(text), guest.begin(text, bytea, text, bytea, boolean), guest.child(),
  guest.resume(), guest.set_password(bytea, bytea, bytea), guest.leave(), guest.leave_others(), guest.devices(),
  guest.set_feed(bytea), guest.has_feed(), guest.queue_mail(text, bigint, text, timestamptz) TO azukari_public;
GRANT USAGE ON SCHEMA guest TO PUBLIC;
GRANT EXECUTE ON FUNCTION guest.queue_mail(text, bigint, text, timestamptz) TO PUBLIC;
"""
FAMILY = """
-- On the residents' server the family is that of the session, whatever else the transaction says about itself.
CREATE OR REPLACE FUNCTION public.hotstay_may(child bigint) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  RETURN session_user = current_user OR EXISTS (
    SELECT FROM hotstay_child c WHERE c.id = $1 AND CASE session_user
      WHEN 'azukari_public' THEN c.family_id = (
        SELECT me.family_id FROM hotstay_child me WHERE me.id = guest.child())
      ELSE hotstay_staff(c.contractor) END);
END $$;

-- An ID is for a child that its contractor has registered.
CREATE FUNCTION guest.registered() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM public.hotstay_child c
      WHERE c.id = NEW.child AND c.contractor = NEW.contractor AND c.registered_on IS NOT NULL) THEN
    RAISE EXCEPTION 'hotstay_public: not a registered child of this contractor'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'hotstay_public_registered';
  END IF;
  RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER registered AFTER INSERT OR UPDATE ON public.hotstay_public_credential
FOR EACH ROW EXECUTE FUNCTION guest.registered();
REVOKE ALL ON FUNCTION guest.registered() FROM PUBLIC;

-- What a family may call. All of them ask hotstay_may, or say numbers and days only.
DO $$ DECLARE one regprocedure; BEGIN
  FOR one IN SELECT p.oid::regprocedure FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND p.proname = ANY (ARRAY[
      'hotstay_lock', 'hotstay_present', 'hotstay_frame', 'hotstay_cards', 'hotstay_put', 'hotstay_bookings',
      'hotstay_submitted', 'hotstay_booking_of', 'hotstay_move', 'hotstay_give_back', 'hotstay_wait', 'hotstay_leave',
      'hotstay_groups', 'hotstay_queue', 'hotstay_promote'])
  LOOP
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO azukari_public', one);
  END LOOP;
END $$;

-- Mail about a booking is queued with the booking, by whichever channel it came. One submit is one mail. The reminder
-- comes a day before the family can no longer give the place back by itself.
CREATE FUNCTION guest.reminder_due(station bigint, day date) RETURNS timestamptz LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
SELECT (($2 - (s.cancel->>0)::int)::timestamp + make_interval(mins => (s.cancel->>1)::int)) AT TIME ZONE 'Asia/Tokyo' - interval '1 day'
FROM public.hotstay_setting s WHERE s.station_id = $1 AND s.valid @> $2
$$;
CREATE FUNCTION guest.tell() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  waited boolean := EXISTS (SELECT FROM public.hotstay_waitinggroup g WHERE g.submit = NEW.submit);
  due timestamptz := guest.reminder_due(NEW.station_id, NEW.day);
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM guest.queue_mail(CASE WHEN waited THEN 'placed' ELSE 'booked' END, NEW.child_id, NEW.submit::text, now());
  ELSIF NEW.state = '取消' AND OLD.state = '予約' THEN
    PERFORM guest.queue_mail('cancelled', NEW.child_id, NEW.id::text, now());
  ELSIF NEW.state = '予約' AND (NEW.day, NEW.slots) IS DISTINCT FROM (OLD.day, OLD.slots) AND NEW.arrived IS NULL THEN
    PERFORM guest.queue_mail('changed', NEW.child_id, NEW.id || '@' || NEW.changed_at, now());
  END IF;
  IF NEW.state = '予約' AND due > now() THEN
    PERFORM guest.queue_mail('reminder', NEW.child_id, NEW.id || '@' || NEW.day, due);
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER tell_family AFTER INSERT OR UPDATE OF state, day, slots ON public.hotstay_booking
FOR EACH ROW EXECUTE FUNCTION guest.tell();
REVOKE ALL ON FUNCTION guest.tell(), guest.reminder_due(bigint, date) FROM PUBLIC;
"""
AWAY = """
DROP TRIGGER tell_family ON public.hotstay_booking;
DROP TRIGGER end_sessions ON public.hotstay_public_credential;
DROP SCHEMA guest CASCADE;
"""


class Migration(migrations.Migration):
    dependencies = [("hotstay_public", "0001_initial"), ("hotstay", "0002_guard")]

    operations = [migrations.RunSQL(SIGN_IN, AWAY), migrations.RunSQL(FAMILY, migrations.RunSQL.noop)]
