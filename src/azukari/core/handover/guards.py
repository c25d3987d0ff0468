"""What PostgreSQL itself keeps of hand-overs (S5). Run by the first migration, as the owner of the tables.

`live_flow` is the flow while the hand-over is under way; foreign keys lead from it to the compiled consultation: by
flow, medium and every day of the term, and by place. A flow that ends while something is out does not wait for it: the
hand-over is recalled, and its foreign keys let go.
"""

KEYS = """
ALTER TABLE public.handover_recipient
  ADD CONSTRAINT handover_recipient_day CHECK (NOT isempty(valid)),
  ADD CONSTRAINT handover_recipient_one UNIQUE (contractor, valid WITHOUT OVERLAPS),
  ADD CONSTRAINT handover_recipient_term UNIQUE (key, contractor, valid WITHOUT OVERLAPS);

ALTER TABLE public.handover_handover
  ADD COLUMN live_flow varchar(64) GENERATED ALWAYS AS (CASE WHEN cancelled_by IS NULL AND returned_by IS NULL
    AND erased_by IS NULL AND recalled_on IS NULL THEN flow END) STORED,
  ADD COLUMN live_recipient varchar(62) GENERATED ALWAYS AS (CASE WHEN cancelled_by IS NULL AND returned_by IS NULL
    AND erased_by IS NULL AND recalled_on IS NULL THEN recipient_id END) STORED,
  ADD CONSTRAINT handover_term CHECK (NOT isempty(term) AND NOT lower_inf(term) AND NOT upper_inf(term)),
  ADD CONSTRAINT handover_flow_term FOREIGN KEY (live_flow, kind, PERIOD term)
    REFERENCES public.policy_flowmedium (flow, medium, PERIOD valid) DEFERRABLE,
  ADD CONSTRAINT handover_flow_place FOREIGN KEY (live_flow, place_words)
    REFERENCES public.policy_flowplace (flow, stands_for) DEFERRABLE,
  ADD CONSTRAINT handover_medium_is FOREIGN KEY (medium_id, kind, contractor)
    REFERENCES public.handover_medium (serial, kind, contractor),
  ADD CONSTRAINT handover_recipient_is FOREIGN KEY (live_recipient, contractor, PERIOD term)
    REFERENCES public.handover_recipient (key, contractor, PERIOD valid),
  ADD CONSTRAINT handover_written_in_term CHECK ((written_at AT TIME ZONE 'Asia/Tokyo')::date <@ term),
  ADD CONSTRAINT handover_receipt_is CHECK (encode(sha256(receipt::bytea), 'hex') = receipt_sha256),
  ADD CONSTRAINT handover_receipt_told CHECK (opened_by IS NULL OR receipt_sha256 IS NULL OR receipt IS NOT NULL),
  ADD CONSTRAINT handover_used_after CHECK (used_on >= (opened_at AT TIME ZONE 'Asia/Tokyo')::date),
  ADD CONSTRAINT handover_returned_after CHECK (returned_on >= (written_at AT TIME ZONE 'Asia/Tokyo')::date);
"""

NUMBERS = """
-- How many 件 are under way or done under a flow in [since, until): for pages that are in no flow, and for the gate.
CREATE FUNCTION public.handover_handed(asked text, since date, until date) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(sum(rows), 0) FROM public.handover_handover
  WHERE flow = asked AND cancelled_by IS NULL AND lower(term) >= since AND lower(term) < until
$$;

-- What should have come back: numbers, flows and days, nothing of the content.
CREATE FUNCTION public.handover_late(day date)
RETURNS TABLE (id bigint, flow varchar, contractor varchar, kind varchar, due date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT h.id, h.flow, h.contractor, h.kind, least(upper(h.term) - 1, h.recalled_on) FROM public.handover_handover h
  WHERE h.written_by IS NOT NULL AND h.returned_by IS NULL AND h.erased_by IS NULL
    AND least(upper(h.term) - 1, h.recalled_on) < day
$$;

-- Which hand-over has a medium now.
CREATE FUNCTION public.handover_holders() RETURNS TABLE (serial varchar, id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT h.medium_id, h.id FROM public.handover_handover h
  WHERE h.medium_id IS NOT NULL AND h.cancelled_by IS NULL AND h.erased_by IS NULL
$$;
"""

