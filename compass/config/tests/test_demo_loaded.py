"""The loaded demonstration: published totals, the same for the same seed, work on the desks, going on after a stop."""

from __future__ import annotations

import dataclasses
import hashlib
import inspect
import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from compass.config.demo.load_neighbours import NEIGHBOURS
from compass.config.demo.progress import Progress
from compass.config.demo.targets import check_of_2021, targets
from compass.config.embedded import Cluster
from compass.config.testing import TEMPLATE

PEOPLE, SEED = 300, 11
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
ORDER = ("H", "C", "R", "RI")
WRITTEN = ("mother", "daughter", "son", "boy", *(each.key for each in NEIGHBOURS))


@contextmanager
def database(cluster: Cluster) -> Iterator[Callable[..., list[tuple[Any, ...]]]]:
    """Django on a database of its own; gives a function that asks it as the owner."""
    from django.db import connection

    name, before = f"loaded_{uuid.uuid4().hex[:12]}", connection.settings_dict["NAME"]
    cluster.create_database(name, template=TEMPLATE)
    connection.close()
    connection.settings_dict["NAME"] = name

    def rows(statement: str, *values: object) -> list[tuple[Any, ...]]:
        with cluster.connect("compass_owner", name) as owner:
            return owner.execute(statement, values).fetchall()

    try:
        yield rows
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
        cluster.drop_database(name)


def everything(progress: Progress) -> None:
    from compass.config.demo.living import liven
    from compass.config.demo.load import Loader, load
    from compass.config.demo.load_decision import Deciding
    from compass.config.demo.load_home import AtHome
    from compass.config.demo.load_neighbours import Neighbours
    from compass.config.demo.load_places import Places
    from compass.config.demo.load_story import AwayFromHome

    load(progress.people, progress.seed, say=lambda text: None, progress=progress)
    loader = Loader(progress.seed)
    for part in (AwayFromHome, Deciding, AtHome, Neighbours, Places):
        part(loader, progress).all()
    liven(loader, progress)


@pytest.fixture(scope="module")
def loaded(cluster: Cluster, django_db_blocker: Any) -> Iterator[Any]:
    with database(cluster) as rows, django_db_blocker.unblock():
        rows.progress = Progress(None, PEOPLE, SEED, now=NOW)
        everything(rows.progress)
        yield rows


def classes(rows: Any, family: list[uuid.UUID]) -> Counter[tuple[int, str]]:
    """Everyone once, by the year they were met in and the highest class of help they received."""
    found: dict[Any, tuple[int, str]] = {}
    for person, year, name in rows(
        "SELECT p.id, extract(year FROM p.occurred_at)::int, s.service_class FROM people_person p"
        " JOIN people_service s ON s.person_id = p.id WHERE NOT p.id = ANY (%s)",
        family,
    ):
        best = max(found.get(person, (year, "H"))[1], name, key=ORDER.index)
        found[person] = (year, best)
    return Counter(found.values())


def test_the_totals_are_the_published_ones_to_scale(loaded):
    family = [loaded.progress.id(key) for key in WRITTEN]
    wanted = targets(PEOPLE, NOW.date())

    got = classes(loaded, family)

    assert got == Counter({(year.year, name): n for year in wanted.years for name, n in year.people.items() if n})
    assert wanted.scaled


def test_two_records_of_one_person_wait_in_zinder_to_be_judged(loaded):
    from compass.config.demo.night import match

    match()

    first, second = sorted(loaded.progress.id(key) for key in ("neighbour.market", "neighbour.again"))
    ranks = loaded("SELECT rank FROM people_pair WHERE first = %s AND second = %s", first, second)
    assert ranks == [(1,)]


def test_the_terminal_says_how_many_records_there_are_and_who_they_are(loaded):
    from compass.config.demo.load import all_records

    line = all_records(loaded.progress)
    whole, _, parts = line.partition(" = ")
    first, *more = (int(part.strip().split()[0].replace(",", "")) for part in parts.split("+"))

    assert int(whole.split()[0].replace(",", "")) == loaded("SELECT count(*) FROM people_person")[0][0]
    assert int(whole.split()[0].replace(",", "")) == first + sum(more)
    assert first == PEOPLE


