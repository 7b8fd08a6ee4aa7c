"""The owner's functions of the room: taking a partner's key back or ending it sooner, keeping each side of a referral
and of a handover from the other's pen, and moving people to the office that accepted them."""

from __future__ import annotations

RECALL = r"""
CREATE OR REPLACE FUNCTION compass_referral_recall(referrals uuid[]) RETURNS uuid[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    gone uuid[];
BEGIN
    WITH taken AS (
        DELETE FROM vault_subjectkey k USING cases_referral r
        WHERE r.id = ANY (referrals) AND r.organisation_id = ANY (compass_scope_organisations())
          AND r.to_organisation_id <> r.organisation_id
          AND k.subject_id = r.id AND k.organisation_id = r.to_organisation_id
        RETURNING k.subject_id
    )
    SELECT coalesce(array_agg(subject_id), '{}') INTO gone FROM taken;
    RETURN gone;
END $$;
"""

RECALL_DROP = "DROP FUNCTION compass_referral_recall(uuid[]);"

UNTIL = r"""
CREATE OR REPLACE FUNCTION compass_referral_until(referrals uuid[], ends timestamptz[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    sooner bigint;
BEGIN
    UPDATE vault_subjectkey k SET expires_at = e.at
    FROM unnest(referrals, ends) AS e(id, at) JOIN cases_referral r ON r.id = e.id
    WHERE r.organisation_id = ANY (compass_scope_organisations()) AND r.to_organisation_id <> r.organisation_id
      -- Never later, and never a key that is held for good.
      AND k.subject_id = r.id AND k.organisation_id = r.to_organisation_id AND k.expires_at > e.at;
    GET DIAGNOSTICS sooner = ROW_COUNT;
    RETURN sooner;
END $$;
"""

UNTIL_DROP = "DROP FUNCTION compass_referral_until(uuid[], timestamptz[]);"

REVOKED = r"""
CREATE OR REPLACE FUNCTION compass_fall_with(place uuid) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    fallen uuid[];
BEGIN
    IF NOT EXISTS (SELECT 1 FROM vault_lock WHERE organisation_id = place AND revoked AND opened_at IS NULL) THEN
        RAISE EXCEPTION 'compass: this organisation was not revoked' USING ERRCODE = 'CS012';
    END IF;
    WITH ended AS (
        -- A draft that falls must not become visible to its receiver.
        UPDATE cases_referral
        SET status = CASE WHEN sent_at IS NULL THEN status ELSE 'revoked' END,
            revoked_at = greatest(now(), sent_at), recalled_at = now(), version = version + 1
        WHERE place IN (organisation_id, to_organisation_id) AND revoked_at IS NULL
          AND status IN ('draft', 'sent', 'acknowledged', 'accepted', 'waitlisted')
        RETURNING id, organisation_id, to_organisation_id
    ), offers AS (
        UPDATE cases_handover SET status = 'withdrawn', answered_at = now(), version = version + 1
        WHERE place IN (organisation_id, to_organisation_id) AND status = 'offered'
        RETURNING id, organisation_id, to_organisation_id
    ), every AS (
        SELECT * FROM ended UNION ALL SELECT * FROM offers
    ), taken AS (
        DELETE FROM vault_subjectkey k USING every b
        WHERE b.organisation_id <> b.to_organisation_id AND k.subject_id = b.id AND k.organisation_id = b.to_organisation_id
    )
    SELECT coalesce(array_agg(id), '{}') INTO fallen FROM every;
    DELETE FROM cases_handoverkey WHERE handover_id = ANY (fallen);
    RETURN cardinality(fallen);
END $$;
"""

REVOKED_DROP = "DROP FUNCTION compass_fall_with(uuid);"

ANSWER = r"""
CREATE OR REPLACE FUNCTION compass_referral_answer() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    answer CONSTANT text[] := '{status,acknowledged_at,answered_at,rejection_reason,outcome,delivered_on,done_at,
                               filed_at,answer_sealed,version}';
BEGIN
    -- The owner's functions move rows; whoever holds the row writes its own side.
    IF current_user <> 'compass_app' OR OLD.organisation_id = ANY (compass_scope_organisations()) THEN
        RETURN NEW;
    END IF;
    IF to_jsonb(OLD) - answer IS DISTINCT FROM to_jsonb(NEW) - answer THEN
        RAISE EXCEPTION 'compass: the receiver of a referral answers it only' USING ERRCODE = 'CS023';
    END IF;
    IF OLD.revoked_at IS NOT NULL OR OLD.recalled_at IS NOT NULL
       OR NEW.status NOT IN ('sent', 'acknowledged', 'waitlisted', 'accepted', 'rejected', 'done', 'no_show') THEN
        RAISE EXCEPTION 'compass: the receiver cannot answer this referral so' USING ERRCODE = 'CS023';
    END IF;
    -- The office is asked to look until it noted after this moment: one that never comes would never let it rest.
    IF NEW.filed_at IS DISTINCT FROM OLD.filed_at AND (NEW.filed_at IS NULL OR NEW.filed_at < OLD.filed_at
       OR NEW.filed_at > clock_timestamp() + interval '1 minute' OR NEW.status <> 'done') THEN
        RAISE EXCEPTION 'compass: a file comes after the outcome, and now' USING ERRCODE = 'CS023';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER cases_referral_answer BEFORE UPDATE ON cases_referral
FOR EACH ROW EXECUTE FUNCTION compass_referral_answer();
"""

