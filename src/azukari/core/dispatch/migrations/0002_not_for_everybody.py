"""PostgreSQL lets every role execute a new function: the residents' server may call none of these (諮問814, the walls)."""

from django.db import migrations

CLOSE = r"""
DO $$ DECLARE one regprocedure; BEGIN
  FOR one IN SELECT p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
      AND p.proname LIKE 'dispatch\_%' AND p.prorettype <> 'trigger'::regtype
      AND (p.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(p.proacl) a WHERE a.grantee = 0)) LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', one);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO azukari_base, azukari_web', one);
  END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0001_initial"), ("people", "0002_search")]

    operations = [migrations.RunSQL(CLOSE, migrations.RunSQL.noop)]