def test_the_line_in_the_terminal_says_the_check_of_2021(loaded):
    line = check_of_2021(PEOPLE, NOW.date(), loaded.progress.tally)

    parts = targets(PEOPLE, NOW.date()).years[0]
    assert line == (
        "2021: 30,392 published = 29,117 + 1,110 + 165; loaded 1/"
        f"{float(1 / targets(PEOPLE, NOW.date()).factor):,.0f}: {parts.total} = {parts.protected} + {parts.people['R']}"
        f" + {parts.people['RI']}"
    )
    assert check_of_2021(0, date(2026, 1, 1), Counter()).endswith("nobody loaded")


@pytest.mark.parametrize("username", ["zinder.social", "zinder.cases", "edo.reception"])
def test_each_desk_of_the_story_has_work(loaded, username):
    from compass.access.actor import Actor
    from compass.access.models import User
    from compass.access.work import unit_of_work
    from compass.cases import standards

    with unit_of_work(Actor.of(User.objects.get(username=username)), "test") as work:
        listed = standards.work_list(work, NOW)

    assert listed.cases
    assert username != "zinder.social" or (listed.late and listed.today)


def test_who_arranges_journeys_has_one_to_prepare(loaded):
    from compass.access.actor import Actor
    from compass.access.models import User
    from compass.access.work import unit_of_work
    from compass.returns.models import Return

    with unit_of_work(Actor.of(User.objects.get(username="zinder.travel")), "test") as work:
        assert work.allowed("returns.see_travel", Return).filter(state="pre_return").exists()


def test_every_office_has_something_open(loaded):
    offices = {country for (country,) in loaded(
        "SELECT DISTINCT o.country FROM cases_case c JOIN access_organisation o ON o.id = c.organisation_id"
        " WHERE c.status <> 'closed'"
    )}  # fmt: skip

    assert {"NE", "NG"} <= offices
    assert len(offices) > 8


def test_children_alone_got_their_guardian_in_time_and_only_the_last_ones_wait(loaded):
    from compass.access.actor import Actor
    from compass.access.models import User
    from compass.access.work import unit_of_work
    from compass.cases import standards

    waits = []
    for user in User.objects.filter(
        grants__role__in=("social_worker", "case_worker"), is_demonstration=True
    ).distinct():
        with unit_of_work(Actor.of(user), "test") as work:
            listed = standards.work_list(work, NOW)
            waits += [NOW - item.due.due_at for item in listed.late if item.standard.id in {"BIP-01", "BIP-02"}]

    assert all(late < timedelta(days=7) for late in waits)
    ((asked, appointed),) = loaded(
        "SELECT count(*), count(*) FILTER (WHERE appointed_at < occurred_at + interval '7 days') FROM people_guardianrequest"
        " WHERE occurred_at < %s",
        NOW - timedelta(days=30),
    )
    assert asked > 5
    assert appointed >= asked - 1  # the boy of the story waits longer


def test_partners_supervisors_and_the_gate_have_something_waiting(loaded):
    assert loaded("SELECT count(*) FROM cases_referral WHERE status = 'sent'")[0][0] > 0
    assert loaded("SELECT count(*) FROM cases_assessment WHERE state = 'requested'")[0][0] > 0
    assert loaded("SELECT count(*) FROM reception_arrival WHERE status = 'waiting'")[0][0] == 25
    assert loaded("SELECT count(DISTINCT state) FROM returns_return")[0][0] > 2


def test_consent_names_a_text_that_exists_and_who_spoke_it_where_no_speaker_checked_it_or_there_is_none(loaded):
    from compass.people.content.consent import available, notice

    told = loaded(
        "SELECT c.language, c.interpreter_mode, p.languages, p.id"
        " FROM people_consent c JOIN people_person p ON p.id = c.person_id"
    )
    alone = [row for row in told if row[1] not in {"in_person", "worker_speaks"}]

    assert {language for language, *_ in told} <= set(available())
    assert alone and all(row[0] == row[2][0] and not notice(row[0]).must_be_checked for row in alone)
    camp = loaded.progress.id("neighbour.camp")
    assert [row[:2] for row in told if row[3] == camp] == [("bm", "in_person")]


