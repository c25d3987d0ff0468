"""What no page and no command can do with the lists: hand over whom the ward reaches itself, or whom no list names."""

from __future__ import annotations

from django.db import migrations

# Whom the ward reaches by its own people alone: the person told of, and whoever lives in the same household on that day,
# for an address is shared. From the day it is known until the day it ends.
PROTECTED = """
CREATE FUNCTION health_shares_home(who bigint, day date) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT who UNION
  SELECT b.person_id FROM public.people_membership a JOIN public.people_membership b ON b.household_id = a.household_id
   WHERE a.person_id = who AND a.valid @> day AND b.valid @> day
$$;
CREATE FUNCTION health_is_protected(who bigint, day date) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
  SELECT EXISTS (SELECT FROM public.health_protected p WHERE (p.until IS NULL OR day < p.until)
                    AND p.person_id IN (SELECT public.health_shares_home(who, day)))
$$;
CREATE FUNCTION health_today() RETURNS date LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
  SELECT (now() AT TIME ZONE 'Asia/Tokyo')::date
$$;
REVOKE ALL ON FUNCTION health_shares_home FROM PUBLIC;
REVOKE ALL ON FUNCTION health_is_protected FROM PUBLIC;
"""
NOT_PROTECTED = """
DROP FUNCTION health_today; DROP FUNCTION health_is_protected; DROP FUNCTION health_shares_home;
"""
# A row of a list that must not be is not kept, whoever writes it, and nobody is told; it stands under r-health-hand.
LISTED = """
CREATE FUNCTION health_listed_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.id, NEW.list_id, NEW.person_id) IS DISTINCT FROM (OLD.id, OLD.list_id, OLD.person_id) THEN
      RAISE EXCEPTION 'a row of a list stays its person''s' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF public.health_is_protected(NEW.person_id, public.health_today()) THEN
    INSERT INTO public.health_byhand (id, list_id, person_id, programme, fiscal_year, "group")
      SELECT NEW.id, l.id, NEW.person_id, l.programme, l.fiscal_year, NEW."group" FROM public.health_list l
       WHERE l.id = NEW.list_id
      ON CONFLICT DO NOTHING;
    RETURN NULL;
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION health_listed_guard() FROM PUBLIC;
CREATE TRIGGER health_listed_guard BEFORE INSERT OR UPDATE ON health_listed
  FOR EACH ROW EXECUTE FUNCTION health_listed_guard();
"""
NOT_LISTED = "DROP TRIGGER health_listed_guard ON health_listed; DROP FUNCTION health_listed_guard;"
# Each flow is handed persons of the lists it is for, to the contractor of its hand-over, and to nobody else.
FLOWS = {
    "callsubject": "h.flow = '809-1' AND l.programme IN ('checkup', 'guidance')",
    "guidancemember": "h.flow = '809-3' AND l.programme = 'kidney' AND NEW.scope = '当該事業対象者'",
    "visitmember": "h.flow = '809-4' AND l.programme IN ('visits', 'drugs') AND NEW.scope = '当該事業対象者'",
    "letterline": "h.flow IN ('809-2-2', 'r-health')",
}


def handed(table: str, fits: str) -> str:
    """A person of the hand-over's own list, counted when handed and when taken out."""
    return f"""
ALTER TABLE health_{table} ADD CONSTRAINT health_{table}_contractor_is_of_handing
  FOREIGN KEY (handing_id, contractor) REFERENCES health_handing (id, contractor);
CREATE FUNCTION health_{table}_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.id, NEW.handing_id, NEW.person_id, NEW.contractor)
       IS DISTINCT FROM (OLD.id, OLD.handing_id, OLD.person_id, OLD.contractor) THEN
      RAISE EXCEPTION 'what was handed stays its person''s' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
  END IF;
  IF public.health_is_protected(NEW.person_id, public.health_today()) THEN
    RETURN NULL;
  END IF;
  PERFORM FROM public.health_handing h JOIN public.health_list l ON l.id = h.list_id
    JOIN public.health_listed p ON p.list_id = l.id AND p.person_id = NEW.person_id
   WHERE h.id = NEW.handing_id AND {fits};
  IF NOT FOUND THEN
    RAISE EXCEPTION 'nobody is handed but persons of a list of this flow' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION health_{table}_count() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO public.health_handed_over (flow, "on", rows)
      SELECT h.flow, h.made_on, count(*) FROM changed c JOIN public.health_handing h ON h.id = c.handing_id
       GROUP BY h.id, h.flow, h.made_on;
  ELSE
    INSERT INTO public.health_handed_over (flow, "on", rows)
      SELECT h.flow, h.made_on, -count(*) FROM changed c JOIN public.health_handing h ON h.id = c.handing_id
       GROUP BY h.id, h.flow, h.made_on;
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION health_{table}_guard() FROM PUBLIC;
REVOKE ALL ON FUNCTION health_{table}_count() FROM PUBLIC;
CREATE TRIGGER health_{table}_guard BEFORE INSERT OR UPDATE ON health_{table}
  FOR EACH ROW EXECUTE FUNCTION health_{table}_guard();
CREATE TRIGGER health_{table}_in AFTER INSERT ON health_{table} REFERENCING NEW TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION health_{table}_count();
CREATE TRIGGER health_{table}_out AFTER DELETE ON health_{table} REFERENCING OLD TABLE AS changed
  FOR EACH STATEMENT EXECUTE FUNCTION health_{table}_count();
"""


