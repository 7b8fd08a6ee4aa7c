"""Records of one person made one: who confirms, what counts, and that nobody reads more afterwards than before."""

from __future__ import annotations

import uuid

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from compass.access.sql import CLOSED_STATE
from compass.cases.actions.best_interests import Heard, hear_children
from compass.cases.actions.case import Assignment, assign_cases
from compass.cases.actions.contact import Contact, follow_up
from compass.cases.models import Case, FollowUp, Handover
from compass.cases.queries import ladder_access, return_blocks
from compass.cases.tests.test_handover import BOY, accept, consents, offer
from compass.config.demo.world import world_id
from compass.people import actions as people
from compass.people import consent
from compass.people.models import Merge, Person
from compass.people.queries import consent_due as people_due
from compass.problems import (
    ConsentMissing,
    Denied,
    Invalid,
    Merged,
    NotFound,
    NotYetOne,
    SecondPersonNeeded,
    WrongState,
)

pytestmark = pytest.mark.django_db
LATE = """
INSERT INTO people_service (id, organisation_id, person_id, basis, occurred_at, recorded_at, recorded_by, version,
    service, service_class, country, delivered_on, quantity, provider_id)
SELECT gen_random_uuid(), organisation_id, id, 'consent', now(), now(), id, 1, 'FOD', 'H', 'NE', now(), 1, id
FROM people_person WHERE id = %s
"""


def merged_into(at, person):
    with at("zinder.supervisor"):
        return Person.objects.get(pk=person.pk).merged_into_id


class TestWhoDecides:
    def test_it_works(self, at, two, ask, decide, case):
        kept, absorbed = two
        with at("zinder.social") as work:
            made = case(work, someone=absorbed)

        decide(ask(kept, absorbed))

        with at("zinder.supervisor"):
            assert Case.objects.get(pk=made.pk).person_id == kept.pk
        assert merged_into(at, absorbed) == kept.pk

    def test_the_team_page_leads_the_second_person_to_it(self, two, ask, sign_in):
        row = ask(*two)

        assert (
            reverse("people:merge", args=[row.pk])
            in sign_in("zinder.supervisor").get(reverse("cases:team")).content.decode()
        )

    def test_until_then_nothing_moves(self, at, two, ask):
        ask(*two)

        assert merged_into(at, two[1]) is None

    def test_who_asked_does_not_confirm(self, two, ask, decide):
        row = ask(*two, username="zinder.supervisor")

        with pytest.raises(SecondPersonNeeded):
            decide(row)

    def test_a_case_worker_does_not_confirm_and_a_social_worker_does_not_ask(self, two, ask, decide):
        with pytest.raises(Denied):
            decide(ask(*two), username="zinder.cases")
        with pytest.raises(Denied):
            ask(*two, username="zinder.social")

    def test_declined_is_declined(self, at, two, ask, decide):
        row = decide(ask(*two), agrees=False)

        assert row.state == "declined" and merged_into(at, two[1]) is None
        with pytest.raises(WrongState):
            decide(row)

    def test_only_what_was_judged_the_same(self, at, told, two):
        with at("zinder.cases") as work, pytest.raises(WrongState):
            people.ask_merges(work, [people.MergeAsked(**told(id=two[0].pk), absorbed_id=two[1].pk)])

    def test_no_chains(self, at, person, two, ask, decide):
        with at("zinder.social") as work:
            third = person(work)
        decide(ask(*two))

        with pytest.raises(NotYetOne):
            ask(third, two[0])
        decide(ask(two[0], third))

    def test_a_child_and_a_grown_person_are_not_one(self, at, person, two, ask):
        with at("zinder.social") as work:
            boy = person(work, identity=BOY)

        with pytest.raises(NotYetOne):
            ask(two[0], boy)


