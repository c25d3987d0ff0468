"""Keys for persons whom no register knows, drawn from the sequence of `people_person`: one key is never two people's."""

from __future__ import annotations

from django.db import migrations, models

# As the owner's function: a flow's role may have keys given out, and can do nothing else to the table or the sequence.
RESERVE = """
CREATE FUNCTION people_reserve(how_many integer) RETURNS SETOF bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
  INSERT INTO public.people_outsider (id)
  SELECT nextval(pg_get_serial_sequence('public.people_person', 'id')) FROM generate_series(1, how_many)
  RETURNING id
$$;
REVOKE ALL ON FUNCTION people_reserve FROM PUBLIC;
GRANT EXECUTE ON FUNCTION people_reserve TO azukari_base;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0002_search")]
    operations = [
        migrations.CreateModel(
            name="Outsider",
            fields=[("id", models.BigIntegerField(primary_key=True, serialize=False))],
            options={"db_table": "people_outsider"},
        ),
        migrations.RunSQL(RESERVE, "DROP FUNCTION people_reserve"),
    ]
