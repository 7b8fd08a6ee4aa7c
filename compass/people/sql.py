"""The owner's guards (PostgreSQL). Of households: nobody is put among people of another office.

The application cannot ask this itself, for it does not see who is elsewhere. A household whose people were parted by a
handover goes on in both offices.

Of merged records: one leads to another of its own office, and never further; what both said about consent counts as one.

Of people whose files are closed: their rows are made coarse and exact again by one function, and the application writes
nothing in between.

And of the blind index: no office keeps tokens of a person who left it, or whose key it lost.
"""

from __future__ import annotations

from compass.access.sql import COARSE_STATE

#: What the guard refuses with (SQLSTATE).
ELSEWHERE = "CS030"

HOUSEHOLD = f"""
CREATE OR REPLACE FUNCTION compass_household() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM public.people_person p WHERE p.household_id = NEW.household_id)
       AND NOT EXISTS (SELECT 1 FROM public.people_person p
                       WHERE p.household_id = NEW.household_id AND p.organisation_id = NEW.organisation_id) THEN
        RAISE EXCEPTION 'compass: a household of another organisation' USING ERRCODE = '{ELSEWHERE}';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER people_person_household_new BEFORE INSERT ON people_person
FOR EACH ROW EXECUTE FUNCTION compass_household();

CREATE TRIGGER people_person_household_moved BEFORE UPDATE ON people_person
FOR EACH ROW WHEN (OLD.household_id IS DISTINCT FROM NEW.household_id) EXECUTE FUNCTION compass_household();
"""  # noqa: S608

HOUSEHOLD_DROP = "DROP FUNCTION compass_household() CASCADE;"

#: Where everybody stood when the history of households began; nobody knows since when, so it says only that.
MEMBERS_BEGIN = """
INSERT INTO people_householdmember (id, organisation_id, basis, occurred_at, recorded_at, recorded_by, version,
                                    person_id, household_id, relation, uasc_status, change, care, since)
SELECT gen_random_uuid(), p.organisation_id, p.basis, now(), now(), '00000000-0000-0000-0000-000000000000', 1,
       p.id, p.household_id, p.relation, p.uasc_status, 'known', '', current_date
FROM people_person p;
"""

FORGET = """
CREATE OR REPLACE FUNCTION compass_forget_tokens() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE public.people_searchtoken SET person_id = NULL
    WHERE person_id = (to_jsonb(OLD) ->> TG_ARGV[0])::uuid AND organisation_id = OLD.organisation_id;
    RETURN NULL;
END $$;

CREATE TRIGGER people_person_left AFTER UPDATE ON people_person
FOR EACH ROW WHEN (OLD.organisation_id IS DISTINCT FROM NEW.organisation_id)
EXECUTE FUNCTION compass_forget_tokens('id');

CREATE TRIGGER vault_subjectkey_gone AFTER DELETE ON vault_subjectkey
FOR EACH ROW EXECUTE FUNCTION compass_forget_tokens('subject_id');
"""

FORGET_DROP = "DROP FUNCTION compass_forget_tokens() CASCADE;"

#: For the worker, which belongs to no office: which requests are due, where, and who confirmed them. It erases as somebody
#: of that office, in a unit of work.
DUE = """
CREATE OR REPLACE FUNCTION compass_erasures_due() RETURNS TABLE (request uuid, organisation uuid, confirmed_by uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT id, organisation_id, confirmed_by FROM people_erasurerequest
    WHERE status = 'confirmed' AND due_at <= now() ORDER BY due_at, id
$$;
"""

DUE_DROP = "DROP FUNCTION compass_erasures_due();"

#: The same for what two people decided when the term was over: which people, where, and who agreed.
TERMS_OVER = """
CREATE OR REPLACE FUNCTION compass_terms_over(by_then timestamptz)
RETURNS TABLE (person uuid, organisation uuid, agreed_by uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT r.person_id, r.organisation_id, r.recorded_by FROM public.people_retention r
    WHERE r.state = 'erasing' AND r.erase_at <= by_then
      AND NOT EXISTS (SELECT 1 FROM public.people_retention n WHERE n.person_id = r.person_id AND n.version > r.version)
      AND NOT EXISTS (SELECT 1 FROM public.people_person p WHERE p.id = r.person_id AND p.merged_into_id IS NOT NULL)
    ORDER BY r.erase_at, r.person_id
$$;
"""