class TestWhatLeadsToAnother:
    def test_it_takes_nothing_new(self, at, told, two, ask, decide):
        decide(ask(*two))

        with at("zinder.social") as work, pytest.raises(Merged) as refused:
            people.change_identity(work, [people.IdentityChange(**told(id=two[1].pk), sex="male")])
        assert refused.value.details == {"code": two[0].code}

    def test_no_list_of_what_is_due_asks_for_it(self, at, person, ask, decide):
        from compass.cases.standards import work_list

        with at("zinder.social") as work:
            kept, absorbed = person(work, consent=False), person(work, consent=False)
        decide(ask(kept, absorbed))

        with at("zinder.social") as work:
            found = work_list(work)
            due = {item.due.subject.pk for item in [*found.late, *found.today, *found.week]}
            assert kept.pk in due and absorbed.pk not in due
            assert absorbed.pk not in {row.pk for row in people_due(work)}

    def test_not_even_from_sql_that_came_late(self, at, two, ask, decide):
        decide(ask(*two))

        with (
            at("zinder.social"),
            pytest.raises(DatabaseError) as refused,
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(LATE, [two[1].pk])
        assert refused.value.__cause__.sqlstate == CLOSED_STATE

    def test_no_record_leads_into_another_office(self, at, two, person):
        with at("edo.reception") as work:
            theirs = person(work)

        with at("zinder.social"), pytest.raises(DatabaseError), transaction.atomic():
            Person.objects.filter(pk=two[0].pk).update(merged_into=theirs.pk)

    def test_both_pages_say_so(self, two, ask, decide, sign_in, client):
        client.cookies["compass_language"] = "en"
        decide(ask(*two))
        client = sign_in("zinder.social")

        kept, absorbed = (client.get(reverse("people:person", args=[p.pk])).content.decode() for p in two)

        assert f"Known also as {two[1].code}" in kept
        assert f"Merged with {two[0].code}: go on there" in absorbed
        assert reverse("people:identity", args=[two[1].pk]) not in absorbed


class TestUndone:
    def test_what_was_added_to_a_case_goes_back_with_it(self, at, told, two, case, ask, decide, undo):
        kept, absorbed = two
        with at("zinder.social") as work:
            made = case(work, someone=absorbed)
        row = decide(ask(kept, absorbed))
        with at("zinder.social") as work:
            said = Contact(**told(id=made.pk), kind="for_service", channel="phone", reached=True, note="She is well")
            follow_up(work, [said])

        undo(row)

        with at("zinder.social") as work:
            found = FollowUp.objects.get(case=made.pk)
            assert found.person_id == absorbed.pk == Case.objects.get(pk=made.pk).person_id
            place = {"table": "cases_followup", "column": "note_sealed", "subject": absorbed.pk, "row": found.pk}
            assert work.keys.open(found.note_sealed, **place) == "She is well"
        assert merged_into(at, absorbed) is None

    def test_only_by_a_supervisor(self, two, ask, decide, undo):
        row = decide(ask(*two))

        with pytest.raises(Denied):
            undo(row, username="zinder.cases")


class TestConsent:
    def said(self, at, person, scope):
        with at("zinder.social"):
            return consent.allows(person.pk, scope)

    def test_the_narrower_counts_until_asked_again(self, at, told, two, ask, decide):
        kept, absorbed = two
        with at("zinder.social") as work:
            consents(work, told, absorbed.pk, share_other_organizations=False)
            consents(work, told, kept.pk)
        assert self.said(at, kept, "share_other_organizations")

        decide(ask(kept, absorbed))
        assert self.said(at, kept, "share_other_organizations").reason == "refused"
        assert self.said(at, kept, "data_processing")

        with at("zinder.social") as work:
            consents(work, told, kept.pk)
        assert self.said(at, kept, "share_other_organizations")

    def test_a_part_taken_back_widens_nothing(self, at, told, two, ask, decide):
        kept, absorbed = two
        with at("zinder.social") as work:
            consents(work, told, absorbed.pk, share_other_organizations=False)
            given = consents(work, told, kept.pk)
        decide(ask(kept, absorbed))

        with at("zinder.social") as work:
            people.withdraw_consent(work, [people.Withdrawal(**told(id=given.pk), scopes=("return_country_sharing",))])

        assert not self.said(at, kept, "share_other_organizations")

    def test_what_was_taken_back_under_one_is_taken_back(self, at, told, two, ask, decide):
        kept, absorbed = two
        with at("zinder.social") as work:
            given = consents(work, told, absorbed.pk)
            people.withdraw_consent(work, [people.Withdrawal(**told(id=given.pk))])
            consents(work, told, kept.pk)

        decide(ask(kept, absorbed))

        assert self.said(at, kept, "data_processing").reason == "withdrawn"

    def test_whom_one_record_named_must_not_know_of_both_nor_of_either_once_they_are_parted(
        self, at, told, two, ask, decide, undo
    ):
        kept, absorbed = two
        clinic, ministry = world_id("clinic"), world_id("ministry")

        def named(person):
            with at("zinder.social"):
                return set(consent.newest([person.pk])[person.pk].not_to)

        with at("zinder.social") as work:
            given = consents(work, told, absorbed.pk)
            people.withdraw_consent(work, [people.Withdrawal(**told(id=given.pk), not_to=(clinic,))])
            consents(work, told, kept.pk)
        assert (named(kept), named(absorbed)) == (set(), {clinic})

        one = decide(ask(kept, absorbed))
        assert named(kept) == {clinic}
        with at("zinder.social"):
            assert consent.last_word(consent.consents_of([kept.pk])[kept.pk]).not_to == [clinic], (
                "the page of a case too"
            )
        with at("zinder.social") as work:
            consents(work, told, kept.pk)
            last = consent.newest([kept.pk])[kept.pk]
            people.withdraw_consent(work, [people.Withdrawal(**told(id=last.pk), not_to=(ministry,))])
        undo(one)

        assert (named(kept), named(absorbed)) == ({clinic, ministry}, {clinic, ministry})


class TestBestInterests:
    """A boy alone whose procedure the social worker leads, and a second record of him that a case worker leads."""

    @pytest.fixture
    def boys(self, at, told, person, case):
        with at("zinder.social") as work:
            heard = person(work, identity=BOY, uasc_status="unaccompanied")
            case(work, someone=heard)
            hear_children(work, [Heard(**told(id=heard.pk), view="I want to stay")])
        with at("zinder.cases") as work:
            again = person(work, identity=BOY, uasc_status="accompanied")
            made = case(work, someone=again)
        return heard, again, made

    def reads(self, at, username, child):
        with at(username) as work:
            return child.pk in ladder_access(work, [child.pk]).open

    def test_who_merges_to_read_reads_nothing(self, at, boys, ask, decide):
        heard, again, made = boys
        assert not self.reads(at, "zinder.cases", heard) and self.reads(at, "zinder.cases", again)

        decide(ask(heard, again))

        with at("zinder.cases"):
            assert Case.objects.get(pk=made.pk).person_id == heard.pk
        assert not self.reads(at, "zinder.cases", heard)
        assert self.reads(at, "zinder.social", heard) and self.reads(at, "zinder.supervisor", heard)

    def test_nor_the_other_way_round(self, at, boys, ask, decide):
        heard, again, _made = boys

        decide(ask(again, heard))

        assert not self.reads(at, "zinder.cases", heard)
        assert self.reads(at, "zinder.social", heard) and self.reads(at, "zinder.supervisor", heard)

    def test_a_supervisor_who_gives_the_case_anew_opens_it(self, at, told, boys, ask, decide):
        heard, again, made = boys
        decide(ask(heard, again))
        with at("zinder.supervisor") as work:
            assign_cases(work, [Assignment(**told(id=made.pk), owner_id=world_id("zinder.social"))])
            assign_cases(work, [Assignment(**told(id=made.pk), owner_id=world_id("zinder.cases"))])

        assert self.reads(at, "zinder.cases", heard)

    def test_the_stricter_steps_count(self, at, boys, ask, decide, undo):
        heard, again, _made = boys
        row = decide(ask(again, heard))

        with at("zinder.supervisor"):
            kept = Person.objects.get(pk=again.pk)
            assert (kept.uasc_status, kept.once_alone) == ("unaccompanied", True)
            assert "BIP-05" in return_blocks([again.pk])[again.pk]
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM cases_bestinterests WHERE person_id = %s", [heard.pk])
                assert cursor.fetchone()
        undo(row)
        with at("zinder.supervisor"):
            kept = Person.objects.get(pk=again.pk)
            assert (kept.uasc_status, kept.once_alone) == ("accompanied", False)


class TestHandover:
    def test_both_records_go_and_the_person_is_counted_once(self, at, told, two, case, ask, decide):
        kept, absorbed = two
        with at("zinder.social") as work:
            consents(work, told, kept.pk)
            consents(work, told, absorbed.pk)
            made = case(work, someone=absorbed)
        row = decide(ask(kept, absorbed))
        with at("zinder.social") as work:
            offered = offer(work, told, Case.objects.get(pk=made.pk))
            assert offered.people_count == len(offered.age_bands) == 1

        accept(at, told, offered)

        with at("edo.supervisor") as work:
            assert set(Person.objects.filter(pk__in=[kept.pk, absorbed.pk]).values_list("pk", flat=True)) == {
                kept.pk, absorbed.pk,
            }  # fmt: skip
            assert work.keys.holds([kept.pk, absorbed.pk]) == {kept.pk, absorbed.pk}
            people.undo_merges(work, [people.MergeUndone(**told(id=row.pk))])
            assert Case.objects.get(pk=made.pk).person_id == absorbed.pk

    def test_a_note_does_not_tell_the_name_under_the_other_record(self, at, told, two, person, case, ask, decide):
        with at("zinder.social") as work:
            other = person(work, identity={"given": "Kadiatou"})
            consents(work, told, two[0].pk)
            made = case(work, someone=two[0])
        decide(ask(two[0], other))

        with at("zinder.social") as work, pytest.raises(Invalid):
            offer(work, told, made, note="Kadiatou comes with her bag")

    def test_what_one_of_the_two_refused_stops_it(self, at, told, two, case, ask, decide):
        kept, absorbed = two
        with at("zinder.social") as work:
            consents(work, told, kept.pk)
            consents(work, told, absorbed.pk, return_country_sharing=False)
            made = case(work, someone=kept)
        decide(ask(kept, absorbed))

        with at("zinder.social") as work, pytest.raises(ConsentMissing):
            offer(work, told, made)

    def test_an_open_offer_is_settled_first(self, at, told, two, case, ask):
        kept, absorbed = two
        with at("zinder.social") as work:
            consents(work, told, kept.pk)
            offer(work, told, case(work, someone=kept))

        with pytest.raises(NotYetOne):
            ask(kept, absorbed)
        with at("zinder.social"):
            assert Handover.objects.get().status == "offered" and not Merge.objects.exists()


def test_nothing_crosses_offices(at, told, person, two, ask, sign_in, decide):
    with at("edo.reception") as work:
        theirs = person(work)
    with at("zinder.cases") as work, pytest.raises(NotFound):
        people.ask_merges(work, [people.MergeAsked(**told(id=two[0].pk), absorbed_id=theirs.pk)])
    row = ask(*two)

    with pytest.raises(NotFound):
        decide(row, username="edo.supervisor")
    assert sign_in("edo.supervisor").get(reverse("people:merge", args=[row.pk])).status_code == 404


def test_the_pages_ask_decide_and_undo(at, told, two, sign_in, client):
    client.cookies["compass_language"] = "en"
    kept, absorbed = two
    with at("zinder.social") as work:
        people.judge(work, [people.Judged(**told(id=kept.pk), other_id=absorbed.pk, same=True)])
    page = reverse("people:ask_merge", args=[kept.pk])
    assert page in sign_in("zinder.cases").get(reverse("people:person", args=[kept.pk])).content.decode()
    assert absorbed.code in client.get(page).content.decode()

    asked = client.post(page, {"key": str(uuid.uuid4()), "other": str(absorbed.pk), "keep": "this"})
    merge = asked["Location"]
    assert "A supervisor decides" in client.get(merge).content.decode()
    client = sign_in("zinder.supervisor")
    opened = client.post(merge, {"key": str(uuid.uuid4()), "reveal": "1", "reason": "correct"}).content.decode()
    assert "Osagie" in opened

    done = client.send(merge, {"key": str(uuid.uuid4()), "answer": "confirm"})
    assert done["Location"] == reverse("people:person", args=[kept.pk]) and merged_into(at, absorbed) == kept.pk
    client.send(merge, {"key": str(uuid.uuid4()), "answer": "undo"})
    assert merged_into(at, absorbed) is None
