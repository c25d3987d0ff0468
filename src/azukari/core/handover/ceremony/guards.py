"""What the database itself refuses of ceremonies, whoever asks: the order of `rules` worked out again from its own rows.

A hand-over of a flow that takes tokens only belongs to a ceremony, and is written on a day on which both were present.
"""

JUDGE = """
-- Why a step cannot be taken now by that person at that place, or NULL: the same words as rules.refusal.
CREATE FUNCTION public.ceremony_judge(cer bigint, asked text, who text, here text, day date) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    c public.handover_ceremony;
    side text;
    responsible boolean;
    done text[];
    needed text[];
    together text[];
    same text;
BEGIN
    SELECT * INTO c FROM public.handover_ceremony WHERE id = cer;
    SELECT a.kind = 'responsible',
           CASE WHEN a.contractor IS NULL AND a.section = c.section AND EXISTS (SELECT FROM public.policy_enrolment e
                  WHERE e.actor = who AND e.flow = 'r-handover' AND e.period @> day) THEN 'ward'
                WHEN a.contractor = c.contractor AND EXISTS (SELECT FROM public.policy_enrolment e
                  WHERE e.actor = who AND e.flow = c.flow AND e.contractor = c.contractor AND e.period @> day) THEN 'theirs'
           END INTO responsible, side
      FROM public.accounts_account a WHERE a.login = who AND a.since <= day AND (a.until IS NULL OR day < a.until);
    done := ARRAY(SELECT w.step::text FROM public.handover_witnessed w WHERE w.ceremony_id = cer);
    IF done && ARRAY['closed', 'cancelled'] THEN RETURN 'ended'; END IF;
    IF (CASE WHEN asked IN ('ward-present', 'theirs-present', 'ward-back', 'theirs-back')
         THEN CASE WHEN asked LIKE '%-present' THEN 'written' ELSE 'restored' END = ANY (done)
           OR EXISTS (SELECT FROM public.handover_witnessed w WHERE w.ceremony_id = cer AND w.step = asked AND w."on" >= day)
         ELSE asked = ANY (done) END) THEN RETURN 'already'; END IF;
    IF asked = 'cancelled' AND 'written' = ANY (done) THEN RETURN 'left'; END IF;
    needed := CASE asked WHEN 'keyed' THEN ARRAY['ward-present', 'theirs-present'] WHEN 'made' THEN ARRAY['keyed']
        WHEN 'accepted' THEN ARRAY['made'] WHEN 'written' THEN ARRAY['accepted'] WHEN 'ward-signed' THEN ARRAY['written']
        WHEN 'theirs-signed' THEN ARRAY['written'] WHEN 'delivered' THEN ARRAY['ward-signed', 'theirs-signed']
        WHEN 'ward-back' THEN ARRAY['delivered'] WHEN 'theirs-back' THEN ARRAY['delivered']
        WHEN 'restored' THEN ARRAY['ward-back', 'theirs-back'] WHEN 'destroyed' THEN ARRAY['restored']
        WHEN 'closed' THEN ARRAY['destroyed'] ELSE ARRAY[]::text[] END;
    IF NOT done @> needed THEN RETURN 'not-yet'; END IF;
    IF side IS DISTINCT FROM (CASE WHEN asked LIKE 'theirs-%' OR asked = 'destroyed' THEN 'theirs' ELSE 'ward' END)
        THEN RETURN 'side'; END IF;
    IF asked NOT IN ('delivered', 'cancelled') AND responsible IS NOT TRUE THEN RETURN 'responsible'; END IF;
    IF asked = 'ward-present' AND who = c.proposed_by THEN RETURN 'proposer'; END IF;
    IF asked NOT IN ('delivered', 'cancelled', 'closed') AND here IS DISTINCT FROM c.place THEN RETURN 'place'; END IF;
    together := CASE WHEN asked IN ('keyed', 'made', 'accepted', 'written') THEN ARRAY['ward-present', 'theirs-present']
        WHEN asked = 'restored' THEN ARRAY['ward-back', 'theirs-back'] ELSE ARRAY[]::text[] END;
    IF NOT ARRAY(SELECT w.step::text FROM public.handover_witnessed w WHERE w.ceremony_id = cer AND w."on" = day) @> together
        THEN RETURN 'absent'; END IF;
    same := CASE WHEN asked IN ('keyed', 'made', 'accepted', 'written', 'ward-signed') THEN 'ward-present'
        WHEN asked = 'theirs-signed' THEN 'theirs-present' WHEN asked = 'restored' THEN 'ward-back'
        WHEN asked = 'destroyed' THEN 'theirs-back' END;
    IF same IS NOT NULL AND who IS DISTINCT FROM (SELECT w."by" FROM public.handover_witnessed w
        WHERE w.ceremony_id = cer AND w.step = same ORDER BY w."on" DESC LIMIT 1) THEN RETURN 'other'; END IF;
    IF asked = 'written' AND NOT EXISTS (SELECT FROM public.handover_handover h
        WHERE h.ceremony_id = cer AND h.written_by IS NOT NULL) THEN RETURN 'not-handed'; END IF;
    IF asked = 'closed' AND NOT EXISTS (SELECT FROM public.handover_handover h
        WHERE h.ceremony_id = cer AND h.returned_by IS NOT NULL) THEN RETURN 'not-back'; END IF;
    RETURN NULL;
END $$;
"""

