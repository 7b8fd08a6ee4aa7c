"""The owner's functions of the trail (PostgreSQL)."""

from __future__ import annotations

APPEND = """
CREATE OR REPLACE FUNCTION compass_trail_append(entry_body text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    parsed jsonb := entry_body::jsonb;
    previous bytea;
    number bigint;
    link bytea;
    owner_organisation uuid := (parsed->>'organisation')::uuid;
BEGIN
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
