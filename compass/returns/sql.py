"""The owner's functions of the room: whether people whom the office at home took over may leave, asked by the office that
sees them off; and keeping each side of a journey from the other's pen."""

from __future__ import annotations

MAY_LEAVE = r"""
CREATE OR REPLACE FUNCTION compass_journey_may_leave(journey_id uuid, leaving_on date) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    journey returns_journey%ROWTYPE;
    avr returns_return%ROWTYPE;
BEGIN
    SELECT * INTO journey FROM returns_journey
    WHERE id = journey_id AND organisation_id = ANY (compass_scope_organisations());
    IF NOT FOUND OR journey.status <> 'waiting' OR journey.last_day IS NULL OR leaving_on > journey.last_day THEN
        RETURN false;
    END IF;
    SELECT * INTO avr FROM returns_return WHERE id = journey.avr_id;
    IF avr.state <> 'ready_to_travel' OR avr.round <> journey.round
       OR avr.organisation_id <> journey.to_organisation_id
       OR leaving_on < (avr.state_since AT TIME ZONE 'UTC')::date THEN
        RETURN false;
    END IF;
    RETURN NOT EXISTS (
        SELECT 1 FROM returns_member m JOIN people_person p ON p.id = m.person_id
        LEFT JOIN LATERAL compass_said(p.id, leaving_on) c ON true
        WHERE m.avr_id = avr.id AND (
            NOT compass_child_may_go(p.id)
            OR journey.organisation_id = ANY (c.not_to)
            OR (p.age_band NOT IN ('0-4', '5-11', '12-14', '15-17') OR p.id = avr.person_id) AND (
                c.id IS NULL OR (c.withdrawn_at AT TIME ZONE 'UTC')::date <= leaving_on
                OR c.child_agrees IS FALSE OR c.expires_on < leaving_on
                OR c.scopes->>'data_processing' IS DISTINCT FROM 'true')));
END $$;
"""

#: A mistaken departure is taken back while nobody has arrived; the record is held until that is written.
MAY_TAKE_BACK = r"""
CREATE OR REPLACE FUNCTION compass_journey_may_take_back(journey_id uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    journey returns_journey%ROWTYPE;
BEGIN
    SELECT * INTO journey FROM returns_journey
    WHERE id = journey_id AND organisation_id = ANY (compass_scope_organisations());
    IF NOT FOUND OR journey.status <> 'left' THEN
        RETURN false;
    END IF;
    PERFORM 1 FROM returns_return
    WHERE id = journey.avr_id AND state = 'ready_to_travel' AND round = journey.round
      AND organisation_id = journey.to_organisation_id
    FOR UPDATE;
    RETURN FOUND;
END $$;
"""

MAY_TAKE_BACK_DROP = "DROP FUNCTION compass_journey_may_take_back(uuid);"

MAY_LEAVE_DROP = "DROP FUNCTION compass_journey_may_leave(uuid, date);"

SIDES = r"""
CREATE OR REPLACE FUNCTION compass_journey_sides() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    ours uuid[];
    followed CONSTANT text[] := '{travel_on,travel_mode,last_day,ready,status,version}';
    told CONSTANT text[] := '{status,departed_on,method,reason,told_at,told_by,version}';
    step CONSTANT text := OLD.status || ' ' || NEW.status;
BEGIN
    IF current_user <> 'compass_app' THEN
        RETURN NEW;
    END IF;
    ours := compass_scope_organisations();
    IF OLD.organisation_id <> ALL (ours) AND (
        to_jsonb(OLD) - followed IS DISTINCT FROM to_jsonb(NEW) - followed
        OR OLD.status NOT IN ('waiting', 'stopped') OR NEW.status NOT IN ('waiting', 'stopped')
    ) THEN
        RAISE EXCEPTION 'compass: who saw nobody off does not record it' USING ERRCODE = 'CS023';
    END IF;
    IF OLD.to_organisation_id <> ALL (ours) AND (
        to_jsonb(OLD) - told IS DISTINCT FROM to_jsonb(NEW) - told
        OR step NOT IN ('waiting left', 'waiting missed', 'left waiting')
        OR NEW.told_by IS DISTINCT FROM compass_scope_actor()
        OR step = 'waiting left' AND (
            NEW.departed_on IS NULL OR NOT compass_journey_may_leave(OLD.id, NEW.departed_on))
        OR step = 'left waiting' AND (
            NEW.departed_on IS NOT NULL OR NEW.reason = '' OR NOT compass_journey_may_take_back(OLD.id))
    ) THEN
        RAISE EXCEPTION 'compass: who sees people off records that only' USING ERRCODE = 'CS023';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER returns_journey_sides BEFORE UPDATE ON returns_journey
FOR EACH ROW EXECUTE FUNCTION compass_journey_sides();
"""

SIDES_DROP = "DROP FUNCTION compass_journey_sides() CASCADE;"