ANSWER_DROP = "DROP FUNCTION compass_referral_answer() CASCADE;"

OFFER = r"""
CREATE OR REPLACE FUNCTION compass_handover_sides() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    ours uuid[];
    answer CONSTANT text[] := CASE OLD.status
        WHEN 'offered' THEN '{status,answered_at,answered_by,rejection_reason,answer_sealed,version}'
        WHEN 'accepted' THEN '{answered_at}' ELSE '{}' END;
BEGIN
    -- The owner's functions accept an offer, and the owner has no scope.
    IF current_user <> 'compass_app' THEN
        RETURN NEW;
    END IF;
    ours := compass_scope_organisations();
    IF OLD.organisation_id <> ALL (ours) AND (
        to_jsonb(OLD) - answer IS DISTINCT FROM to_jsonb(NEW) - answer
        OR NEW.status NOT IN (OLD.status, 'rejected')
    ) THEN
        RAISE EXCEPTION 'compass: the receiver of an offer answers it only' USING ERRCODE = 'CS023';
    END IF;
    IF OLD.to_organisation_id <> ALL (ours) AND (
        ROW (OLD.rejection_reason, OLD.answer_sealed) IS DISTINCT FROM ROW (NEW.rejection_reason, NEW.answer_sealed)
        OR ROW (OLD.status, OLD.answered_at, OLD.answered_by) IS DISTINCT FROM
           ROW (NEW.status, NEW.answered_at, NEW.answered_by)
           AND NOT (OLD.status = 'offered' AND NEW.status IN ('offered', 'withdrawn', 'expired'))
    ) THEN
        RAISE EXCEPTION 'compass: the sender of an offer does not answer it' USING ERRCODE = 'CS023';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER cases_handover_sides BEFORE UPDATE ON cases_handover
FOR EACH ROW EXECUTE FUNCTION compass_handover_sides();
"""

OFFER_DROP = "DROP FUNCTION compass_handover_sides() CASCADE;"

