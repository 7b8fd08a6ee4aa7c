"""The owner's functions of the trail (PostgreSQL).

`pg_temp` stands last in each search path: left out, it would come first, and whoever may make a temporary table could put
one of their own in the place of a real one.
"""

from __future__ import annotations

APPEND = """
CREATE OR REPLACE FUNCTION compass_trail_append(entry_body text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    parsed jsonb := entry_body::jsonb;
    previous bytea;
    number bigint;
    link bytea;
    owner_organisation uuid := (parsed->>'organisation')::uuid;
    said_by uuid := coalesce((parsed->>'actor')::uuid, '00000000-0000-0000-0000-000000000000');
BEGIN
    -- The owner, who runs no page, notes what it did to an organisation or a colleague without being one. What the
    -- deployment does by itself for an organisation names nobody, in a scope that was signed for just that.
    IF said_by IS DISTINCT FROM compass_scope_actor() OR owner_organisation IS NOT NULL AND session_user <> current_user
       AND NOT (said_by = '00000000-0000-0000-0000-000000000000'
                AND owner_organisation = ANY (compass_scope_organisations()))
       AND NOT EXISTS (SELECT 1 FROM access_user WHERE id = said_by AND organisation_id = owner_organisation)
       AND NOT EXISTS (SELECT 1 FROM access_grant WHERE user_id = said_by AND organisation_id = owner_organisation) THEN
        RAISE EXCEPTION 'compass: an entry in the name of someone else' USING ERRCODE = 'CS007';
    END IF;
    SELECT seq + 1, hash INTO number, previous FROM trail_head WHERE id = 1 FOR UPDATE;
    link := sha256(previous || convert_to(number::text || '|' || entry_body, 'UTF8'));
    INSERT INTO trail_entry (seq, at, actor, organisation_id, purpose, body, hash)
    VALUES (number, (parsed->>'at')::timestamptz, (parsed->>'actor')::uuid, owner_organisation,
            parsed->>'purpose', entry_body, link);
    INSERT INTO trail_subject (subject_id, organisation_id, entry_id)
    SELECT value::uuid, owner_organisation, number FROM jsonb_array_elements_text(parsed->'subjects');
    UPDATE trail_head SET seq = number, hash = link WHERE id = 1;
    RETURN number;
END $$;
"""

APPEND_DROP = "DROP FUNCTION compass_trail_append(text);"

HEAD = """
CREATE OR REPLACE FUNCTION compass_trail_head() RETURNS TABLE (seq bigint, hash bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT seq, hash FROM trail_head WHERE id = 1 $$;
"""

HEAD_DROP = "DROP FUNCTION compass_trail_head();"
