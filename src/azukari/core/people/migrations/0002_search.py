"""The search for persons: a function, since text operators are not leakproof and row security would scan every row.

It runs as the owner, so its scope is written into it: only the register entry of 住民記録, only while the wall is open for
the actor, and only keys of persons are given out. What may be seen of them is asked again, under the caller's own role.
"""

from __future__ import annotations

from django.db import migrations

SEARCH = r"""
CREATE FUNCTION people_search(words text[], born_on date, number text, day date, most integer)
RETURNS TABLE (person_id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 50
SET search_path = pg_catalog, public, pg_temp
SET plan_cache_mode = force_custom_plan
AS $$
DECLARE
  patterns text[] := ARRAY(
    SELECT '% ' || replace(replace(replace(word, '\', '\\'), '%', '\%'), '_', '\_') || '%'
    FROM unnest(words) WITH ORDINALITY AS w (word, place) ORDER BY place
  );
BEGIN
  IF current_setting('role') <> 'entry_r_juki' OR NOT walls.open('r-juki') THEN
    RETURN;
  END IF;
  IF cardinality(patterns) > 0 THEN
    RETURN QUERY
      SELECT p.id FROM people_name n JOIN people_person p ON p.id = n.person_id
      WHERE n.search_key LIKE patterns[1] AND n.search_key LIKE ALL (patterns)
        AND (born_on IS NULL OR p.born = born_on) AND (number = '' OR p.atena = number)
      GROUP BY p.id
      ORDER BY bool_or(n.valid @> day) DESC, bool_or(starts_with(n.search_key, ' ' || words[1])) DESC,
        min(n.kana), p.born, p.id
      LIMIT most;
  ELSIF born_on IS NOT NULL OR number <> '' THEN
    RETURN QUERY
      SELECT p.id FROM people_person p
      WHERE (born_on IS NULL OR p.born = born_on) AND (number = '' OR p.atena = number)
      ORDER BY p.atena LIMIT most;
  END IF;
END
$$;
REVOKE ALL ON FUNCTION people_search FROM PUBLIC;
-- A role belongs to all databases of a server: another one may make it at this very moment.
DO $$ BEGIN
  CREATE ROLE azukari_base NOLOGIN NOINHERIT;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
  NULL;
END $$;
GRANT EXECUTE ON FUNCTION people_search TO azukari_base;
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunSQL(SEARCH, "DROP FUNCTION people_search")]
