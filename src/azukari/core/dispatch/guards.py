"""What PostgreSQL itself holds about letters, whoever writes: the web role, a command, or somebody at a prompt.

Every function runs as the owner with a fixed search path, so a flow's role or path changes nothing. A refusal is a
check_violation (23514), whose message says in Japanese what was not allowed.

The steps (CHECKs over the state before and after):

    予定 → 印刷済 → 照合済 → 封かん済 → 差出済 → 返戻
    印刷済・照合済・封かん済 → 再印刷待ち (版 + 1, the old one void) → 印刷済
    印刷済・照合済・封かん済 → 引抜待ち (until every sheet lies in the bin) → 引抜済
    予定・再印刷待ち → 引抜済 (nothing on paper)
"""

STEPS = """
ALTER TABLE dispatch_set ADD CONSTRAINT dispatch_set_legal_step CHECK ((previous, state) IN (
    ('', '予定'), ('予定', '印刷済'), ('予定', '引抜済'),
    ('印刷済', '照合済'), ('照合済', '封かん済'), ('封かん済', '差出済'), ('差出済', '返戻'),
    ('印刷済', '再印刷待ち'), ('照合済', '再印刷待ち'), ('封かん済', '再印刷待ち'),
    ('再印刷待ち', '印刷済'), ('再印刷待ち', '引抜済'),
    ('印刷済', '引抜待ち'), ('照合済', '引抜待ち'), ('封かん済', '引抜待ち'), ('引抜待ち', '引抜済')));
ALTER TABLE dispatch_sheet ADD CONSTRAINT dispatch_sheet_legal_step CHECK ((previous, state) IN (
    ('', '予定'), ('予定', '印刷済'), ('予定', '取消'), ('印刷済', '照合済'), ('照合済', '印刷済'),
    ('印刷済', '書損'), ('照合済', '書損'), ('印刷済', '引抜'), ('照合済', '引抜')));
ALTER TABLE dispatch_set ADD CONSTRAINT dispatch_set_has_sheets CHECK (cardinality(sheets) BETWEEN 1 AND 99);
ALTER TABLE dispatch_slip ADD CONSTRAINT dispatch_slip_of_job UNIQUE (id, job_id);
ALTER TABLE dispatch_set ADD CONSTRAINT dispatch_set_slip_is_of_job
    FOREIGN KEY (slip_id, job_id) REFERENCES dispatch_slip (id, job_id);
"""

REFUSE = """
CREATE FUNCTION dispatch_refuse(words text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', words USING ERRCODE = 'check_violation';
END $$;

CREATE FUNCTION dispatch_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '発送の記録 % は消せず、書き換えられません (% は拒否しました)', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER dispatch_kept BEFORE DELETE OR TRUNCATE ON dispatch_job
    FOR EACH STATEMENT EXECUTE FUNCTION dispatch_kept();
CREATE TRIGGER dispatch_kept BEFORE DELETE OR TRUNCATE ON dispatch_set
    FOR EACH STATEMENT EXECUTE FUNCTION dispatch_kept();
CREATE TRIGGER dispatch_kept BEFORE DELETE OR TRUNCATE ON dispatch_sheet
    FOR EACH STATEMENT EXECUTE FUNCTION dispatch_kept();
CREATE TRIGGER dispatch_kept BEFORE DELETE OR TRUNCATE ON dispatch_stop
    FOR EACH STATEMENT EXECUTE FUNCTION dispatch_kept();
-- Of a stop only that it was seen is ever added, once.
CREATE FUNCTION dispatch_stop_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.seen_at IS NOT NULL OR to_jsonb(NEW) - 'seen_at' <> to_jsonb(OLD) - 'seen_at' THEN
        PERFORM public.dispatch_refuse('止まった記録は書き換えられません');
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER dispatch_stop_kept BEFORE UPDATE ON dispatch_stop
    FOR EACH ROW EXECUTE FUNCTION dispatch_stop_kept();
CREATE TRIGGER dispatch_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON dispatch_slip
    FOR EACH STATEMENT EXECUTE FUNCTION dispatch_kept();
CREATE TRIGGER dispatch_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON dispatch_stock
    FOR EACH STATEMENT EXECUTE FUNCTION dispatch_kept();
CREATE TRIGGER dispatch_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON dispatch_step
    FOR EACH STATEMENT EXECUTE FUNCTION dispatch_kept();

-- Whoever changes anything of a job holds it open meanwhile: a close waits for them, and they for a close.
CREATE FUNCTION dispatch_is_open(asked bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM dispatch_job WHERE id = asked AND closed_at IS NULL FOR SHARE;
    IF NOT FOUND THEN
        PERFORM dispatch_refuse(format('発送 %s は締められています', asked));
    END IF;
END $$;
CREATE FUNCTION dispatch_only_open() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM dispatch_is_open(NEW.job_id);
    RETURN NEW;
END $$;
CREATE TRIGGER dispatch_only_open BEFORE INSERT ON dispatch_slip
    FOR EACH ROW EXECUTE FUNCTION dispatch_only_open();
CREATE TRIGGER dispatch_only_open BEFORE INSERT ON dispatch_stock
    FOR EACH ROW EXECUTE FUNCTION dispatch_only_open();
"""

