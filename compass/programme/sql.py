"""The owner's functions that count (PostgreSQL). The rules, in words, are on every figure's page.

The cubes are fixed: since the start and each year by country and kind of help, and by country and sex or age; each quarter
by country; each month for the whole programme. Finer ones would make so many small cells that hardly any could be shown.

1. People are counted once in each cell; services are counted apart from them. A service that was annulled as recorded by
   mistake is none.
2. A cell of fewer than ten people is withheld.
3. Where one withheld part could be found by subtracting the others from a shown total, or where the withheld parts of a
   total hold fewer than ten people together, the next smallest part is withheld too; where no other part is left, the
   total is. Repeated along all four ways in which cells add up (countries, service classes, sex or age, periods) until
   nothing changes.
4. What is shown is rounded to the nearest five.
5. Then the function plays the reader who subtracts, with every total and part at once. Where a figure of fewer than ten
   people could be narrowed down to five values or fewer, more is withheld, and 3 to 5 are done again.

6. Days of closed files that were made coarse are the first of their quarter. Months of a quarter in which there is such
   a file are in no further count; the counts that were made before still show them. A count up to a day inside such a
   quarter is refused.

7. Whoever said no to being counted in reports, or took consent back, is in no cell, not in a total either; a child's own no
   counts. It is asked at each count; a count that was made before stays as it was published.

Two counts must never differ by one known person: who saw one arrive would read from the difference what the others do
not show. So counting reaches to the end of yesterday (UTC) or of a past month, never into a day that still runs; and
until a day has passed since the last count, and ten people are new to the count (no earlier count held a service of
theirs), the last count is the answer to every further one, whatever was added, corrected or moved meanwhile.

Source for 2 to 5: `complementary cell suppression` and rounding as in the UNECE glossary of statistical disclosure control.
"""

from __future__ import annotations

THRESHOLD, ROUNDING, RULES = 10, 5, "1"
#: What a reader may narrow a withheld figure down to, at best: this many values and one more.
WIDTH = 5
#: How often at most the audit tightens its bounds; a small programme settles sooner.
TURNS = 60
#: How long a count stays the answer to every further one, at least (PostgreSQL interval).
APART = "1 day"

#: Whoever is in no figure; what `compass.people.consent.says_no` says in Python, of the few who ever said a no.
LEFT_OUT = """
CREATE OR REPLACE FUNCTION compass_left_out() RETURNS TABLE (left_out uuid)
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT spoke.person_id
    FROM (SELECT DISTINCT c.person_id FROM public.people_consent c
          WHERE c.withdrawn_at IS NOT NULL OR c.child_agrees IS FALSE
             OR c.scopes->>'share_non_identifiable_reporting' = 'false') spoke
    CROSS JOIN LATERAL public.compass_said(spoke.person_id) n
    WHERE n.withdrawn_at IS NOT NULL OR n.child_agrees IS FALSE
       OR n.scopes->>'share_non_identifiable_reporting' = 'false'
$$;
"""

LEFT_OUT_DROP = "DROP FUNCTION compass_left_out();"