TERMS_OVER_DROP = "DROP FUNCTION compass_terms_over(timestamptz);"

MERGED = """
CREATE OR REPLACE FUNCTION compass_merged() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.merged_into_id = NEW.id
       OR NOT EXISTS (SELECT 1 FROM public.people_person p WHERE p.id = NEW.merged_into_id
                      AND p.organisation_id = NEW.organisation_id AND p.merged_into_id IS NULL)
       OR EXISTS (SELECT 1 FROM public.people_person p WHERE p.merged_into_id = NEW.id) THEN
        RAISE EXCEPTION 'compass: merged only into a record of the same office that stands by itself'
              USING ERRCODE = 'CS032';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER people_person_merged_into BEFORE INSERT OR UPDATE OF merged_into_id ON people_person
FOR EACH ROW WHEN (NEW.merged_into_id IS NOT NULL) EXECUTE FUNCTION compass_merged();
"""

MERGED_DROP = "DROP FUNCTION compass_merged() CASCADE;"

#: For the owner's functions that ask for consent: what `compass.people.consent.newest` says in Python; with `until` what
#: counted at the end of that day, as `held`.
SAID = r"""
CREATE OR REPLACE FUNCTION compass_said(whose uuid, until date DEFAULT NULL)
RETURNS TABLE (id uuid, expires_on date, withdrawn_at timestamptz, child_agrees boolean, scopes jsonb, not_to uuid[])
LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    WITH last AS (
        SELECT DISTINCT ON (n.joined_at)
               n.id, n.joined_at, n.occurred_at, n.recorded_at, n.expires_on, n.child_agrees, n.scopes,
               n.not_to,
               CASE WHEN until IS NULL OR (n.withdrawn_at AT TIME ZONE 'UTC')::date <= until
                    THEN n.withdrawn_at END AS withdrawn_at
        FROM public.people_consent n
        WHERE n.person_id = whose AND (until IS NULL OR (n.occurred_at AT TIME ZONE 'UTC')::date <= until)
        ORDER BY n.joined_at, n.occurred_at DESC, n.recorded_at DESC, n.id DESC
    ), counts AS (
        SELECT l.* FROM last l WHERE l.joined_at IS NULL OR NOT EXISTS (
            SELECT 1 FROM last o WHERE o.joined_at IS NULL AND o.recorded_at > l.joined_at
                                   AND o.occurred_at >= greatest(l.occurred_at, l.withdrawn_at))
    )
    SELECT c.id, c.expires_on, (SELECT max(w.withdrawn_at) FROM counts w),
           c.child_agrees AND NOT EXISTS (SELECT 1 FROM counts n WHERE n.child_agrees IS FALSE),
           c.scopes || coalesce((SELECT jsonb_object_agg(s.key, false) FROM counts n, jsonb_each(n.scopes) s
                                 WHERE s.value = 'false'::jsonb), '{}'),
           ARRAY(SELECT DISTINCT o FROM counts n, unnest(n.not_to) o)
    FROM counts c ORDER BY c.occurred_at DESC, c.recorded_at DESC, c.id DESC LIMIT 1
$$;
"""

SAID_DROP = "DROP FUNCTION compass_said(uuid, date);"

#: The same in a migration that comes before a column it reads; nothing calls it until the column is there.
SAID_EARLY = f"SET LOCAL check_function_bodies = off;{SAID}SET LOCAL check_function_bodies = on;"