SHEETS = """
CREATE FUNCTION dispatch_sheet_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    own record;
BEGIN
    -- The lock is what two workers with sheets of one set wait at.
    SELECT job_id, state, generation, matching_by, cardinality(sheets) AS of INTO own
      FROM dispatch_set WHERE id = NEW.set_id FOR UPDATE;
    PERFORM dispatch_is_open(own.job_id);
    IF TG_OP = 'INSERT' THEN
        NEW.previous := '';
        IF NEW.state <> '予定' OR NEW.generation <> own.generation OR NEW.number NOT BETWEEN 1 AND own.of THEN
            PERFORM dispatch_refuse('紙は、いまの版の予定としてだけ加えられます');
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.set_id, NEW.generation, NEW.number) IS DISTINCT FROM
       (OLD.id, OLD.set_id, OLD.generation, OLD.number) THEN
        PERFORM dispatch_refuse('紙の組、版、順番は変えられません');
    END IF;
    IF NEW.state = OLD.state THEN
        PERFORM dispatch_refuse('紙の状態が同じままです');
    END IF;
    NEW.previous := OLD.state;
    IF NEW.generation <> own.generation THEN
        PERFORM dispatch_refuse('無効になった版の紙です');
    END IF;
    IF NOT (CASE NEW.state
        WHEN '印刷済' THEN own.state IN ('予定', '再印刷待ち') AND OLD.state = '予定'
            OR own.state = '印刷済' AND OLD.state = '照合済'
        WHEN '照合済' THEN own.state = '印刷済' AND own.matching_by <> '' AND own.matching_by = NEW."by"
        WHEN '書損' THEN own.state IN ('印刷済', '照合済', '封かん済')
        WHEN '引抜' THEN own.state = '引抜待ち'
        WHEN '取消' THEN own.state IN ('予定', '再印刷待ち')
        ELSE false END)
    THEN
        PERFORM dispatch_refuse(format('組が「%s」のとき、紙を「%s」にはできません', own.state, NEW.state));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER dispatch_sheet_guard BEFORE INSERT OR UPDATE ON dispatch_sheet
    FOR EACH ROW EXECUTE FUNCTION dispatch_sheet_guard();
"""