# Only the constants above are put into the text.
SNAPSHOT = f"""
CREATE OR REPLACE FUNCTION compass_take_snapshot(until date) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    new_id uuid;
    print text;
    changed bigint;
    more bigint;
    found bigint;
    measure text;
    today date := (clock_timestamp() AT TIME ZONE 'UTC')::date;
    last_id uuid;
    last_at timestamptz;
    last_day date;
BEGIN
    IF until IS NULL OR until >= today OR (until <> today - 1
       AND until <> (date_trunc('month', until) + interval '1 month - 1 day')::date) THEN
        RAISE EXCEPTION 'compass: figures are counted up to yesterday or the end of a past month' USING ERRCODE = 'CS010';
    END IF;
    -- Where a file was closed and made coarse, days became the first of their quarter: no month of it is told apart.
    IF until <> (date_trunc('quarter', until) + interval '3 months - 1 day')::date AND EXISTS (
           SELECT 1 FROM public.people_service s JOIN public.people_person p ON p.id = s.person_id
           WHERE p.coarse AND s.delivered_on = date_trunc('quarter', until)::date) THEN
        RAISE EXCEPTION 'compass: of this quarter only the whole can be counted, for closed files of it are coarse'
              USING ERRCODE = 'CS042';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('compass_take_snapshot'));
    SELECT s.id, s.taken_at INTO last_id, last_at
    FROM public.programme_snapshot s ORDER BY s.taken_at DESC, s.version DESC LIMIT 1;
    -- The newest day of any count: who was counted up to June is not new after a count up to May.
    SELECT max(s.as_of) INTO last_day FROM public.programme_snapshot s;
    IF last_id IS NOT NULL AND (last_at > clock_timestamp() - interval '{APART}' OR (
           SELECT count(*) FROM (
               SELECT n.person_id FROM public.people_service n
               WHERE n.person_id NOT IN (SELECT left_out FROM public.compass_left_out())
                 AND n.delivered_on <= until AND n.service_class IN ('H', 'C', 'R', 'RI')
                 AND n.annulled_at IS NULL
               EXCEPT
               SELECT e.person_id FROM public.people_service e
               WHERE e.recorded_at <= last_at AND e.delivered_on <= last_day AND e.service_class IN ('H', 'C', 'R', 'RI')
           ) newcomers) < {THRESHOLD}) THEN
        RETURN last_id;
    END IF;

    CREATE TEMP TABLE compass_cell ON COMMIT DROP AS
    WITH served AS (
        SELECT s.person_id,
               bool_or(p.coarse) OVER (PARTITION BY date_trunc('quarter', s.delivered_on)) AS untold,
               s.country::text AS country, s.service_class::text AS class,
               date_trunc('month', s.delivered_on)::date AS month,
               date_trunc('quarter', s.delivered_on)::date AS quarter,
               date_trunc('year', s.delivered_on)::date AS year,
               CASE WHEN p.sex IN ('female', 'male') THEN p.sex::text ELSE 'other' END AS sex,
               CASE WHEN p.age_band = '' THEN 'unknown'
                    WHEN p.age_band IN ('0-4', '5-11', '12-14', '15-17', 'child') THEN 'child' ELSE 'adult' END AS age
        FROM public.people_service s JOIN public.people_person p ON p.id = s.person_id
        WHERE s.delivered_on <= until AND s.service_class IN ('H', 'C', 'R', 'RI') AND s.annulled_at IS NULL
          AND s.person_id NOT IN (SELECT left_out FROM public.compass_left_out())
    )
    SELECT row_number() OVER () AS id,
           CASE WHEN GROUPING(month) = 0 THEN 'month' WHEN GROUPING(quarter) = 0 THEN 'quarter'
                WHEN GROUPING(year) = 0 THEN 'year' ELSE 'all' END AS granularity,
           coalesce(month, quarter, year, DATE '2021-01-01') AS starts,
           coalesce(country, '') AS country,
           coalesce(class, '') AS class,
           CASE WHEN GROUPING(sex) = 0 THEN 'sex' WHEN GROUPING(age) = 0 THEN 'age' ELSE 'total' END AS breakdown,
           coalesce(sex, age, '') AS part,
           count(DISTINCT person_id) AS people,
           count(*) AS services,
           count(DISTINCT person_id) < {THRESHOLD} AS hidden,
           0::bigint AS lo, 0::bigint AS hi
    FROM served
    GROUP BY GROUPING SETS ((month), (quarter), (year), ()), GROUPING SETS ((country), ()),
             GROUPING SETS ((class), ()), GROUPING SETS ((), (sex), (age))
    HAVING count(*) > 0
       AND (GROUPING(class) = 1 OR GROUPING(month) * GROUPING(quarter) * GROUPING(sex) * GROUPING(age) = 1)
       AND (GROUPING(month) * GROUPING(quarter) = 1 OR GROUPING(sex) * GROUPING(age) = 1)
       AND (GROUPING(month) = 1 OR GROUPING(country) = 1)
       AND (GROUPING(month) = 1 OR NOT bool_or(untold));

    CREATE TEMP TABLE compass_part ON COMMIT DROP AS
    SELECT 'country' AS way, t.id AS total, c.id AS cell
    FROM pg_temp.compass_cell c JOIN pg_temp.compass_cell t USING (granularity, starts, class, breakdown, part)
    WHERE c.country <> '' AND t.country = ''
    UNION ALL
    SELECT 'class', t.id, c.id
    FROM pg_temp.compass_cell c JOIN pg_temp.compass_cell t USING (granularity, starts, country, breakdown, part)
    WHERE c.class <> '' AND t.class = ''
    UNION ALL
    SELECT c.breakdown, t.id, c.id
    FROM pg_temp.compass_cell c JOIN pg_temp.compass_cell t USING (granularity, starts, country, class)
    WHERE c.breakdown <> 'total' AND t.breakdown = 'total'
    UNION ALL
    SELECT 'period', t.id, c.id
    FROM pg_temp.compass_cell c JOIN pg_temp.compass_cell t USING (country, class, breakdown, part)
    WHERE t.granularity = CASE c.granularity
              WHEN 'month' THEN 'quarter' WHEN 'quarter' THEN 'year' WHEN 'year' THEN 'all' END
      AND t.starts = CASE c.granularity WHEN 'month' THEN date_trunc('quarter', c.starts)::date
                                        WHEN 'quarter' THEN date_trunc('year', c.starts)::date
                                        ELSE DATE '2021-01-01' END;

    -- Two cells are near when one is a part of the other or both are parts of one total.
    CREATE TEMP TABLE compass_near ON COMMIT DROP AS
    SELECT m.cell AS one, o.cell AS other FROM pg_temp.compass_part m JOIN pg_temp.compass_part o USING (way, total)
    WHERE m.cell <> o.cell
    UNION SELECT cell, total FROM pg_temp.compass_part
    UNION SELECT total, cell FROM pg_temp.compass_part;
    CREATE INDEX ON pg_temp.compass_near (one);
    CREATE INDEX ON pg_temp.compass_part (way, total);
    CREATE INDEX ON pg_temp.compass_cell (id);
    ANALYZE pg_temp.compass_near;
    ANALYZE pg_temp.compass_part;
    ANALYZE pg_temp.compass_cell;

    LOOP
        LOOP
            CREATE TEMP TABLE compass_open ON COMMIT DROP AS
            SELECT m.way, m.total,
                   (SELECT o.cell FROM pg_temp.compass_part o JOIN pg_temp.compass_cell x ON x.id = o.cell
                    WHERE o.way = m.way AND o.total = m.total AND NOT x.hidden ORDER BY x.people, x.id LIMIT 1) AS next
            FROM pg_temp.compass_part m
            JOIN pg_temp.compass_cell c ON c.id = m.cell
            JOIN pg_temp.compass_cell t ON t.id = m.total AND NOT t.hidden
            WHERE c.hidden
            GROUP BY m.way, m.total
            HAVING count(*) = 1 OR sum(c.people) < {THRESHOLD};
            UPDATE pg_temp.compass_cell SET hidden = true
            WHERE id IN (SELECT next FROM pg_temp.compass_open WHERE next IS NOT NULL);
            GET DIAGNOSTICS changed = ROW_COUNT;
            UPDATE pg_temp.compass_cell SET hidden = true
            WHERE NOT hidden AND id IN (SELECT total FROM pg_temp.compass_open WHERE next IS NULL);
            GET DIAGNOSTICS more = ROW_COUNT;
            DROP TABLE pg_temp.compass_open;
            EXIT WHEN changed + more = 0;
        END LOOP;

        -- Be the reader who subtracts: bounds of every cell from what is shown, tightened until nothing moves.
        found := 0;
        FOREACH measure IN ARRAY ARRAY['people', 'services'] LOOP
            UPDATE pg_temp.compass_cell SET
                lo = CASE WHEN hidden THEN 1 ELSE
                          round((CASE measure WHEN 'people' THEN people ELSE services END) / {ROUNDING}.0)
                          * {ROUNDING} - {ROUNDING // 2} END,
                hi = CASE WHEN hidden THEN 1000000000 ELSE
                          round((CASE measure WHEN 'people' THEN people ELSE services END) / {ROUNDING}.0)
                          * {ROUNDING} + {ROUNDING // 2} END;
            FOR turn IN 1..{TURNS} LOOP
                WITH family AS (
                    SELECT m.way, m.total, measure = 'services' OR m.way IN ('sex', 'age') AS exact,
                           sum(c.lo) AS lows, sum(c.hi) AS highs, max(c.lo) AS highest
                    FROM pg_temp.compass_part m JOIN pg_temp.compass_cell c ON c.id = m.cell GROUP BY m.way, m.total
                ), known AS (
                    SELECT total AS id, CASE WHEN exact THEN lows ELSE highest END AS lo, highs AS hi FROM family
                    UNION ALL
                    SELECT m.cell, t.lo - (f.highs - c.hi), t.hi - CASE WHEN f.exact THEN f.lows - c.lo ELSE 0 END
                    FROM pg_temp.compass_part m JOIN family f USING (way, total)
                    JOIN pg_temp.compass_cell c ON c.id = m.cell JOIN pg_temp.compass_cell t ON t.id = m.total
                ), best AS (SELECT id, max(lo) AS lo, min(hi) AS hi FROM known GROUP BY id)
                UPDATE pg_temp.compass_cell c SET lo = greatest(c.lo, b.lo), hi = least(c.hi, b.hi)
                FROM best b WHERE b.id = c.id AND (b.lo > c.lo OR b.hi < c.hi);
                GET DIAGNOSTICS changed = ROW_COUNT;
                EXIT WHEN changed = 0;
            END LOOP;
            UPDATE pg_temp.compass_cell SET hidden = true WHERE id IN (
                SELECT (SELECT v.id FROM (
                            SELECT n.other AS id, 1 AS steps FROM pg_temp.compass_near n WHERE n.one = e.id
                            UNION ALL
                            SELECT f.other, 2 FROM pg_temp.compass_near n
                            JOIN pg_temp.compass_cell h ON h.id = n.other AND h.hidden
                            JOIN pg_temp.compass_near f ON f.one = h.id WHERE n.one = e.id
                        ) near JOIN pg_temp.compass_cell v ON v.id = near.id AND NOT v.hidden
                        ORDER BY near.steps, v.people, v.id LIMIT 1)
                FROM pg_temp.compass_cell e WHERE e.hidden AND e.people < {THRESHOLD} AND e.hi - e.lo < {WIDTH});
            GET DIAGNOSTICS more = ROW_COUNT;
            found := found + more;
        END LOOP;
        EXIT WHEN found = 0;
    END LOOP;

    SELECT encode(sha256(convert_to('{RULES}' || coalesce(string_agg(
               concat_ws('|', granularity, starts, country, class, breakdown, part, hidden,
               CASE WHEN NOT hidden THEN round(people / {ROUNDING}.0) END,
               CASE WHEN NOT hidden THEN round(services / {ROUNDING}.0) END), ';'
               ORDER BY granularity, starts, country, class, breakdown, part), ''), 'UTF8')), 'hex')
    INTO print FROM pg_temp.compass_cell;
    SELECT s.id INTO new_id FROM public.programme_snapshot s
    WHERE s.as_of = until AND s.digest = print
      AND s.version = (SELECT max(v.version) FROM public.programme_snapshot v WHERE v.as_of = until);
    IF new_id IS NULL THEN
        new_id := gen_random_uuid();
        INSERT INTO public.programme_snapshot (id, as_of, version, taken_at, threshold, rounding, rules, digest)
        SELECT new_id, until, coalesce(max(version), 0) + 1, clock_timestamp(), {THRESHOLD}, {ROUNDING}, '{RULES}', print
        FROM public.programme_snapshot WHERE as_of = until;
        INSERT INTO public.programme_figure (id, snapshot_id, granularity, starts, country, service_class, breakdown, part,
                                             people, services, withheld)
        SELECT gen_random_uuid(), new_id, granularity, starts, country, class, breakdown, part,
               CASE WHEN NOT hidden THEN round(people / {ROUNDING}.0) * {ROUNDING} END,
               CASE WHEN NOT hidden THEN round(services / {ROUNDING}.0) * {ROUNDING} END, hidden
        FROM pg_temp.compass_cell;
    END IF;
    DROP TABLE pg_temp.compass_near;
    DROP TABLE pg_temp.compass_part;
    DROP TABLE pg_temp.compass_cell;
    RETURN new_id;
END $$;
"""  # noqa: S608

SNAPSHOT_DROP = "DROP FUNCTION compass_take_snapshot(date);"

FIGURES = """
CREATE OR REPLACE FUNCTION compass_figures(wanted text)
RETURNS TABLE (as_of date, version integer, starts date, country text, service_class text, breakdown text, part text,
               people integer, services integer, withheld boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT s.as_of, s.version, f.starts, f.country::text, f.service_class::text, f.breakdown::text, f.part::text,
           f.people, f.services, f.withheld
    FROM public.programme_figure f
    JOIN (SELECT * FROM public.programme_snapshot ORDER BY as_of DESC, version DESC LIMIT 1) s ON s.id = f.snapshot_id
    WHERE f.granularity = wanted
    ORDER BY f.starts, f.country, f.service_class, f.breakdown, f.part
$$;
"""

FIGURES_DROP = "DROP FUNCTION compass_figures(text);"
