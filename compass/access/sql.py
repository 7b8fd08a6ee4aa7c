"""The owner's functions that check a scope, hand keys over and keep rows in their place (PostgreSQL, no extension).

A scope is one text: `key id|expires (epoch)|backend pid|actor|organisations|countries|sensitivities|HMAC-SHA256 in hex`.
It is bound to the connection it was made for and expires, so that one that was copied from a log or another connection
opens nothing. HMAC is written out with `sha256()`, since PostgreSQL has no built-in HMAC. `pg_temp` stands last in each
search path, so that a temporary table cannot take the place of a real one.
"""

from __future__ import annotations

from uuid import UUID

from compass.access.roles import LOCKERS, OVERSEERS, REVOKERS

SCOPE = r"""
CREATE OR REPLACE FUNCTION compass_scope_claims() RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
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
    IF inner_half IS NULL OR array_length(parts, 1) IS DISTINCT FROM 7 OR left(right(token, 65), 1) <> '|'
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
    -- The transaction that locks goes on, to write its entry; a scope of no organisation opens nothing anyway.
    IF parts[5] <> '' AND EXISTS (SELECT 1 FROM vault_lock WHERE opened_at IS NULL) THEN
        IF compass_is_locked(NULL) THEN
            RAISE EXCEPTION 'compass: everything is locked' USING ERRCODE = 'CS010';
        END IF;
        parts[5] := array_to_string(ARRAY(SELECT place FROM unnest(string_to_array(parts[5], ',')) AS place
                                          WHERE NOT compass_is_locked(place::uuid)), ',');
    END IF;
    RETURN parts;
END $$;

CREATE OR REPLACE FUNCTION compass_scope_actor() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT (compass_scope_claims())[4]::uuid $$;

CREATE OR REPLACE FUNCTION compass_scope_organisations() RETURNS uuid[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT coalesce(string_to_array(nullif((compass_scope_claims())[5], ''), ',')::uuid[], '{}') $$;

CREATE OR REPLACE FUNCTION compass_scope_countries() RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT coalesce(string_to_array(nullif((compass_scope_claims())[6], ''), ','), '{}') $$;

CREATE OR REPLACE FUNCTION compass_scope_sensitivities() RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT coalesce(string_to_array(nullif((compass_scope_claims())[7], ''), ','), '{}') $$;
"""

SCOPE_DROP = """
DROP FUNCTION compass_scope_sensitivities();
DROP FUNCTION compass_scope_countries();
DROP FUNCTION compass_scope_organisations();
DROP FUNCTION compass_scope_actor();
DROP FUNCTION compass_scope_claims();
"""