HANDOVER = r"""
CREATE OR REPLACE FUNCTION compass_handover(offer_id uuid) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    offer cases_handover%ROWTYPE;
    everyone uuid[];
    taken uuid[];
    moved integer;
    place text;
BEGIN
    SELECT * INTO offer FROM cases_handover WHERE id = offer_id FOR UPDATE;
    IF NOT FOUND OR NOT (offer.to_organisation_id = ANY (compass_scope_organisations())) THEN
        RAISE EXCEPTION 'compass: not offered to this organisation' USING ERRCODE = 'CS020';
    END IF;
    IF offer.status <> 'offered' OR offer.expires_at <= now() THEN
        RAISE EXCEPTION 'compass: the offer is not open' USING ERRCODE = 'CS021';
    END IF;
    SELECT array_agg(person_id) INTO everyone FROM cases_handoverperson
    WHERE handover_id = offer_id AND organisation_id = offer.organisation_id;
    PERFORM 1 FROM people_person WHERE id = ANY (everyone) FOR UPDATE;
    IF EXISTS (
        SELECT 1 FROM people_person p LEFT JOIN LATERAL compass_said(p.id) c ON true
        WHERE p.id = ANY (everyone) AND p.merged_into_id IS NULL
          -- Adults and children from 15 on answer for themselves.
          AND CASE WHEN p.age_band IN ('0-4', '5-11', '12-14') AND EXISTS (
                  SELECT 1 FROM people_person a
                  WHERE a.id = ANY (everyone) AND a.merged_into_id IS NULL
                    AND a.age_band NOT IN ('0-4', '5-11', '12-14'))
              THEN c.id IS NOT NULL AND (c.withdrawn_at IS NOT NULL OR c.child_agrees IS FALSE
                   OR offer.to_organisation_id = ANY (c.not_to)
                   OR c.scopes->>'return_country_sharing' = 'false')
              ELSE c.id IS NULL OR c.withdrawn_at IS NOT NULL OR c.child_agrees IS FALSE
                   OR offer.to_organisation_id = ANY (c.not_to)
                   OR c.expires_on < (now() AT TIME ZONE 'UTC')::date
                   OR c.scopes->>'return_country_sharing' IS DISTINCT FROM 'true' END
    ) THEN
        RAISE EXCEPTION 'compass: consent is not in force' USING ERRCODE = 'CS022';
    END IF;
    IF EXISTS (SELECT 1 FROM people_person p WHERE p.id = ANY (everyone) AND p.merged_into_id IS NULL
               AND NOT compass_child_may_go(p.id)) THEN
        RAISE EXCEPTION 'compass: the best interests of a child come first' USING ERRCODE = 'CS024';
    END IF;
    -- Of merged records all go, and the person is counted once.
    IF EXISTS (SELECT 1 FROM people_person p WHERE p.merged_into_id = ANY (everyone) AND p.id <> ALL (everyone))
       OR EXISTS (SELECT 1 FROM people_person p
                  WHERE p.id = ANY (everyone) AND p.merged_into_id IS NOT NULL AND p.merged_into_id <> ALL (everyone))
       OR (SELECT count(*) FROM people_person p WHERE p.id = ANY (everyone) AND p.merged_into_id IS NULL)
          IS DISTINCT FROM offer.people_count THEN
        RAISE EXCEPTION 'compass: the people of the offer are no longer there' USING ERRCODE = 'CS021';
    END IF;
    UPDATE people_person SET organisation_id = offer.to_organisation_id, version = version + 1
    WHERE id = ANY (everyone) AND organisation_id = offer.organisation_id;
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved IS DISTINCT FROM cardinality(everyone) THEN
        RAISE EXCEPTION 'compass: the people of the offer are no longer there' USING ERRCODE = 'CS021';
    END IF;
    SELECT country INTO place FROM access_organisation WHERE id = offer.to_organisation_id;
    UPDATE cases_case SET owner_id = NULL, version = version + 1,
        country = CASE WHEN status IN ('open', 'on_hold', 'reopened') AND place <> '' THEN place ELSE country END
    WHERE person_id = ANY (everyone);
    -- Only the sender's keys, of what goes along: a row put in by anybody else, or about anybody else, moves nothing.
    SELECT coalesce(array_agg(k.subject_id), '{}') INTO taken FROM vault_subjectkey k
    WHERE k.organisation_id = offer.organisation_id AND k.expires_at IS NULL
      AND (k.subject_id = ANY (everyone) OR k.subject_id IN (
          SELECT r.id FROM cases_referral r JOIN cases_casereferral o ON o.id = r.origin_id
          WHERE o.person_id = ANY (everyone) AND r.organisation_id = offer.to_organisation_id))
      AND k.subject_id IN (SELECT subject FROM cases_handoverkey
                           WHERE handover_id = offer_id AND organisation_id = offer.organisation_id);
    INSERT INTO vault_subjectkey (subject_id, organisation_id, organisation_key_version, wrapped, created_at)
    SELECT DISTINCT ON (subject) subject, offer.to_organisation_id, organisation_key_version, wrapped, now()
    FROM cases_handoverkey
    WHERE handover_id = offer_id AND organisation_id = offer.organisation_id AND subject = ANY (taken)
    ORDER BY subject, id
    ON CONFLICT (subject_id, organisation_id) DO UPDATE SET wrapped = EXCLUDED.wrapped, expires_at = NULL,
        organisation_key_version = EXCLUDED.organisation_key_version
    -- A key that is held for good is the same key already; a false one must not take its place.
    WHERE vault_subjectkey.expires_at IS NOT NULL;
    DELETE FROM vault_subjectkey
    WHERE subject_id = ANY (taken) AND organisation_id = offer.organisation_id
      AND organisation_id <> offer.to_organisation_id;
    DELETE FROM cases_handoverkey WHERE handover_id = offer_id;
    UPDATE vault_subjectkey SET expires_at = NULL
    WHERE subject_id = offer_id AND organisation_id = offer.to_organisation_id;
    UPDATE cases_handover SET status = 'accepted', answered_at = now(), answered_by = compass_scope_actor(),
        version = version + 1 WHERE id = offer_id;
    RETURN moved;
END $$;

CREATE OR REPLACE FUNCTION compass_handover_drop(offers uuid[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    gone integer;
BEGIN
    DELETE FROM cases_handoverkey k USING cases_handover h
    WHERE h.id = ANY (offers) AND k.handover_id = h.id AND h.status IN ('rejected', 'withdrawn', 'expired')
      AND (h.organisation_id = ANY (compass_scope_organisations())
           OR h.to_organisation_id = ANY (compass_scope_organisations()));
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;
"""

HANDOVER_DROP = "DROP FUNCTION compass_handover_drop(uuid[]); DROP FUNCTION compass_handover(uuid);"