def test_people_met_years_ago_are_not_listed_as_new_because_they_were_loaded_today(loaded, django_user_model):
    client = Client()
    client.force_login(
        django_user_model.objects.get(username="zinder.social"), "allauth.account.auth_backends.AuthenticationBackend"
    )

    listed = client.get("/cases/list/").context["recent"]

    known = loaded("SELECT count(*) FROM people_person WHERE recorded_at > now() - interval '1 hour'")[0][0]
    assert known > PEOPLE
    assert all(timezone.now() - person.occurred_at < timedelta(hours=24) for person in listed)


def test_a_loading_does_not_pretend_about_when_it_recorded(loaded):
    """Both times are kept apart, and the trail bears the second out: nobody can date a record back, nor the loader."""
    early = loaded(
        "SELECT count(*) FROM access_receipt WHERE recorded_at < (SELECT min(at) FROM trail_entry)"
        " OR recorded_at > now()"
    )

    assert early == [(0,)]
    assert loaded("SELECT count(*) FROM access_receipt WHERE occurred_at < now() - interval '4 years'")[0][0] > 0


@pytest.fixture(scope="module")
def small(cluster: Cluster, django_db_blocker: Any) -> Iterator[Any]:
    """The smallest demonstration that anybody is told to start."""
    with database(cluster) as rows, django_db_blocker.unblock():
        everything(Progress(None, 60, 1))
        yield rows


def waiting(rows: Any, statement: str, username: str) -> int:
    """How many; `%s` stands for the organisation of that colleague."""
    ((organisation,),) = rows("SELECT organisation_id FROM access_user WHERE username = %s", username)
    return int(rows(f"SELECT count(*) FROM {statement}", organisation)[0][0])


class TestASmallDemonstration:
    def test_the_clinic_has_two_referrals_to_answer_or_treat(self, small):
        open_ones = "cases_referral WHERE status IN ('sent', 'acknowledged', 'accepted') AND to_organisation_id = %s"

        assert waiting(small, open_ones, "zinder.clinic") >= 2

    @pytest.mark.parametrize("username", ["zinder.social", "zinder.cases", "edo.reception"])
    def test_each_colleague_has_open_cases_and_something_due(self, small, username):
        from compass.access.actor import Actor
        from compass.access.models import User
        from compass.access.work import unit_of_work
        from compass.cases import standards

        with unit_of_work(Actor.of(User.objects.get(username=username)), "test") as work:
            listed = standards.work_list(work, work.now)

        assert len(listed.cases) >= 3
        assert listed.late or listed.today or listed.week

    @pytest.mark.parametrize("username", ["zinder.supervisor", "edo.supervisor"])
    def test_each_supervisor_has_decisions_to_take(self, small, username):
        kinds = ("assessment", "plan", "closure")
        asked = [waiting(small, f"cases_{kind} WHERE state = 'requested' AND organisation_id = %s", username)
                 for kind in kinds]  # fmt: skip

        assert sum(asked) >= 2

    def test_edo_has_people_at_home_and_an_offer_from_another_office(self, small):
        assert waiting(small, "reintegration_arrivalhome WHERE organisation_id = %s", "edo.reception") >= 5
        assert (
            waiting(small, "cases_handover WHERE status = 'offered' AND to_organisation_id = %s", "edo.reception") == 1
        )

    def test_who_is_offered_without_an_assisted_return_asked_for_none(self, small):
        offered = dict(small(
            "SELECT p.person_id, r.state FROM cases_handover h JOIN cases_handoverperson p ON p.handover_id = h.id"
            " LEFT JOIN returns_member m ON m.person_id = p.person_id LEFT JOIN returns_return r ON r.id = m.avr_id"
            " WHERE h.status = 'offered' AND h.without_return <> ''"
        ))  # fmt: skip

        assert list(offered.values()) == [None]

    def test_a_community_project_goes_on_where_the_story_is_told_and_one_waits_for_its_second_person(self, small):
        places = dict(small(
            "SELECT o.country, p.status FROM communities_project p JOIN access_organisation o ON o.id = p.organisation_id"
        ))  # fmt: skip

        assert places == {"NG": "handed_over", "NE": "ongoing", "TN": "chosen"}

    def test_an_interview_is_due(self, small):
        due = (
            "reintegration_arrivalhome a WHERE a.organisation_id = %s AND a.arrived_on < now() - interval '30 days'"
            " AND NOT EXISTS (SELECT 1 FROM reintegration_interview i WHERE i.person_id = a.person_id)"
            " AND EXISTS (SELECT 1 FROM reintegration_plan p WHERE p.person_id = a.person_id)"
        )

        assert waiting(small, due, "edo.monitoring") >= 1


