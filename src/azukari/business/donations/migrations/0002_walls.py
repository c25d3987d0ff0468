"""What no page and no command can do, and what PostgreSQL works out a second time beside `rules`."""

from __future__ import annotations

from django.db import migrations

# The same as rules.in_ward, rules.day_in_tokyo, rules.donated_on, rules.year_of, rules.form_deadline.
DECIDED_TWICE = r"""
CREATE FUNCTION donations_in_ward(address text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
  SELECT plain ~ '^(東京都?)?世田(谷|ヶ谷|ケ谷|が谷)[区區]'
      OR lower(plain) ~ 'setagaya-?ku|setagayaku|setagaya(city|ward)'
    FROM (SELECT regexp_replace(regexp_replace(normalize(address, NFKC), '[ \t\r\n]', '', 'g'), '^〒?[0-9-]*', '')
          AS plain) AS written
$$;
REVOKE ALL ON FUNCTION donations_in_ward FROM PUBLIC;
GRANT EXECUTE ON FUNCTION donations_in_ward TO azukari_base;
ALTER TABLE donations_intention
  ADD CONSTRAINT donations_intention_in_ward CHECK (in_ward = donations_in_ward(address));
ALTER TABLE donations_donation
  ADD CONSTRAINT donations_donation_in_ward CHECK (in_ward = donations_in_ward(address)),
  ADD CONSTRAINT donations_donation_day_in_tokyo
    CHECK (paid_at IS NULL OR paid_on IS NOT DISTINCT FROM (paid_at AT TIME ZONE 'Asia/Tokyo')::date),
  ADD CONSTRAINT donations_donation_day_of_its_method
    CHECK (donated_on IS NOT DISTINCT FROM CASE method WHEN '現金書留' THEN arrived_on ELSE paid_on END),
  ADD CONSTRAINT donations_donation_year CHECK (year = extract(year FROM donated_on));
ALTER TABLE donations_form
  ADD CONSTRAINT donations_form_is_of_the_year
    FOREIGN KEY (donation_id, year) REFERENCES donations_donation (id, year) ON UPDATE CASCADE,
  ADD CONSTRAINT donations_form_in_time CHECK (in_time = (received_on <= make_date(year + 1, 1, 10))),
  ADD CONSTRAINT donations_form_change_in_time CHECK (changed_on <= make_date(year + 1, 1, 10));
"""
NOT_DECIDED_TWICE = """
ALTER TABLE donations_form
  DROP CONSTRAINT donations_form_change_in_time, DROP CONSTRAINT donations_form_in_time,
  DROP CONSTRAINT donations_form_is_of_the_year;
ALTER TABLE donations_donation
  DROP CONSTRAINT donations_donation_year, DROP CONSTRAINT donations_donation_day_of_its_method,
  DROP CONSTRAINT donations_donation_day_in_tokyo, DROP CONSTRAINT donations_donation_in_ward;
ALTER TABLE donations_intention DROP CONSTRAINT donations_intention_in_ward;
DROP FUNCTION donations_in_ward;
"""
SAME = """
ALTER TABLE donations_slipline ADD CONSTRAINT donations_slip_contractor_is_of_batch
  FOREIGN KEY (batch_id, contractor) REFERENCES donations_batch (id, contractor);
ALTER TABLE donations_letterline
  ADD CONSTRAINT donations_letter_contractor_is_of_batch
    FOREIGN KEY (batch_id, contractor) REFERENCES donations_batch (id, contractor),
  ADD CONSTRAINT donations_letter_is_the_certificate
    FOREIGN KEY (certificate_id, number, copy) REFERENCES donations_certificate (id, number, copy);
"""
NOT_SAME = """
ALTER TABLE donations_letterline
  DROP CONSTRAINT donations_letter_is_the_certificate, DROP CONSTRAINT donations_letter_contractor_is_of_batch;
ALTER TABLE donations_slipline DROP CONSTRAINT donations_slip_contractor_is_of_batch;
"""
KEPT = """
CREATE FUNCTION donations_event_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'an event of a donation is neither changed nor deleted' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER donations_event_is_kept BEFORE UPDATE OR DELETE ON donations_event
  FOR EACH ROW EXECUTE FUNCTION donations_event_is_kept();
"""
NOT_KEPT = "DROP TRIGGER donations_event_is_kept ON donations_event; DROP FUNCTION donations_event_is_kept();"
# A line goes into a batch of its own kind, for what is neither ended nor unprintable; a letter for money that came in.
# The row is locked, so that a refund at the same moment comes before or after, never between.
GOES_OUT = """
CREATE FUNCTION donations_slip_goes_out() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM FROM public.donations_intention i, public.donations_batch b
   WHERE i.id = NEW.intention_id AND b.id = NEW.batch_id AND b.kind = '納付書' AND b.handed_over_on IS NULL
     AND i.hold = '' FOR UPDATE OF i;
  IF NOT FOUND
    OR EXISTS (SELECT FROM public.donations_event e
                WHERE e.intention_id = NEW.intention_id AND e.kind IN ('取消', '還付'))
    OR EXISTS (SELECT FROM public.donations_donation d WHERE d.intention_id = NEW.intention_id) THEN
    RAISE EXCEPTION 'no slip may go to this intention' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE FUNCTION donations_letter_goes_out() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM FROM public.donations_donation d, public.donations_batch b, public.donations_certificate c
   WHERE d.id = NEW.donation_id AND b.id = NEW.batch_id AND b.handed_over_on IS NULL
     AND c.id = NEW.certificate_id AND c.donation_id = d.id
     AND b.kind = CASE c.copy WHEN 0 THEN '礼状' ELSE '再発行' END
     AND d.hold = '' AND d.settled_on IS NOT NULL FOR UPDATE OF d;
  IF NOT FOUND
    OR EXISTS (SELECT FROM public.donations_event e
                WHERE e.donation_id = NEW.donation_id AND e.kind IN ('取消', '還付')) THEN
    RAISE EXCEPTION 'no letter may go to this donation' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION donations_slip_goes_out() FROM PUBLIC;
REVOKE ALL ON FUNCTION donations_letter_goes_out() FROM PUBLIC;
CREATE TRIGGER donations_slip_goes_out BEFORE INSERT ON donations_slipline
  FOR EACH ROW EXECUTE FUNCTION donations_slip_goes_out();
CREATE TRIGGER donations_letter_goes_out BEFORE INSERT ON donations_letterline
  FOR EACH ROW EXECUTE FUNCTION donations_letter_goes_out();
"""
NOT_GOES_OUT = """
DROP TRIGGER donations_letter_goes_out ON donations_letterline;
DROP TRIGGER donations_slip_goes_out ON donations_slipline;
DROP FUNCTION donations_letter_goes_out();
DROP FUNCTION donations_slip_goes_out();
"""