KEYS = r"""
CREATE OR REPLACE FUNCTION compass_holds_key(subject uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM vault_subjectkey WHERE subject_id = subject AND expires_at IS NULL
                   AND organisation_id = ANY (compass_scope_organisations()))
$$;

CREATE OR REPLACE FUNCTION compass_key_is_new(subject uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS
$$ SELECT NOT EXISTS (SELECT 1 FROM vault_subjectkey WHERE subject_id = subject)
      -- A restore would not bring it back.
      AND NOT EXISTS (SELECT 1 FROM vault_erasure WHERE subject_id = subject) $$;

CREATE OR REPLACE FUNCTION compass_share_key(subject uuid, receiver uuid, wrapped_key bytea, expires timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    place record;
    elsewhere boolean;
BEGIN
    -- Who holds a share only, or one that has run out, neither prolongs it nor passes it on.
    IF NOT compass_holds_key(subject) THEN
        RAISE EXCEPTION 'compass: not a key of this organisation' USING ERRCODE = 'CS005';
    END IF;
    -- A record whose key is shared says to whom in to_organisation_id; the key of any other row, a person's above all,
    -- stays.
    FOR place IN
        SELECT c.relname, EXISTS (SELECT 1 FROM pg_attribute t WHERE t.attrelid = c.oid AND NOT t.attisdropped
                                  AND t.attname = 'to_organisation_id') AS addressed
        FROM pg_class c
        JOIN pg_attribute o ON o.attrelid = c.oid AND o.attname = 'organisation_id' AND NOT o.attisdropped
        JOIN pg_attribute i ON i.attrelid = c.oid AND i.attname = 'id' AND i.atttypid = 'uuid'::regtype
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I WHERE id = $1 AND NOT (%s))', place.relname,
                       CASE WHEN place.addressed
                            THEN 'to_organisation_id = $2 AND organisation_id = ANY ($3)' ELSE 'false' END)
        INTO elsewhere USING subject, receiver, compass_scope_organisations();
        IF elsewhere THEN
            RAISE EXCEPTION 'compass: nothing with this key is addressed to that organisation' USING ERRCODE = 'CS009';
        END IF;
    END LOOP;
    INSERT INTO vault_subjectkey
        (subject_id, organisation_id, organisation_key_version, wrapped, expires_at, created_at)
    SELECT subject, receiver, max(version), wrapped_key, expires, now()
    FROM vault_organisationkey WHERE organisation_id = receiver
    ON CONFLICT (subject_id, organisation_id)
    DO UPDATE SET wrapped = EXCLUDED.wrapped, organisation_key_version = EXCLUDED.organisation_key_version,
                  expires_at = EXCLUDED.expires_at
    -- A key that is held for good is the same key already; a false one must not take its place.
    WHERE vault_subjectkey.expires_at IS NOT NULL;
END $$;

CREATE OR REPLACE FUNCTION compass_destroy_keys(subjects uuid[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    place name;
    held uuid[] := ARRAY(SELECT DISTINCT subject FROM unnest(subjects) AS subject WHERE compass_holds_key(subject));
    gone bigint;
BEGIN
    DELETE FROM vault_subjectkey WHERE subject_id = ANY (held);
    GET DIAGNOSTICS gone = ROW_COUNT;
    -- Keys that wait for a receiver lie in tables of other rooms.
    FOR place IN
        SELECT c.relname FROM pg_class c
        JOIN pg_attribute s ON s.attrelid = c.oid AND s.attname = 'subject' AND s.atttypid = 'uuid'::regtype
        JOIN pg_attribute w ON w.attrelid = c.oid AND w.attname = 'wrapped' AND NOT w.attisdropped
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
    LOOP
        EXECUTE format('DELETE FROM public.%I WHERE subject = ANY ($1)', place) USING held;
    END LOOP;
    -- One after the other, so that a number that can be read has none before it that cannot yet.
    LOCK TABLE vault_erasure IN EXCLUSIVE MODE;
    INSERT INTO vault_erasure (number, subject_id, at)
    SELECT (SELECT coalesce(max(number), 0) FROM vault_erasure) + nth, subject, now()
    FROM unnest(held) WITH ORDINALITY AS erased(subject, nth)
    WHERE NOT EXISTS (SELECT 1 FROM vault_erasure e WHERE e.subject_id = subject);
    RETURN gone;
END $$;
"""

KEYS_DROP = """
DROP FUNCTION compass_destroy_keys(uuid[]);
DROP FUNCTION compass_share_key(uuid, uuid, bytea, timestamptz);
DROP FUNCTION compass_key_is_new(uuid);
DROP FUNCTION compass_holds_key(uuid);
"""

GUARD = r"""
CREATE OR REPLACE FUNCTION compass_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    before jsonb := to_jsonb(OLD);
    after jsonb := to_jsonb(NEW);
    seen boolean;
BEGIN
    -- The owner's functions move rows; the application itself never does.
    IF current_user <> 'compass_app' THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND before->'organisation_id' IS DISTINCT FROM after->'organisation_id' THEN
        RAISE EXCEPTION 'compass: a row stays with its organisation' USING ERRCODE = 'CS006';
    END IF;
    FOR place IN 0 .. TG_NARGS / 3 - 1 LOOP
        IF before->TG_ARGV[place * 3] IS DISTINCT FROM after->TG_ARGV[place * 3]
           AND after->>TG_ARGV[place * 3] IS NOT NULL THEN
            EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I WHERE %I = %L)',
                           TG_ARGV[place * 3 + 1], TG_ARGV[place * 3 + 2], after->>TG_ARGV[place * 3]) INTO seen;
            IF NOT seen THEN
                RAISE EXCEPTION 'compass: a reference to a row out of sight' USING ERRCODE = 'CS006';
            END IF;
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
"""

