"""The functions of these tables are the ward's own: PostgreSQL lets every role call a new function."""

from django.db import migrations

OURS_ALONE = """
DO $$
DECLARE one regprocedure;
BEGIN
  FOR one IN SELECT oid FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname ~ '^handover_' LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', one);
    EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO azukari_base, azukari_web', one);
  END LOOP;
END $$"""


class Migration(migrations.Migration):
    dependencies = [("handover", "0001_initial"), ("people", "0002_search")]

    operations = [migrations.RunSQL(OURS_ALONE, migrations.RunSQL.noop)]