#: Columns beside days and moments that `compass_coarsen` may write.
NARROWS = (
    "people_person.age_band", "people_person.languages", "people_person.coarse", "people_consent.language",
    "people_groupmember.group_id", "people_search.about", "reception_arrival.person_id",
    "reception_placecorrection.person_id", "reception_attendance.activity_id", "returns_counselling.language",
    "returns_declaration.language", "returns_declaration.text_language", "reintegration_interview.language",
    "reintegration_action.project_id",
)  # fmt: skip
#: `changes`: [{primary key, column: value}], the same columns for each row. Rows of other organisations are not touched.
COARSEN = f"""
CREATE OR REPLACE FUNCTION compass_coarsen(place text, changes jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    pk text := CASE place WHEN 'access_receipt' THEN 'key' ELSE 'id' END;
    parts text;
    written bigint;
BEGIN
    IF EXISTS (
        SELECT 1 FROM jsonb_object_keys(changes->0) AS k(name) LEFT JOIN pg_attribute a
               ON a.attrelid = format('public.%I', place)::regclass AND a.attname = k.name AND NOT a.attisdropped
        WHERE k.name <> pk AND (a.attname IS NULL
              OR a.atttypid NOT IN ('timestamptz'::regtype, 'date'::regtype)
                 AND NOT format('%s.%s', place, k.name) = ANY ('{{{",".join(NARROWS)}}}'))
    ) OR place <> 'access_receipt' AND place ~ '^(access|vault|trail|programme|commons|communities)_' THEN
        RAISE EXCEPTION 'compass: not a column that is made coarse' USING ERRCODE = 'CS041';
    END IF;
    SELECT string_agg(format('%1$I = n.%1$I', k.name), ', ') INTO parts
    FROM jsonb_object_keys(changes->0) AS k(name) WHERE k.name <> pk;
    EXECUTE format('UPDATE public.%1$I t SET %2$s FROM jsonb_populate_recordset(NULL::public.%1$I, $1) n'
                   ' WHERE t.%3$I = n.%3$I AND t.organisation_id = ANY ($2)', place, parts, pk)
    USING changes, compass_scope_organisations();
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END $$;
"""  # noqa: S608 names of columns, from this program

COARSEN_DROP = "DROP FUNCTION compass_coarsen(text, jsonb);"

EXACT = f"""
CREATE OR REPLACE FUNCTION compass_says_quarters(named uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    found boolean;
BEGIN
    IF pg_trigger_depth() = 0 THEN
        RAISE EXCEPTION 'compass: only a trigger asks this' USING ERRCODE = 'CS041';
    END IF;
    -- Locked as a reference would be: who makes the rows coarse at this moment is waited for.
    SELECT p.coarse INTO found FROM public.people_person p WHERE p.id = named FOR KEY SHARE;
    RETURN found;
END $$;

CREATE OR REPLACE FUNCTION compass_exact() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    said jsonb := to_jsonb(NEW);
    named uuid := (said ->> TG_ARGV[0])::uuid;
    moment timestamp;
    day date;
    quarters boolean := TG_TABLE_NAME = 'people_retention' AND TG_OP = 'INSERT';
BEGIN
    -- The step of a clock that says no more than the quarter may join rows that say no more.
    IF quarters THEN
        FOREACH moment IN ARRAY ARRAY[(said ->> 'occurred_at')::timestamptz AT TIME ZONE 'UTC',
                                      (said ->> 'recorded_at')::timestamptz AT TIME ZONE 'UTC'] LOOP
            quarters := quarters AND moment - date_trunc('quarter', moment) < interval '1 second'
                        AND moment > date_trunc('quarter', moment);
        END LOOP;
        FOREACH day IN ARRAY ARRAY[(said ->> 'began_on')::date, (said ->> 'due_on')::date, (said ->> 'review_on')::date,
                                   (said ->> 'until')::date] LOOP
            quarters := quarters AND coalesce(day = date_trunc('quarter', day)::date, true);
        END LOOP;
    END IF;
    -- The owner's functions make rows coarse, put them back, and move them; the application itself never does.
    IF current_user = 'compass_app' AND NOT quarters AND compass_says_quarters(named) THEN
        RAISE EXCEPTION 'compass: the exact values come first' USING ERRCODE = '{COARSE_STATE}', DETAIL = named::text;
    END IF;
    RETURN NEW;
END $$;
"""  # noqa: S608