SETS = """
CREATE FUNCTION dispatch_all_sheets(asked bigint, version integer, wanted text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT count(*) = (SELECT cardinality(sheets) FROM public.dispatch_set WHERE id = asked)
      FROM public.dispatch_sheet WHERE set_id = asked AND generation = version AND state = wanted
$$;
CREATE FUNCTION dispatch_set_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM dispatch_is_open(NEW.job_id);
        NEW.previous := '';
        IF NEW.state <> '予定' OR NEW.generation <> 1 THEN
            PERFORM dispatch_refuse('組は、第1版の予定としてだけ加えられます');
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.job_id, NEW.seq, NEW.reference, NEW.subjects, NEW.sheets) IS DISTINCT FROM
       (OLD.id, OLD.job_id, OLD.seq, OLD.reference, OLD.subjects, OLD.sheets) THEN
        PERFORM dispatch_refuse('組の中身は変えられません');
    END IF;
    IF OLD.state <> '差出済' THEN
        PERFORM dispatch_is_open(NEW.job_id);
    END IF;
    IF NEW.state = OLD.state THEN
        IF (NEW.generation, NEW.slip_id, NEW.returned_on, NEW.previous, NEW."by", NEW.why) IS DISTINCT FROM
           (OLD.generation, OLD.slip_id, OLD.returned_on, OLD.previous, OLD."by", OLD.why) THEN
            PERFORM dispatch_refuse('状態を変えずに、版や差出しや理由は変えられません');
        END IF;
        IF NEW.matching_by <> '' AND OLD.matching_by NOT IN ('', NEW.matching_by) THEN
            PERFORM dispatch_refuse('ほかの人が照合している組です');
        END IF;
        RETURN NEW;
    END IF;
    NEW.previous := OLD.state;
    IF NEW.state NOT IN ('印刷済', '照合済') THEN
        NEW.matching_by := '';
    END IF;
    IF NEW.generation <> OLD.generation + (NEW.state = '再印刷待ち')::int THEN
        PERFORM dispatch_refuse('版は、書損のときに一つだけ進みます');
    END IF;
    IF OLD.slip_id IS NOT NULL AND NEW.slip_id IS DISTINCT FROM OLD.slip_id THEN
        PERFORM dispatch_refuse('一度差し出した組です');
    END IF;
    IF NOT (CASE NEW.state
        WHEN '印刷済' THEN dispatch_all_sheets(NEW.id, NEW.generation, '印刷済')
        WHEN '照合済' THEN NEW.matching_by <> '' AND dispatch_all_sheets(NEW.id, NEW.generation, '照合済')
        WHEN '再印刷待ち' THEN dispatch_all_sheets(NEW.id, OLD.generation, '書損')
        WHEN '引抜済' THEN dispatch_all_sheets(NEW.id, NEW.generation,
            CASE OLD.state WHEN '引抜待ち' THEN '引抜' ELSE '取消' END)
        ELSE true END)
    THEN
        PERFORM dispatch_refuse(format('紙がそろわないので、組を「%s」にはできません', NEW.state));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER dispatch_set_guard BEFORE INSERT OR UPDATE ON dispatch_set
    FOR EACH ROW EXECUTE FUNCTION dispatch_set_guard();

-- The story of a letter writes itself: no step without a line.
CREATE FUNCTION dispatch_set_told() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' OR NEW.state <> OLD.state THEN
        INSERT INTO dispatch_step (set_id, state, generation, "by", why)
        VALUES (NEW.id, NEW.state, NEW.generation, NEW."by", NEW.why);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER dispatch_set_told AFTER INSERT OR UPDATE ON dispatch_set
    FOR EACH ROW EXECUTE FUNCTION dispatch_set_told();
"""

SLIPS = """
-- As many sets as the post office took: never more, and at the end of the transaction no fewer.
CREATE FUNCTION dispatch_slip_filled() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    found bigint;
BEGIN
    SELECT count(*) INTO found FROM dispatch_set WHERE slip_id = NEW.id;
    IF found <> NEW.count THEN
        PERFORM dispatch_refuse(format('差出票の通数 %s と、差し出した組の数 %s が違います', NEW.count, found));
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER dispatch_slip_filled AFTER INSERT ON dispatch_slip
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION dispatch_slip_filled();

CREATE FUNCTION dispatch_slip_not_over() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT slip_id FROM now_so WHERE slip_id IS NOT NULL) touched
          JOIN dispatch_slip s ON s.id = touched.slip_id
         WHERE s.count < (SELECT count(*) FROM dispatch_set m WHERE m.slip_id = s.id)
    ) THEN
        PERFORM dispatch_refuse('差出票の通数より多くは差し出せません');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER dispatch_slip_not_over AFTER UPDATE ON dispatch_set REFERENCING NEW TABLE AS now_so
    FOR EACH STATEMENT EXECUTE FUNCTION dispatch_slip_not_over();
"""