def entrusted(table: str, of: str, flow: str) -> str:
    """Rows belong to the contractor of the batch they are in, and are counted: when lines come and when one is taken out.

    What ends is taken out of every batch that was not handed over; what was handed over stays in.
    """
    return f"""
CREATE FUNCTION {table}_in() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
BEGIN
  UPDATE public.donations_{of} o SET contractor = n.contractor FROM new_lines n WHERE o.id = n.{of}_id;
  INSERT INTO public.donations_entrusted (flow, "on", rows)
    SELECT '{flow}', b.made_on, count(*) FROM new_lines n JOIN public.donations_batch b ON b.id = n.batch_id
     GROUP BY b.id, b.made_on;
  RETURN NULL;
END $$;
CREATE FUNCTION {table}_out() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
BEGIN
  IF NEW.withdrawn_on IS NULL OR OLD.withdrawn_on IS NOT NULL
    OR EXISTS (SELECT FROM public.donations_batch b WHERE b.id = NEW.batch_id AND b.handed_over_on IS NOT NULL) THEN
    RAISE EXCEPTION 'a line is taken out once, before its batch is handed over'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  UPDATE public.donations_{of} o
     SET contractor = coalesce((SELECT max(l.contractor) FROM public.{table} l
                                 WHERE l.{of}_id = o.id AND l.withdrawn_on IS NULL AND l.id <> NEW.id), '')
   WHERE o.id = NEW.{of}_id;
  INSERT INTO public.donations_entrusted (flow, "on", rows)
    SELECT '{flow}', b.made_on, -1 FROM public.donations_batch b WHERE b.id = NEW.batch_id;
  RETURN NEW;
END $$;
CREATE FUNCTION {table}_ends() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM FROM public.donations_{of} o WHERE o.id = NEW.{of}_id FOR UPDATE;
  UPDATE public.{table} l SET withdrawn_on = NEW."on" FROM public.donations_batch b
   WHERE l.{of}_id = NEW.{of}_id AND l.withdrawn_on IS NULL AND b.id = l.batch_id AND b.handed_over_on IS NULL;
  RETURN NEW;
END $$;
CREATE FUNCTION donations_{of}_is_entrusted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM public.{table} l
                  WHERE l.{of}_id = NEW.id AND l.contractor = NEW.contractor AND l.withdrawn_on IS NULL) THEN
    RAISE EXCEPTION 'a contractor is given what is in one of its batches, nothing else'
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION {table}_in() FROM PUBLIC;
REVOKE ALL ON FUNCTION {table}_out() FROM PUBLIC;
REVOKE ALL ON FUNCTION {table}_ends() FROM PUBLIC;
REVOKE ALL ON FUNCTION donations_{of}_is_entrusted() FROM PUBLIC;
CREATE TRIGGER {table}_in AFTER INSERT ON {table} REFERENCING NEW TABLE AS new_lines
  FOR EACH STATEMENT EXECUTE FUNCTION {table}_in();
CREATE TRIGGER {table}_out BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_out();
CREATE TRIGGER {table}_ends AFTER INSERT ON donations_event
  FOR EACH ROW WHEN (NEW.{of}_id IS NOT NULL AND NEW.kind IN ('取消', '還付')) EXECUTE FUNCTION {table}_ends();
CREATE TRIGGER donations_{of}_is_entrusted BEFORE INSERT OR UPDATE OF contractor ON donations_{of}
  FOR EACH ROW WHEN (NEW.contractor <> '') EXECUTE FUNCTION donations_{of}_is_entrusted();
"""


def not_entrusted(table: str, of: str) -> str:
    return f"""
DROP TRIGGER donations_{of}_is_entrusted ON donations_{of};
DROP TRIGGER {table}_ends ON donations_event;
DROP TRIGGER {table}_out ON {table};
DROP TRIGGER {table}_in ON {table};
DROP FUNCTION donations_{of}_is_entrusted();
DROP FUNCTION {table}_ends();
DROP FUNCTION {table}_out();
DROP FUNCTION {table}_in();
"""


class Migration(migrations.Migration):
    dependencies = [("donations", "0001_initial")]
    operations = [
        migrations.RunSQL(DECIDED_TWICE, NOT_DECIDED_TWICE),
        migrations.RunSQL(SAME, NOT_SAME),
        migrations.RunSQL(KEPT, NOT_KEPT),
        migrations.RunSQL(GOES_OUT, NOT_GOES_OUT),
        migrations.RunSQL(
            entrusted("donations_slipline", "intention", "813-1"), not_entrusted("donations_slipline", "intention")
        ),
        migrations.RunSQL(
            entrusted("donations_letterline", "donation", "813-2"), not_entrusted("donations_letterline", "donation")
        ),
    ]
