"""The owner's guards (PostgreSQL). Of households: nobody is put among people of another office.

The application cannot ask this itself, for it does not see who is elsewhere. A household whose people were parted by a
handover goes on in both offices.

And of the blind index: no office keeps tokens of a person who left it, or whose key it lost.
"""

from __future__ import annotations

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