EXACT_PERSON = """
CREATE TRIGGER people_person_exact BEFORE UPDATE ON people_person
FOR EACH ROW WHEN (OLD.coarse OR NEW.coarse) EXECUTE FUNCTION compass_exact('id');
"""

EXACT_DROP = "DROP FUNCTION compass_exact() CASCADE; DROP FUNCTION compass_says_quarters(uuid);"
#: SQLSTATE of a call outside the nightly comparison.
NOT_AT_NIGHT = "CS033"

#: Whether an ask takes part today, and the two sides of a meeting. Only the scope of the nightly job, which names no office
#: and no colleague, may call the second one; it answers nothing, whatever it did. The first is called by nobody else.
ELSEWHERE_MET = rf"""
CREATE OR REPLACE FUNCTION compass_elsewhere_stands(which uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT 1 FROM public.people_elsewhereask a JOIN public.people_person p ON p.id = a.person_id
        JOIN LATERAL public.compass_said(p.id) c ON true
        WHERE a.id = which AND a.state = 'confirmed' AND a.decided_by <> a.recorded_by AND a.until > now()
          AND a.organisation_id = a.asking_organisation AND p.organisation_id = a.organisation_id
          AND p.merged_into_id IS NULL AND NOT public.compass_is_locked(a.organisation_id)
          AND c.withdrawn_at IS NULL AND c.expires_on >= (now() AT TIME ZONE 'UTC')::date
          AND c.child_agrees IS NOT FALSE AND c.scopes->>'duplicate_check' = 'true'
          AND EXISTS (SELECT 1 FROM public.vault_subjectkey k WHERE k.subject_id = p.id
                      AND k.organisation_id = a.organisation_id AND k.expires_at IS NULL)
          AND NOT EXISTS (SELECT 1 FROM public.people_erasurerequest e WHERE e.person_id = p.id
                          AND e.status IN ('asked', 'confirmed')))
$$;

CREATE OR REPLACE FUNCTION compass_met_elsewhere(ones uuid[], others uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT 'elsewhere' = ANY (compass_scope_sensitivities()) THEN
        RAISE EXCEPTION 'compass: only the nightly comparison' USING ERRCODE = '{NOT_AT_NIGHT}';
    END IF;
    -- What is taken back at this moment is taken back first.
    PERFORM 1 FROM people_elsewhereask WHERE id = ANY (ones || others) ORDER BY id FOR UPDATE;
    INSERT INTO people_elsewheremet (id, organisation_id, basis, occurred_at, recorded_at, recorded_by, version, person_id,
                                     ask_id, asking_organisation, met_organisation)
    SELECT gen_random_uuid(), mine.organisation_id, 'consent', now(), now(), mine.decided_by, 1, mine.person_id,
           mine.id, mine.organisation_id, theirs.organisation_id
    FROM unnest(ones || others, others || ones) AS pair(one, other)
    JOIN people_elsewhereask mine ON mine.id = pair.one JOIN people_elsewhereask theirs ON theirs.id = pair.other
    WHERE mine.organisation_id <> theirs.organisation_id
      -- Whoever the person named is not told of them, and learns by nothing that it would have been.
      AND NOT EXISTS (SELECT 1 FROM compass_said(mine.person_id) c WHERE theirs.organisation_id = ANY (c.not_to))
      AND NOT EXISTS (SELECT 1 FROM compass_said(theirs.person_id) c WHERE mine.organisation_id = ANY (c.not_to))
      AND compass_elsewhere_stands(mine.id) AND compass_elsewhere_stands(theirs.id)
    ON CONFLICT (ask_id, met_organisation) DO NOTHING;
END $$;
"""  # noqa: S608

ELSEWHERE_MET_DROP = """
DROP FUNCTION compass_met_elsewhere(uuid[], uuid[]);
DROP FUNCTION compass_elsewhere_stands(uuid);
"""
