"""The owner's functions that check a scope and hand keys over (PostgreSQL, no extension).

A scope is one text: `key id|expires (epoch)|backend pid|actor|organisations|countries|sensitivities|HMAC-SHA256 in hex`.
It is bound to the connection it was made for and expires, so that one that was copied from a log or another connection
opens nothing. HMAC is written out with `sha256()`, since PostgreSQL has no built-in HMAC.
"""

from __future__ import annotations

SCOPE = r"""
CREATE OR REPLACE FUNCTION compass_scope_claims() RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    token text := current_setting('compass.scope', true);
    message text;
    parts text[];
    inner_half bytea;
    outer_half bytea;
BEGIN
    IF token IS NULL OR token = '' THEN
        RAISE EXCEPTION 'compass: no scope' USING ERRCODE = 'CS001';
    END IF;
    message := left(token, -65);
    parts := string_to_array(message, '|');
    SELECT inner_pad, outer_pad INTO inner_half, outer_half FROM access_scopekey WHERE id = parts[1];
    IF inner_half IS NULL OR array_length(parts, 1) IS DISTINCT FROM 7
       OR right(token, 64) IS DISTINCT FROM
          encode(sha256(outer_half || sha256(inner_half || convert_to(message, 'UTF8'))), 'hex') THEN
        RAISE EXCEPTION 'compass: forged scope' USING ERRCODE = 'CS002';
    END IF;
    IF parts[2]::bigint < extract(epoch FROM clock_timestamp()) THEN
        RAISE EXCEPTION 'compass: expired scope' USING ERRCODE = 'CS003';
    END IF;
    IF parts[3]::integer <> pg_backend_pid() THEN
        RAISE EXCEPTION 'compass: scope of another connection' USING ERRCODE = 'CS004';
    END IF;
    RETURN parts;
END $$;

CREATE OR REPLACE FUNCTION compass_scope_actor() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS
$$ SELECT (compass_scope_claims())[4]::uuid $$;

CREATE OR REPLACE FUNCTION compass_scope_organisations() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS
$$ SELECT coalesce(string_to_array(nullif((compass_scope_claims())[5], ''), ',')::uuid[], '{}') $$;

CREATE OR REPLACE FUNCTION compass_scope_countries() RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS
$$ SELECT coalesce(string_to_array(nullif((compass_scope_claims())[6], ''), ','), '{}') $$;

CREATE OR REPLACE FUNCTION compass_scope_sensitivities() RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS
$$ SELECT coalesce(string_to_array(nullif((compass_scope_claims())[7], ''), ','), '{}') $$;
"""

SCOPE_DROP = """
DROP FUNCTION compass_scope_sensitivities();
DROP FUNCTION compass_scope_countries();
DROP FUNCTION compass_scope_organisations();
DROP FUNCTION compass_scope_actor();
DROP FUNCTION compass_scope_claims();
"""

SHARE_KEY = r"""
CREATE OR REPLACE FUNCTION compass_share_key(subject uuid, receiver uuid, wrapped_key bytea, expires timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM vault_subjectkey
                   WHERE subject_id = subject AND organisation_id = ANY (compass_scope_organisations())) THEN
        RAISE EXCEPTION 'compass: not a key of this organisation' USING ERRCODE = 'CS005';
    END IF;
    INSERT INTO vault_subjectkey (subject_id, organisation_id, organisation_key_version, wrapped, expires_at, created_at)
    SELECT subject, receiver, max(version), wrapped_key, expires, now()
    FROM vault_organisationkey WHERE organisation_id = receiver
    ON CONFLICT (subject_id, organisation_id)
    DO UPDATE SET wrapped = EXCLUDED.wrapped, expires_at = EXCLUDED.expires_at;
END $$;
"""

SHARE_KEY_DROP = "DROP FUNCTION compass_share_key(uuid, uuid, bytea, timestamptz);"
