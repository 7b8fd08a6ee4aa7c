"""The ladder of `compass.cases.ladder` as a function of the owner: what an office did between an offer and its acceptance
counts."""

from __future__ import annotations

LADDER = r"""
CREATE OR REPLACE FUNCTION compass_child_may_go(child uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    small CONSTANT text[] := '{0-4,5-11,12-14,15-17}';
    alone CONSTANT text[] := '{unaccompanied,separated,unknown}';
    person people_person%ROWTYPE;
    procedure cases_bestinterests%ROWTYPE;
    guardian people_guardianrequest%ROWTYPE;
    parents uuid[];
    begun boolean := false;
BEGIN
    SELECT * INTO person FROM people_person WHERE id = child;
    IF NOT (person.age_band = ANY (small) OR person.age_band = '' AND person.uasc_status = ANY (alone)) THEN
        RETURN true;
    END IF;
    SELECT * INTO guardian FROM people_guardianrequest WHERE person_id = child AND status <> 'withdrawn'
    ORDER BY recorded_at DESC, id DESC LIMIT 1;
    SELECT coalesce(array_agg(id), '{}') INTO parents FROM people_person
    WHERE household_id = person.household_id AND organisation_id = person.organisation_id AND id <> child
      AND age_band <> ALL (small) AND person.uasc_status <> ALL (alone)
      AND (person.relation, relation) IN (('child', 'principal'), ('principal', 'parent'));
    -- Its own, and those that stayed with records merged into it: each must allow it.
    FOR procedure IN
        SELECT DISTINCT ON (b.person_id) b.* FROM cases_bestinterests b
        WHERE b.person_id = child OR b.person_id IN (SELECT id FROM people_person WHERE merged_into_id = child)
        ORDER BY b.person_id, b.recorded_at DESC, b.id DESC
    LOOP
        begun := true;
        IF procedure.stage = 'appealed' OR procedure.heard_at IS NULL THEN
            RETURN false;
        END IF;
        IF parents <> '{}' AND guardian.id IS NULL AND NOT procedure.determination
           AND (NOT person.once_alone OR procedure.parents_confirmed && parents) THEN
            IF procedure.with_parent_at IS NULL OR procedure.parent_agreed_at IS NULL
               OR NOT procedure.checked_with && parents THEN
                RETURN false;
            END IF;
        ELSIF NOT coalesce(procedure.assessed_at IS NOT NULL AND guardian.id IS NOT NULL
           AND (procedure.tracing = 'successful' AND procedure.family_assessed OR procedure.care_agreed)
           AND procedure.decided_at IS NOT NULL AND procedure.panel_size >= 3 AND procedure.decision = 'return'
           AND procedure.options::text[] @> '{local_integration,third_country,return}'
           AND procedure.review_told_at IS NOT NULL
           AND coalesce(guardian.appointed_at <= procedure.parent_agreed_at, false)
           AND procedure.escort NOT IN ('', 'none') AND length(procedure.received_by_sealed) > 0
           AND procedure.first_visit_on IS NOT NULL, false) THEN
            RETURN false;
        END IF;
    END LOOP;
    RETURN begun;
END $$;
"""

LADDER_DROP = "DROP FUNCTION compass_child_may_go(uuid);"