def test_nothing_that_is_asked_for_can_say_when_it_was_recorded():
    """`recorded_at` is the clock of the unit of work; there is no door through which another moment could come in
    (`confirmed_at` says when a colleague showed who they are, and is written nowhere)."""
    from compass.access.work import Command, unit_of_work

    def below(kind: type) -> set[type]:
        return {kind, *(each for child in kind.__subclasses__() for each in below(child))}

    commands = below(Command)
    told = {(kind.__name__, field.name) for kind in commands for field in dataclasses.fields(kind)}

    assert len(commands) > 60
    assert [each for each in told if each[1] in {"recorded_at", "now", "at", "clock"}] == []
    assert list(inspect.signature(unit_of_work).parameters) == [
        "actor",
        "purpose",
        "session",
        "confirmed_at",
        "address",
    ]


def content(rows: Any) -> str:
    """A digest of who was loaded and what they received, without codes, keys and times of recording."""
    from compass.access.actor import Actor
    from compass.access.models import User
    from compass.access.work import unit_of_work
    from compass.people.models import Person

    lines = [str(row) for row in rows(
        "SELECT person_id, service, service_class, country, delivered_on FROM people_service ORDER BY 1, 2, 5"
    )]  # fmt: skip
    for (username,) in rows(
        "SELECT DISTINCT ON (o.id) u.username FROM access_user u JOIN access_grant g ON g.user_id = u.id"
        " JOIN access_organisation o ON o.id = g.organisation_id WHERE g.role IN ('case_worker', 'social_worker')"
        " ORDER BY o.id, u.username"
    ):
        with unit_of_work(Actor.of(User.objects.get(username=username)), "test") as work:
            for person in work.allowed("people.view", Person).order_by("id"):
                opened = work.keys.open(
                    person.identity_sealed, table="people_person", column="identity_sealed", subject=person.pk
                )
                lines.append(f"{person.pk} {person.sex} {person.nationality} {json.dumps(opened, sort_keys=True)}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def test_the_same_seed_loads_the_same_people(cluster, django_db_blocker):
    from compass.config.demo.load import load

    made = []
    for seed in (5, 5, 6):
        with database(cluster) as rows, django_db_blocker.unblock():
            load(60, seed, say=lambda text: None, progress=Progress(None, 60, seed, now=NOW))
            made.append(content(rows))

    assert made[0] == made[1] != made[2]


def test_a_loading_that_was_interrupted_goes_on_and_ends_with_the_same(
    cluster, django_db_blocker, tmp_path, monkeypatch
):
    with database(cluster) as rows, django_db_blocker.unblock():
        everything(Progress(None, 60, 5, now=NOW))
        whole = content(rows)
    written, path = Progress._write, tmp_path / "loading.json"

    with database(cluster) as rows, django_db_blocker.unblock():
        for survives in (0, 3, 9, 17, 20):
            begun = Progress(path, 60, 5, now=NOW)
            done = iter(range(survives))

            def stop(self: Progress, done: Iterator[int] = done) -> None:
                """What was committed is not noted: the worst moment for a power cut."""
                if next(done, None) is None:
                    raise KeyboardInterrupt
                written(self)

            monkeypatch.setattr(Progress, "_write", stop)
            with pytest.raises(KeyboardInterrupt):
                everything(begun)
        monkeypatch.setattr(Progress, "_write", written)
        again = Progress(path, 999, 1)
        everything(again)

        assert (again.resumed, again.people, again.seed) == (True, 60, 5)
        assert content(rows) == whole
        assert rows("SELECT count(*) FROM cases_handover")[0][0] in (1, 2, 3)