GATE = """
CREATE FUNCTION public.ceremony_refuse(why text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', why USING ERRCODE = 'check_violation', CONSTRAINT = 'ceremony_gate';
END $$;

CREATE FUNCTION public.ceremony_gate() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    why text;
BEGIN
    -- One after the other, or two at once would each not see the other's step.
    PERFORM pg_advisory_xact_lock(hashtextextended('ceremony', NEW.ceremony_id));
    why := public.ceremony_judge(NEW.ceremony_id, NEW.step, NEW."by", NEW.place, NEW."on");
    IF why IS NOT NULL THEN PERFORM public.ceremony_refuse(why); END IF;
    -- On a page, nobody takes a step in another's name or from another place than they are at.
    IF coalesce(current_setting('azukari.actor', true), '') NOT IN ('', NEW."by") THEN
        PERFORM public.ceremony_refuse('other');
    END IF;
    IF coalesce(current_setting('azukari.place', true), '') NOT IN ('', NEW.place) THEN
        PERFORM public.ceremony_refuse('place');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ceremony_gate BEFORE INSERT ON public.handover_witnessed
    FOR EACH ROW EXECUTE FUNCTION public.ceremony_gate();

-- A ceremony is of a flow that takes tokens, at a place of the ward's that the paper names, by one of the ward's.
CREATE FUNCTION public.ceremony_begins() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM public.policy_flowrow f
                   WHERE f.flow = NEW.flow AND f.pseudonymised AND f.direction = 'ward_to_contractor') THEN
        PERFORM public.handover_refuse('仮名で渡す取扱いではありません。');
    END IF;
    IF NOT EXISTS (SELECT FROM public.policy_placerow p JOIN public.policy_flowplace w ON w.stands_for = p.stands_for
                   WHERE p.code = NEW.place AND p.contractor IS NULL AND NOT w.own AND w.flow = NEW.flow
                     AND p.stands_for = NEW.place_words) THEN
        PERFORM public.handover_refuse('立会いの場所は、諮問に書かれた区の場所に限ります。');
    END IF;
    IF NOT EXISTS (SELECT FROM public.accounts_account a JOIN public.policy_enrolment e ON e.actor = a.login
                   WHERE a.login = NEW.proposed_by AND a.contractor IS NULL AND a.section = NEW.section AND e.flow = 'r-handover'
                     AND e.period @> (NEW.proposed_at AT TIME ZONE 'Asia/Tokyo')::date) THEN
        PERFORM public.handover_refuse('提案できるのは、授受の名簿に載っている所管課の人です。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER ceremony_begins BEFORE INSERT ON public.handover_ceremony
    FOR EACH ROW EXECUTE FUNCTION public.ceremony_begins();

CREATE FUNCTION public.ceremony_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM public.handover_refuse('立会いの記録は、変えることも消すこともできません。');
END $$;
CREATE TRIGGER ceremony_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON public.handover_ceremony
    FOR EACH STATEMENT EXECUTE FUNCTION public.ceremony_keep();
CREATE TRIGGER ceremony_keep BEFORE UPDATE OR DELETE OR TRUNCATE ON public.handover_witnessed
    FOR EACH STATEMENT EXECUTE FUNCTION public.ceremony_keep();
ALTER TABLE public.handover_ceremony
  ADD CONSTRAINT ceremony_period CHECK (NOT isempty(period) AND NOT lower_inf(period) AND NOT upper_inf(period));
ALTER TABLE public.handover_witnessed
  ADD CONSTRAINT ceremony_day CHECK ("on" = (at AT TIME ZONE 'Asia/Tokyo')::date),
  ADD CONSTRAINT ceremony_contractor FOREIGN KEY (ceremony_id, contractor)
    REFERENCES public.handover_ceremony (id, contractor),
  ADD CONSTRAINT ceremony_public CHECK ((step IN ('ward-present', 'theirs-present', 'ward-back', 'theirs-back'))
    = (public ~ '^[0-9a-f]{64}$') AND (public <> '') = (public ~ '^[0-9a-f]{64}$')),
  ADD CONSTRAINT ceremony_signature CHECK ((step IN ('ward-signed', 'theirs-signed', 'destroyed', 'closed'))
    = (signature ~ '^[0-9a-f]{128}$') AND (signature <> '') = (signature ~ '^[0-9a-f]{128}$'));

-- Whose records a ceremony made tokens of (a line of the ledger) and which files: for the hand-over, outside every flow.
CREATE FUNCTION public.ceremony_made(cer bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT detail FROM public.handover_witnessed WHERE ceremony_id = cer AND step = 'made'
$$;
"""