BALANCE = """
-- Both sides of every equation: the left number, and the parts the right one is the sum of.
CREATE FUNCTION dispatch_sides(asked bigint)
RETURNS TABLE (number integer, paper text, lhs bigint, rhs bigint[]) LANGUAGE sql STABLE AS $$
    WITH sets AS (
        SELECT count(*) AS planned, count(*) FILTER (WHERE state IN ('差出済', '返戻')) AS handed,
               count(*) FILTER (WHERE state = '引抜済') AS withdrawn
          FROM public.dispatch_set WHERE job_id = asked
    ), sheets AS (
        SELECT count(*) AS printed,
               count(*) FILTER (WHERE s.state IN ('差出済', '返戻') AND p.state = '照合済') AS handed,
               count(*) FILTER (WHERE p.state = '書損') AS spoiled, count(*) FILTER (WHERE p.state = '引抜') AS gone
          FROM public.dispatch_sheet p JOIN public.dispatch_set s ON s.id = p.set_id
         WHERE s.job_id = asked AND p.state NOT IN ('予定', '取消')
    ), stock AS (
        SELECT name, coalesce(sum(count) FILTER (WHERE kind = '払出'), 0) AS issued,
               coalesce(sum(count) FILTER (WHERE kind = '使用'), 0) AS used,
               coalesce(sum(count) FILTER (WHERE kind = '試し刷り'), 0) AS wasted,
               coalesce(sum(count) FILTER (WHERE kind = '返却'), 0) AS returned
          FROM public.dispatch_stock WHERE job_id = asked GROUP BY name
    ), onto AS (
        SELECT s.sheets[p.number] AS name, count(*) AS printed
          FROM public.dispatch_sheet p JOIN public.dispatch_set s ON s.id = p.set_id
         WHERE s.job_id = asked AND p.state NOT IN ('予定', '取消') AND EXISTS (SELECT FROM stock)
         GROUP BY 1
    )
    SELECT 1, '', planned, ARRAY[handed, withdrawn] FROM sets
    UNION ALL SELECT 2, '', printed, ARRAY[handed, spoiled, gone] FROM sheets
    UNION ALL SELECT 3, k.name, k.issued::bigint, ARRAY[k.used, k.returned]::bigint[] FROM stock k
    UNION ALL SELECT 4, k.name, k.used::bigint, ARRAY[coalesce(o.printed, 0), k.wasted]::bigint[]
        FROM stock k LEFT JOIN onto o ON o.name = k.name
    UNION ALL SELECT 5, '', coalesce((SELECT sum(count) FROM public.dispatch_slip WHERE job_id = asked), 0)::bigint,
        ARRAY[handed] FROM sets
$$;
CREATE FUNCTION dispatch_job_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.closed_at IS NOT NULL THEN
            PERFORM dispatch_refuse('締めた発送は作れません');
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.flow, NEW.business, NEW.title, NEW.contractor, NEW.made_at, NEW."by") IS DISTINCT FROM
       (OLD.id, OLD.flow, OLD.business, OLD.title, OLD.contractor, OLD.made_at, OLD."by") OR OLD.closed_at IS NOT NULL THEN
        PERFORM dispatch_refuse('発送の中身と、締めは変えられません');
    END IF;
    IF EXISTS (SELECT FROM dispatch_sides(NEW.id) s WHERE s.lhs <> (SELECT sum(part) FROM unnest(s.rhs) AS part)) THEN
        PERFORM dispatch_refuse(format('発送 %s は、数が合わないので締められません', NEW.id));
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER dispatch_job_guard BEFORE INSERT OR UPDATE ON dispatch_job
    FOR EACH ROW EXECUTE FUNCTION dispatch_job_guard();
"""

GUARDS = STEPS + REFUSE + SHEETS + SETS + SLIPS + BALANCE
UNGUARD = """
DROP FUNCTION dispatch_job_guard CASCADE;
DROP FUNCTION dispatch_sides;
DROP FUNCTION dispatch_slip_not_over CASCADE;
DROP FUNCTION dispatch_slip_filled CASCADE;
DROP FUNCTION dispatch_set_told CASCADE;
DROP FUNCTION dispatch_set_guard CASCADE;
DROP FUNCTION dispatch_all_sheets;
DROP FUNCTION dispatch_sheet_guard CASCADE;
DROP FUNCTION dispatch_only_open CASCADE;
DROP FUNCTION dispatch_is_open;
DROP FUNCTION dispatch_stop_kept CASCADE;
DROP FUNCTION dispatch_kept CASCADE;
DROP FUNCTION dispatch_refuse;
ALTER TABLE dispatch_set DROP CONSTRAINT dispatch_set_slip_is_of_job, DROP CONSTRAINT dispatch_set_has_sheets,
    DROP CONSTRAINT dispatch_set_legal_step;
ALTER TABLE dispatch_slip DROP CONSTRAINT dispatch_slip_of_job;
ALTER TABLE dispatch_sheet DROP CONSTRAINT dispatch_sheet_legal_step;
"""