GUARD_DROP = "DROP FUNCTION compass_guard() CASCADE;"

LOCK = rf"""
CREATE OR REPLACE FUNCTION compass_is_locked(place uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM vault_lock WHERE opened_at IS NULL
                   AND (organisation_id = place OR organisation_id = '{UUID(int=0)}')
                   AND made_in IS DISTINCT FROM pg_current_xact_id_if_assigned()::text::bigint)
$$;

CREATE OR REPLACE FUNCTION compass_close_down(place uuid, by_whom uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    ended bigint;
BEGIN
    INSERT INTO vault_lock (organisation_id, locked_by, made_in)
    VALUES (place, by_whom, pg_current_xact_id()::text::bigint)
    ON CONFLICT (organisation_id) WHERE opened_at IS NULL DO NOTHING;
    DELETE FROM access_session s
    WHERE place = '{UUID(int=0)}'
       OR EXISTS (SELECT 1 FROM access_user u WHERE u.id = s.user_id AND u.organisation_id = place)
       OR EXISTS (SELECT 1 FROM access_grant g WHERE g.user_id = s.user_id AND g.organisation_id = place
                  AND (g.valid_to IS NULL OR g.valid_to > now()) AND g.role <> ALL ('{{{",".join(sorted(OVERSEERS))}}}'));
    GET DIAGNOSTICS ended = ROW_COUNT;
    RETURN ended;
END $$;

CREATE OR REPLACE FUNCTION compass_lock(place uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    who uuid := compass_scope_actor();
BEGIN
    IF NOT EXISTS (SELECT 1 FROM access_grant WHERE user_id = who
                   AND role = ANY ('{{{",".join(sorted(LOCKERS))}}}') AND valid_from <= now()
                   AND (valid_to IS NULL OR valid_to > now())
                   AND (organisation_id = place OR place = '{UUID(int=0)}')) THEN
        RAISE EXCEPTION 'compass: not a role that locks' USING ERRCODE = 'CS011';
    END IF;
    RETURN compass_close_down(place, who);
END $$;

CREATE OR REPLACE FUNCTION compass_no_session() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF compass_is_locked(NULL) THEN
        RAISE EXCEPTION 'compass: everything is locked' USING ERRCODE = 'CS010';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER access_session_locked BEFORE INSERT ON access_session
FOR EACH ROW EXECUTE FUNCTION compass_no_session();
"""  # noqa: S608 names of roles, from this program

REVOKE = rf"""
CREATE OR REPLACE FUNCTION compass_end_organisation(place uuid, by_whom uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    ended bigint := compass_close_down(place, by_whom);
BEGIN
    UPDATE vault_lock SET revoked = true WHERE organisation_id = place AND opened_at IS NULL;
    -- Who watches over all organisations is needed when it opens again.
    UPDATE access_grant g SET valid_to = now() FROM access_user u
    WHERE g.organisation_id = place AND (g.valid_to IS NULL OR g.valid_to > now()) AND u.id = g.user_id
      AND (u.organisation_id = place OR g.role <> ALL ('{{{",".join(sorted(OVERSEERS))}}}'));
    UPDATE access_grant g SET valid_to = now() FROM access_user u
    WHERE u.organisation_id = place AND u.id = g.user_id AND (g.valid_to IS NULL OR g.valid_to > now());
    UPDATE access_user SET is_active = false, invited_until = NULL WHERE organisation_id = place;
    -- What others shared with it.
    DELETE FROM vault_subjectkey WHERE organisation_id = place AND expires_at IS NOT NULL;
    RETURN ended;
END $$;

CREATE OR REPLACE FUNCTION compass_revoke(place uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    who uuid := compass_scope_actor();
BEGIN
    IF NOT EXISTS (SELECT 1 FROM access_grant g JOIN access_user u ON u.id = g.user_id
                   JOIN access_organisation o ON o.id = u.organisation_id
                   WHERE u.id = who AND u.is_active AND o.kind = 'office' AND o.country = '' AND o.id <> place
                     AND g.role = ANY ('{{{",".join(sorted(REVOKERS))}}}') AND g.valid_from <= now()
                     AND (g.valid_to IS NULL OR g.valid_to > now()))
       OR NOT EXISTS (SELECT 1 FROM access_organisation WHERE id = place) THEN
        RAISE EXCEPTION 'compass: not for headquarters to revoke' USING ERRCODE = 'CS012';
    END IF;
    RETURN compass_end_organisation(place, who);
END $$;
"""  # noqa: S608 names of roles, from this program