HANDOVER = """
CREATE FUNCTION public.handover_ceremony() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.ceremony_id IS NULL THEN
            IF EXISTS (SELECT FROM public.policy_flowrow f WHERE f.flow = NEW.flow AND f.pseudonymised) THEN
                PERFORM public.handover_refuse('仮名で渡す取扱いです。両責任者の立会いの記録がありません。');
            END IF;
        ELSIF NOT EXISTS (SELECT FROM public.handover_ceremony c JOIN public.handover_witnessed w ON w.ceremony_id = c.id
                WHERE c.id = NEW.ceremony_id AND c.flow = NEW.flow AND c.contractor = NEW.contractor
                  AND c.serial = NEW.medium_id AND w.step = 'made') THEN
            PERFORM public.handover_refuse('その立会いで仮名化したものではありません。');
        END IF;
    ELSIF NEW.ceremony_id IS NOT NULL AND OLD.written_by IS NULL AND NEW.written_by IS NOT NULL
        AND (NOT ARRAY(SELECT w.step FROM public.handover_witnessed w WHERE w.ceremony_id = NEW.ceremony_id
                       AND (w.step IN ('accepted', 'cancelled') OR (w.step LIKE '%-present'
                       AND w."on" = (NEW.written_at AT TIME ZONE 'Asia/Tokyo')::date)))::text[]
             @> ARRAY['accepted', 'ward-present', 'theirs-present']
          OR EXISTS (SELECT FROM public.handover_witnessed w
                     WHERE w.ceremony_id = NEW.ceremony_id AND w.step = 'cancelled')) THEN
        PERFORM public.handover_refuse('点検の承認がないか、きょう両責任者が立ち会っていません。');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER handover_ceremony BEFORE INSERT OR UPDATE ON public.handover_handover
    FOR EACH ROW EXECUTE FUNCTION public.handover_ceremony();
"""

GUARDS = JUDGE + GATE + HANDOVER
UNGUARD = """
DROP FUNCTION public.handover_ceremony CASCADE;
DROP FUNCTION public.ceremony_made;
DROP FUNCTION public.ceremony_keep CASCADE;
DROP FUNCTION public.ceremony_begins CASCADE;
DROP FUNCTION public.ceremony_gate CASCADE;
DROP FUNCTION public.ceremony_refuse;
DROP FUNCTION public.ceremony_judge;
"""