def not_handed(table: str) -> str:
    return f"""
DROP TRIGGER health_{table}_out ON health_{table};
DROP TRIGGER health_{table}_in ON health_{table};
DROP TRIGGER health_{table}_guard ON health_{table};
DROP FUNCTION health_{table}_count;
DROP FUNCTION health_{table}_guard;
ALTER TABLE health_{table} DROP CONSTRAINT health_{table}_contractor_is_of_handing;
"""


# A call is one of the attempts told to the contractor, in their order, and ends after 接続 or 拒否. A caller says what
# came of it; when and who are the transaction's own. What was recorded stays.
CALLED = """
ALTER TABLE health_call ADD CONSTRAINT health_call_contractor_is_of_subject
  FOREIGN KEY (subject_id, contractor) REFERENCES health_callsubject (id, contractor);
CREATE FUNCTION health_call_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
DECLARE
  most int;
BEGIN
  IF TG_OP = 'UPDATE' THEN
    RAISE EXCEPTION 'a call that was made is not changed' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  SELECT h.attempts INTO most FROM public.health_callsubject s JOIN public.health_handing h ON h.id = s.handing_id
   WHERE s.id = NEW.subject_id AND NOT s.closed AND s.calls + 1 = NEW.attempt AND NEW.attempt <= h.attempts
     FOR UPDATE OF s;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no further call to this person' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF current_setting('role') = 'flow_809_1' THEN
    NEW.at := now();
    NEW."by" := current_setting('azukari.actor');
  END IF;
  UPDATE public.health_callsubject
     SET calls = NEW.attempt, last_called_at = NEW.at, taken_by = '', taken_at = NULL,
         closed = NEW.result IN ('接続', '拒否') OR NEW.attempt >= most
   WHERE id = NEW.subject_id;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION health_call_guard() FROM PUBLIC;
CREATE TRIGGER health_call_guard BEFORE INSERT OR UPDATE ON health_call
  FOR EACH ROW EXECUTE FUNCTION health_call_guard();
"""
NOT_CALLED = """
DROP TRIGGER health_call_guard ON health_call; DROP FUNCTION health_call_guard;
ALTER TABLE health_call DROP CONSTRAINT health_call_contractor_is_of_subject;
"""
# From the moment it is known, everything that was handed of the household is gone, as if it had never been.
TAKEN_OUT = """
CREATE FUNCTION health_protected_out() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
DECLARE
  whom bigint[];
BEGIN
  IF NEW.until <= public.health_today() THEN
    RETURN NULL;
  END IF;
  whom := ARRAY(SELECT public.health_shares_home(NEW.person_id, public.health_today()));
  INSERT INTO public.health_byhand (id, list_id, person_id, programme, fiscal_year, "group")
    SELECT p.id, l.id, p.person_id, l.programme, l.fiscal_year, p."group"
      FROM public.health_listed p JOIN public.health_list l ON l.id = p.list_id WHERE p.person_id = ANY (whom)
    ON CONFLICT DO NOTHING;
  DELETE FROM public.health_call c USING public.health_callsubject s WHERE s.id = c.subject_id AND s.person_id = ANY (whom);
  DELETE FROM public.health_callsubject WHERE person_id = ANY (whom);
  DELETE FROM public.health_guidancemember WHERE person_id = ANY (whom);
  DELETE FROM public.health_visitmember WHERE person_id = ANY (whom);
  DELETE FROM public.health_letterline WHERE person_id = ANY (whom);
  DELETE FROM public.health_listed WHERE person_id = ANY (whom);
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION health_protected_out() FROM PUBLIC;
CREATE TRIGGER health_protected_out AFTER INSERT OR UPDATE ON health_protected
  FOR EACH ROW EXECUTE FUNCTION health_protected_out();
"""
NOT_TAKEN_OUT = "DROP TRIGGER health_protected_out ON health_protected; DROP FUNCTION health_protected_out;"


class Migration(migrations.Migration):
    dependencies = [("health", "0020_programmes")]
    operations = [
        migrations.RunSQL(PROTECTED, NOT_PROTECTED),
        migrations.RunSQL(LISTED, NOT_LISTED),
        *(migrations.RunSQL(handed(table, fits), not_handed(table)) for table, fits in FLOWS.items()),
        migrations.RunSQL(CALLED, NOT_CALLED),
        migrations.RunSQL(TAKEN_OUT, NOT_TAKEN_OUT),
    ]
