"""What PostgreSQL itself does to keep the ledger: fixed stamps on every entry, and no statement but INSERT.

Run by the first migration, as the owner of the tables. The functions name every object with its schema, so that a
flow's search_path changes nothing.
"""

STAMP = """
CREATE SEQUENCE public.audit_entry_number OWNED BY public.audit_entry.id;

-- Transaction numbers start again in a database restored from a dump; the sealer then raises the shift, so that turns
-- go on from where they were.
CREATE FUNCTION public.audit_shift() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE RETURN 0::bigint;

-- Number, turn and time come from the database, whatever the writer says.
CREATE FUNCTION public.audit_stamp() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    NEW.id := nextval('public.audit_entry_number');
    NEW.turn := pg_current_xact_id()::text::bigint + public.audit_shift();
    NEW.at := clock_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER audit_stamp BEFORE INSERT ON public.audit_entry
    FOR EACH ROW EXECUTE FUNCTION public.audit_stamp();
"""

REFUSE = """
CREATE FUNCTION public.audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '台帳 % は追記だけができます (% は拒否しました)', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege', HINT = '訂正は、新しい記録を書き足してください。';
END $$;
CREATE TRIGGER audit_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON public.audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION public.audit_refuse();
CREATE TRIGGER audit_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON public.audit_epoch
    FOR EACH STATEMENT EXECUTE FUNCTION public.audit_refuse();

-- Only the tables' owner seals: an INSERT grant given by mistake does not make a sealer.
CREATE FUNCTION public.audit_sealer_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        RAISE EXCEPTION '台帳を封印できるのは所有者だけです' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER audit_sealer_only BEFORE INSERT ON public.audit_epoch
    FOR EACH STATEMENT EXECUTE FUNCTION public.audit_sealer_only();
"""

STORE = """
-- Leaves are hashes: they do not shrink, so no time is spent on trying.
ALTER TABLE public.audit_epoch ALTER COLUMN leaves SET STORAGE EXTERNAL;
"""

GUARDS = STAMP + REFUSE + STORE
UNGUARD = """
DROP FUNCTION public.audit_sealer_only CASCADE;
DROP FUNCTION public.audit_refuse CASCADE;
DROP FUNCTION public.audit_stamp CASCADE;
DROP FUNCTION public.audit_shift;
"""
# (table, trigger) that must be there and enabled. `verify` looks for each of them.
TRIGGERS = {
    ("audit_entry", "audit_stamp"),
    ("audit_entry", "audit_refuse"),
    ("audit_epoch", "audit_refuse"),
    ("audit_epoch", "audit_sealer_only"),
}