GATE = """
CREATE FUNCTION public.handover_refuse(why text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', why USING ERRCODE = 'check_violation', CONSTRAINT = 'handover_gate';
END $$;

-- What a foreign key cannot say: a hand-over begins as a proposal, goes outwards, to somebody on the roll, on a medium in
-- service, and over the number told to the council only with a reason. Afterwards, what stands there stays.
CREATE FUNCTION public.handover_gate() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    permit public.policy_flowrow;
    since date;
    until date;
    changed text;
BEGIN
    IF NEW.medium_id IS NOT NULL AND NEW.returned_by IS NULL AND NEW.cancelled_by IS NULL
       AND (TG_OP = 'INSERT' OR (OLD.written_by IS NULL AND NEW.written_by IS NOT NULL))
       AND EXISTS (SELECT FROM public.handover_medium m WHERE m.serial = NEW.medium_id AND m.ended_on IS NOT NULL) THEN
        PERFORM public.handover_refuse('廃棄又は紛失した媒体です。');
    END IF;
    IF TG_OP = 'UPDATE' THEN
        SELECT key INTO changed FROM jsonb_each(to_jsonb(OLD))
          WHERE value <> 'null' AND key NOT LIKE 'live\\_%' AND value IS DISTINCT FROM to_jsonb(NEW) -> key LIMIT 1;
        IF changed IS NOT NULL THEN
            PERFORM public.handover_refuse(format('一度書いた %s は変えられません。', changed));
        END IF;
        IF OLD.written_by IS NULL AND NEW.written_by IS NOT NULL AND NEW.recalled_on IS NOT NULL THEN
            PERFORM public.handover_refuse('取扱いの許可が終わりました。');
        END IF;
        RETURN NEW;
    END IF;
    IF num_nonnulls(NEW.approved_by, NEW.cancelled_by, NEW.written_by, NEW.opened_by, NEW.used_by, NEW.returned_by,
                    NEW.erased_by, NEW.recalled_on, NEW.receipt_sha256) > 0 THEN
        PERFORM public.handover_refuse('授受は提案から始まります。');
    END IF;
    SELECT * INTO permit FROM public.policy_flowrow f WHERE f.flow = NEW.flow;
    IF permit.direction IS DISTINCT FROM 'ward_to_contractor' THEN
        PERFORM public.handover_refuse('区から委託先へ渡す取扱いではありません。');
    END IF;
    IF NOT EXISTS (SELECT FROM public.policy_enrolment e WHERE e.flow = NEW.flow AND e.actor = NEW.receiver
                   AND e.contractor = NEW.contractor AND e.period @> lower(NEW.term)) THEN
        PERFORM public.handover_refuse('受取人が名簿に載っていません。');
    END IF;
    -- One after the other under a flow, or two at once would each see the other's number missing.
    PERFORM pg_advisory_xact_lock(hashtextextended('handover ' || NEW.flow, 0));
    IF permit.per = 'month' THEN
        since := date_trunc('month', lower(NEW.term))::date;
        until := since + interval '1 month';
    ELSE
        since := make_date(extract(year FROM lower(NEW.term) - interval '3 months')::int, 4, 1);
        until := since + interval '1 year';
    END IF;
    IF permit.most < NEW.rows + public.handover_handed(NEW.flow, since, until) AND NEW.over_reason = '' THEN
        PERFORM public.handover_refuse('諮問した件数を超える理由が書かれていません。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER handover_gate BEFORE INSERT OR UPDATE ON public.handover_handover
    FOR EACH ROW EXECUTE FUNCTION public.handover_gate();

CREATE FUNCTION public.handover_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM public.handover_refuse('授受の記録は消せません。');
END $$;
CREATE TRIGGER handover_keep BEFORE DELETE OR TRUNCATE ON public.handover_handover
    FOR EACH STATEMENT EXECUTE FUNCTION public.handover_keep();
"""

RECALL = """
-- A medium, a term or a place that the consultation no longer has: what is under way is recalled. Deferred, so that a
-- row that went and came back recalls nothing; its name sorts before those of the foreign keys, which then let go.
CREATE FUNCTION public.handover_recall() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE public.handover_handover h SET recalled_on = (now() AT TIME ZONE 'Asia/Tokyo')::date
    WHERE h.live_flow = OLD.flow AND NOT (
        EXISTS (SELECT FROM public.policy_flowmedium m WHERE m.flow = h.flow AND m.medium = h.kind AND m.valid @> h.term)
        AND EXISTS (SELECT FROM public.policy_flowplace p WHERE p.flow = h.flow AND p.stands_for = h.place_words));
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER "Handover_recall" AFTER DELETE ON public.policy_flowmedium
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.handover_recall();
CREATE CONSTRAINT TRIGGER "Handover_recall" AFTER DELETE ON public.policy_flowplace
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.handover_recall();
"""

GUARDS = KEYS + NUMBERS + GATE + RECALL
UNGUARD = """
DROP FUNCTION public.handover_recall CASCADE;
DROP FUNCTION public.handover_keep CASCADE;
DROP FUNCTION public.handover_gate CASCADE;
DROP FUNCTION public.handover_refuse;
DROP FUNCTION public.handover_holders;
DROP FUNCTION public.handover_late;
DROP FUNCTION public.handover_handed;
ALTER TABLE public.handover_handover DROP CONSTRAINT handover_recipient_is, DROP CONSTRAINT handover_medium_is,
  DROP COLUMN live_flow, DROP COLUMN live_recipient;
"""
