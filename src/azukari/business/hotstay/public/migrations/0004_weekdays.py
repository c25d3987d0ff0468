"""The reminder knows deadlines that differ by the day of the week."""

from django.db import migrations

REMINDER = """
CREATE OR REPLACE FUNCTION guest.reminder_due(station bigint, day date) RETURNS timestamptz LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
SELECT public.hotstay_deadline(s, '取消', $2) AT TIME ZONE 'Asia/Tokyo' - interval '1 day'
FROM public.hotstay_setting s WHERE s.station_id = $1 AND s.valid @> $2
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("hotstay_public", "0003_fewer_trips"), ("hotstay", "0004_weekdays")]

    operations = [migrations.RunSQL(REMINDER, migrations.RunSQL.noop)]