REVOKE_DROP = """
DROP FUNCTION compass_revoke(uuid);
DROP FUNCTION compass_end_organisation(uuid, uuid);
"""

LOCK_DROP = """
DROP FUNCTION compass_no_session() CASCADE;
DROP FUNCTION compass_lock(uuid);
DROP FUNCTION compass_close_down(uuid, uuid);
DROP FUNCTION compass_is_locked(uuid) CASCADE;
"""

OWN_ACCOUNT = r"""
CREATE OR REPLACE FUNCTION compass_own_account() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    claims text[];
    whose text;
BEGIN
    -- The owner makes and closes accounts; nobody signs in as the owner.
    IF current_user <> 'compass_app' THEN
        RETURN NULL;
    END IF;
    -- When a factor was last used is written before it is known who signs in.
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - 'last_used_at' = to_jsonb(NEW) - 'last_used_at' THEN
        RETURN NULL;
    END IF;
    claims := compass_scope_claims();
    FOREACH whose IN ARRAY array_remove(ARRAY[to_jsonb(OLD)->>TG_ARGV[0], to_jsonb(NEW)->>TG_ARGV[0]], NULL) LOOP
        IF claims[7] <> 'account' OR claims[4] IS DISTINCT FROM whose THEN
            RAISE EXCEPTION 'compass: a way to sign in is changed by whose it is' USING ERRCODE = 'CS008';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
"""

BEGIN_ACCOUNT = """
CREATE OR REPLACE FUNCTION compass_begin_account(chosen text, sealed bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    claims text[] := compass_scope_claims();
BEGIN
    IF claims[7] IS DISTINCT FROM 'account' THEN
        RAISE EXCEPTION 'compass: a way to sign in is changed by whose it is' USING ERRCODE = 'CS008';
    END IF;
    UPDATE access_user SET password = chosen, name_sealed = sealed, invited_until = NULL
    WHERE id = claims[4]::uuid AND invited_until > clock_timestamp();
    RETURN FOUND;
END $$;
"""

BEGIN_ACCOUNT_DROP = "DROP FUNCTION compass_begin_account(text, bytea);"

OWN_ACCOUNT_DROP = "DROP FUNCTION compass_own_account() CASCADE;"

#: What a row about a closed record is refused with (SQLSTATE).
CLOSED_STATE = "CS031"
CLOSED = f"""
CREATE OR REPLACE FUNCTION compass_closed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    named uuid := (to_jsonb(NEW) ->> TG_ARGV[0])::uuid;
    closed uuid;
BEGIN
    -- Locked as a reference would be: who closes the record at this moment is waited for.
    EXECUTE format('SELECT %I FROM public.%I WHERE %I = $1 FOR KEY SHARE', TG_ARGV[3], TG_ARGV[1], TG_ARGV[2])
    INTO closed USING named;
    IF closed IS NOT NULL THEN
        RAISE EXCEPTION 'compass: the record was merged into another' USING ERRCODE = '{CLOSED_STATE}';
    END IF;
    RETURN NEW;
END $$;
"""  # noqa: S608

CLOSED_DROP = "DROP FUNCTION compass_closed() CASCADE;"

#: What a write is refused with while rows about a person are coarse (`compass.access.walls`); the detail names the person.
COARSE_STATE = "CS040"
