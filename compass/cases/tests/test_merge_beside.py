"""A merge beside what else may happen to a person: erasure, consent, a household, searching, figures, the trail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from compass.cases.models import Case
from compass.cases.tests.test_handover import accept, consents, offer
from compass.cases.tests.test_merge_rules import merged_into
from compass.config.demo.world import world_id
from compass.people import actions as people
from compass.people import consent
from compass.people.models import Consent, ErasureRequest, MergedRow, Person, SearchToken
from compass.people.queries import contact_of, opened, reveal, reveal_names
from compass.people.searching.finding import find
from compass.people.searching.pairs import waiting
from compass.people.searching.tokens import record_of
from compass.people.shared import shared_of
from compass.problems import ConsentMissing, KeyAbsent, NotYetOne, WrongState
from compass.trail.chain import veil
from compass.trail.verify import verify
from compass.vault.models import Erasure, SubjectKey

SHARE, CLINIC, MINISTRY = "share_other_organizations", world_id("clinic"), world_id("ministry")


@pytest.fixture
def erase(at, told):
    """The wish, and its being carried out after the delay."""

    def ask(person):
        with at("zinder.social") as work:
            (row,) = people.ask_erasure(work, [people.ErasureAsked(**told(id=person.pk, basis="legal_duty"))])
        return row

    def end(row):
        with at("zinder.social") as work:
            ErasureRequest.objects.filter(pk=row.pk).update(status="confirmed", due_at=work.now - timedelta(minutes=1))
            people.erase(work, [people.ErasureStep(**told(id=row.pk, basis="legal_duty"))])

    return ask, end


def keys_of(*two):
    return set(SubjectKey.objects.filter(subject_id__in=[p.pk for p in two]).values_list("subject_id", flat=True))


class TestErasure:
    def test_the_other_record_is_erased_with_the_one_that_is_kept(self, at, two, case, ask, decide, erase):
        kept, absorbed = two
        with at("zinder.social") as work:
            case(work, someone=absorbed)
        decide(ask(kept, absorbed))
        wish, end = erase

        end(wish(kept))

        with at("zinder.supervisor") as work:
            assert keys_of(kept, absorbed) == set()
            ledger = set(Erasure.objects.values_list("subject_id", flat=True))
            assert {kept.pk, absorbed.pk} <= ledger
            assert not SearchToken.objects.filter(person_id__in=[kept.pk, absorbed.pk]).exists()
            for row in Person.objects.filter(pk__in=[kept.pk, absorbed.pk]):
                with pytest.raises(KeyAbsent):
                    opened(work, row)
            blob = MergedRow.objects.filter(model="people.Consent").exclude(blob_sealed=b"").first()
            with pytest.raises(KeyAbsent):
                place = {"table": "people_consent", "column": "detail_sealed", "row": blob.row}
                work.keys.open(blob.blob_sealed, subject=absorbed.pk, **place)

    def test_once_undone_each_is_erased_alone(self, at, two, ask, decide, undo, erase):
        kept, absorbed = two
        undo(decide(ask(kept, absorbed)))
        wish, end = erase

        end(wish(kept))

        with at("zinder.supervisor") as work:
            assert keys_of(kept, absorbed) == {absorbed.pk}
            assert opened(work, Person.objects.get(pk=absorbed.pk)).identity["given"] == "Ese"
            assert SearchToken.objects.filter(person_id=absorbed.pk).exists()
            for row in Consent.objects.filter(person=absorbed.pk):
                place = {"table": "people_consent", "column": "detail_sealed", "row": row.pk}
                work.keys.open(row.detail_sealed, subject=absorbed.pk, **place)

    @pytest.mark.parametrize("which", [0, 1])
    def test_a_wish_under_way_comes_first(self, two, ask, decide, erase, which):
        wish, _end = erase
        asked = ask(*two)
        wish(two[which])

        with pytest.raises(NotYetOne):
            decide(asked)

    def test_nor_is_it_undone_while_the_person_asks_to_be_erased_or_is(self, two, ask, decide, undo, erase):
        wish, end = erase
        row = decide(ask(*two))
        asked = wish(two[0])
        with pytest.raises(NotYetOne):
            undo(row)

        end(asked)

        with pytest.raises(WrongState):
            undo(row)

    def test_who_was_erased_is_not_made_one_with_anybody(self, two, ask, erase):
        wish, end = erase
        end(wish(two[1]))

        with pytest.raises(WrongState):
            ask(*two)


class TestConsent:
    def said(self, at, person, scope=SHARE):
        with at("zinder.social") as work:
            answers = consent.allows(person.pk, scope), consent.newest([person.pk]).get(person.pk)
        assert consent.answer(answers[1], scope, work.today).reason == answers[0].reason
        return answers[0].reason

    @pytest.mark.parametrize("first", [0, 1])
    def test_the_newest_answer_counts_and_no_no_is_lost(self, at, told, two, ask, decide, undo, first):
        """Whichever of the two said no, and whichever spoke last."""
        kept, absorbed = two
        with at("zinder.social") as work:
            consents(work, told, two[first].pk, **{SHARE: False})
            consents(work, told, two[1 - first].pk, return_country_sharing=False)
        before = [[self.said(at, p, scope) for scope in (SHARE, "return_country_sharing")] for p in two]

        row = decide(ask(kept, absorbed))

        assert self.said(at, kept) == self.said(at, kept, "return_country_sharing") == "refused"
        assert self.said(at, kept, "data_processing") == "given"
        undo(row)
        assert [[self.said(at, p, scope) for scope in (SHARE, "return_country_sharing")] for p in two] == before

    def test_an_old_answer_does_not_end_a_new_one(self, at, told, person, ask, decide):
        with at("zinder.social") as work:
            kept, absorbed = person(work, consent=False), person(work, when=timezone.now() - timedelta(days=800))
            consents(work, told, kept.pk)

        decide(ask(kept, absorbed))

        assert self.said(at, kept) == "given"

    def test_paper_that_comes_late_outlasts_no_no(self, at, told, two, ask, decide):
        """A yes of yesterday, recorded after the merge, is older than the no of today."""
        kept, absorbed = two
        with at("zinder.social") as work:
            consents(work, told, absorbed.pk, **{SHARE: False})
        decide(ask(kept, absorbed))

        with at("zinder.social") as work:
            late = people.ConsentGiven(
                **told(id=kept.pk, occurred_at=work.now - timedelta(minutes=30)),
                certified=True,
                information=consents_information(),
                scopes={SHARE: True},
            )
            people.give_consent(work, [late])

        assert self.said(at, kept) == "refused"

    def test_nor_are_the_other_names_opened_on_a_consent_that_ended(self, at, told, two, ask, decide):
        with at("zinder.social") as work:
            given = consents(work, told, two[0].pk)
        decide(ask(*two))
        with at("zinder.social") as work:
            people.withdraw_consent(work, [people.Withdrawal(**told(id=given.pk))])
            absorbed = Person.objects.get(pk=two[1].pk)
            with pytest.raises(ConsentMissing):
                reveal(work, absorbed, "contact")
            assert reveal_names(work, [absorbed], "contact") == {}
            assert reveal(work, absorbed, "danger").identity["given"] == "Ese"

    def test_an_act_that_rests_on_it_is_refused(self, at, told, two, ask, decide):
        kept, absorbed = two
        with at("zinder.social") as work:
            given = consents(work, told, absorbed.pk)
            people.withdraw_consent(work, [people.Withdrawal(**told(id=given.pk))])
            consents(work, told, kept.pk)
        decide(ask(kept, absorbed))

        with at("zinder.social") as work, pytest.raises(ConsentMissing):
            people.change_identity(work, [people.IdentityChange(**told(id=kept.pk, basis="consent"), sex="male")])

    @pytest.mark.parametrize("scopes", [(), (SHARE,)])
    def test_a_no_said_while_they_were_one_is_a_no_of_both(self, at, told, two, ask, decide, undo, scopes):
        with at("zinder.social") as work:
            for each in two:
                consents(work, told, each.pk)
        row = decide(ask(*two))
        with at("zinder.social") as work:
            given = consent.newest([two[0].pk])[two[0].pk]
            people.withdraw_consent(work, [people.Withdrawal(**told(id=given.pk), scopes=scopes)])

        undo(row)

        no = "refused" if scopes else "withdrawn"
        assert [self.said(at, each) for each in two] == [no, no]

    def test_the_database_says_the_same(self, at, told, two, case, ask, decide):
        """A no said elsewhere between the offer and its acceptance: the owner's function asks for both."""
        kept, absorbed = two
        with at("zinder.social") as work:
            consents(work, told, absorbed.pk, **{SHARE: False})
            consents(work, told, kept.pk)
            made = case(work, someone=kept)
        decide(ask(kept, absorbed))
        with at("zinder.social") as work:
            offered = offer(work, told, Case.objects.get(pk=made.pk))
            # Past the actions, which would withdraw the offer at once.
            Consent.objects.filter(person=kept.pk, joined_at__isnull=False).update(withdrawn_at=timezone.now())

        with pytest.raises(ConsentMissing):
            accept(at, told, offered)

    @pytest.mark.parametrize("back", [None, 0, 1])
    @pytest.mark.parametrize("again", [None, -30, 0])
    @pytest.mark.parametrize("last", [0, 1])
    def test_python_and_the_database_agree(self, apart, cluster, at, told, two, ask, decide, last, again, back):
        """Whoever spoke last, was asked again (minutes from now), or took back what was said under which record."""
        with at("zinder.social") as work:
            given = [
                consents(work, told, two[1 - last].pk, **{SHARE: False}),
                consents(work, told, two[last].pk, return_country_sharing=False),
            ]
            for row, names in zip(given, ((CLINIC,), (MINISTRY, CLINIC)), strict=True):
                Consent.objects.filter(pk=row.pk).update(not_to=names)
            if back is not None:
                people.withdraw_consent(work, [people.Withdrawal(**told(id=given[back].pk))])
        decide(ask(*two))
        with at("zinder.social") as work:
            if again is not None and back is None:
                when = work.now + timedelta(minutes=again)
                said = {"certified": True, "information": consents_information(), "scopes": {SHARE: True}}
                people.give_consent(work, [people.ConsentGiven(**told(id=two[0].pk, occurred_at=when), **said)])
            here = consent.newest([two[0].pk])[two[0].pk]

        with cluster.connect("compass_owner", apart) as owner:
            there = owner.execute("SELECT * FROM compass_said(%s)", [two[0].pk]).fetchall()
            day = timezone.now().date()
            ((until,),) = owner.execute(
                "SELECT withdrawn_at IS NULL AND child_agrees IS NOT FALSE AND (scopes->>%s)::boolean IS TRUE"
                " FROM compass_said(%s, %s)",
                [SHARE, two[0].pk, day],
            ).fetchall()

        with at("zinder.social"):
            assert until == consent.held(consent.consents_of([two[0].pk])[two[0].pk], SHARE, day)
        ((*told_there, named),) = there
        assert told_there == [here.pk, here.expires_on, here.withdrawn_at, here.child_agrees, here.scopes]
        assert sorted(named) == sorted(here.not_to)

    def test_an_offer_of_a_merged_person_stands_when_they_say_yes_again(self, at, told, two, case, ask, decide):
        kept, absorbed = two
        with at("zinder.social") as work:
            consents(work, told, kept.pk)
            made = case(work, someone=kept)
        decide(ask(kept, absorbed))
        with at("zinder.social") as work:
            offered = offer(work, told, Case.objects.get(pk=made.pk))
            consents(work, told, kept.pk)

        assert accept(at, told, offered).status == "accepted"

    def test_whoever_was_asked_under_one_record_is_not_due_under_the_other(self, at, person, ask, decide, undo):
        with at("zinder.social") as work:
            kept, absorbed = person(work, consent=False), person(work)
            due = Person.objects.get(pk=kept.pk).consent_due_at
        assert due is not None

        row = decide(ask(kept, absorbed))

        with at("zinder.social"):
            assert Person.objects.get(pk=kept.pk).consent_due_at is None
        undo(row)
        with at("zinder.social"):
            assert Person.objects.get(pk=kept.pk).consent_due_at == due


def consents_information():
    from compass.vocabulary import code_list

    return code_list("consent_information").values


class TestReached:
    def test_what_is_not_safe_under_one_is_not_safe(self, at, told, person, ask, decide, undo):
        safe = {"phone": "90123456", "safe_to_call": True, "safe_to_carry_paper": True}
        with at("zinder.social") as work:
            kept = person(work, contact=safe)
            absorbed = person(work, contact={**safe, "safe_to_call": False})
        row = decide(ask(kept, absorbed))

        def calls():
            with at("zinder.social") as work:
                found = contact_of(work, Person.objects.get(pk=kept.pk))
                return found["safe_to_call"], found["safe_to_carry_paper"]

        assert calls() == (False, True)
        with at("zinder.social") as work:
            people.change_identity(work, [people.IdentityChange(**told(id=kept.pk), contact=safe)])
        assert calls() == (True, True)
        undo(row)
        assert calls() == (True, True)

    def test_the_need_of_an_interpreter_is_read_under_both_until_it_is_said_anew(self, at, told, person, ask, decide):
        need = {"interpreter_needed": True, "interpreter_language": "ff", "interpreter_sex": "female"}
        with at("zinder.social") as work:
            silent, able = person(work), person(work, contact={"interpreter_needed": False})
            needs = [person(work, contact=need), person(work, contact=need)]
        for kept, absorbed in zip((silent, able), needs, strict=True):
            decide(ask(kept, absorbed))

        def said(person):
            with at("zinder.social") as work:
                found = contact_of(work, Person.objects.get(pk=person.pk))
            return {name: value for name, value in found.items() if name.startswith("interpreter")}

        assert said(silent) == said(able) == need
        with at("zinder.social") as work:
            anew = people.IdentityChange(**told(id=able.pk), contact={"interpreter_needed": False, "phone": "90123456"})
            people.change_identity(work, [anew])
        assert said(able) == {"interpreter_needed": False}


class TestHousehold:
    def test_no_child_stays_behind_without_a_grown_person(self, at, person, ask, decide):
        with at("zinder.social") as work:
            alone, mother = person(work), person(work)
            child = {"identity": {"given": "Osas", "birth_date": "2019-05-01"}, "uasc_status": "accompanied"}
            person(work, consent=False, household_id=mother.household_id, relation="child", **child)

        with pytest.raises(NotYetOne):
            ask(alone, mother)
        decide(ask(mother, alone))

    def test_who_comes_back_to_a_household_that_went_elsewhere_stands_alone(
        self, at, told, person, case, ask, decide, undo
    ):
        with at("zinder.social") as work:
            kept, absorbed = person(work), person(work)
            wife = person(work, household_id=absorbed.household_id)
            consents(work, told, wife.pk)
            made = case(work, someone=wife)
        row = decide(ask(kept, absorbed))
        with at("zinder.social") as work:
            offered = offer(work, told, made)
        accept(at, told, offered)

        undo(row)

        with at("zinder.supervisor"):
            back = Person.objects.get(pk=absorbed.pk)
            assert back.merged_into_id is None and back.household_id not in {kept.household_id, wife.household_id}


class TestFound:
    def found(self, at, person):
        with at("zinder.social") as work:
            sealed = opened(work, Person.objects.get(pk=person.pk))
            asked = record_of(sealed.identity, sealed.contact)
            return {each.person.pk for each in find(work, asked, world_id("NE")).candidates}

    def test_a_person_is_found_once_under_either_name(self, at, person, ask, decide, undo):
        with at("zinder.social") as work:
            kept = person(work)
            other = {"given": "Kadiatou", "family": "Barry", "birth_date": "1995-03-14"}
            absorbed = person(work, identity=other)
        row = decide(ask(kept, absorbed))

        assert self.found(at, kept) == self.found(at, absorbed) == {kept.pk}
        undo(row)
        assert (self.found(at, kept), self.found(at, absorbed)) == ({kept.pk}, {absorbed.pk})

    def test_writing_the_record_anew_shows_nobody_beside_it_but_others(self, at, told, two, ask, decide):
        decide(ask(*two))

        with at("zinder.social") as work:
            same = {"given": "Ese", "family": "Osagie", "birth_date": "1995-03-14"}
            said = people.IdentityChange(**told(id=two[0].pk), identity=same)
            people.change_identity(work, [said])
            assert people.compare_person(work, said) == ()

    def test_no_pair_waits_of_a_merged_record(self, at, told, person, two, ask, decide, undo):
        from compass.people.models import Pair

        with at("zinder.social") as work:
            third = person(work)
        one, other = sorted((two[1].pk, third.pk))
        with at("zinder.cases") as work:
            found = {"first": one, "second": other, "rank": 1, "found_at": work.now}
            Pair.objects.create(organisation_id=work.actor.organisation.pk, **found)
            assert len(waiting(work)) == 1
        row = decide(ask(*two))

        with at("zinder.cases") as work:
            assert waiting(work) == []
        undo(row)
        with at("zinder.cases") as work:
            assert len(waiting(work)) == 1


class TestCountedAndTold:
    def test_a_person_counts_once_and_twice_again_and_services_apart(self, at, told, two, ask, decide, undo):
        with at("zinder.social") as work:
            given = {"service": "FOD", "service_class": "H", "country": "NE", "delivered_on": work.today}
            people.record_services(work, [people.ServiceGiven(**told(id=each.pk), **given) for each in two])

        def counted():
            with at("zinder.social"), connection.cursor() as cursor:
                # The rule of every figure: people once, services apart.
                cursor.execute("SELECT count(DISTINCT person_id), count(*) FROM people_service")
                return cursor.fetchone()

        assert counted() == (2, 2)
        row = decide(ask(*two))
        assert counted() == (1, 2)
        undo(row)
        assert counted() == (2, 2)

    def test_the_trail_holds_and_names_both(self, apart, cluster, at, two, case, ask, decide, undo):
        with at("zinder.social") as work:
            case(work, someone=two[1])
        with cluster.connect("compass_owner", apart) as owner:
            row = decide(ask(*two))
            assert verify(owner, veil=veil()) is None
            undo(row)
            assert verify(owner, veil=veil()) is None

            for purpose in ("people.merged", "people.parted"):
                found = owner.execute("SELECT body FROM trail_entry WHERE body LIKE %s", [f"%{purpose}%"]).fetchall()
                assert found
                assert all(name in body for name in veil().identifiers(each.pk for each in two) for (body,) in found)

    def test_a_blob_kept_for_undoing_that_was_swapped_is_noticed(self, apart, cluster, two, ask, decide):
        decide(ask(*two))

        with cluster.connect("compass_owner", apart) as owner:
            owner.execute("UPDATE people_mergedrow SET blob_sealed = blob_sealed || 'x' WHERE length(blob_sealed) > 0")
            found = verify(owner, veil=veil())

        assert found is not None and "people_mergedrow" in str(found)

    def test_paper_printed_under_the_other_record_is_told(self, at, two, ask, decide):
        with at("zinder.social", "people.summary.print") as work:
            work.saw([two[1]])
            work.record("people.summary.printed", results=[two[1].pk])
        decide(ask(*two))

        with at("zinder.social") as work:
            assert len(shared_of(work, Person.objects.get(pk=two[0].pk))) == 1

    def test_its_page_leads_from_the_other_code(self, two, ask, decide, sign_in):
        decide(ask(*two))

        page = sign_in("zinder.social").get(reverse("people:person", args=[two[1].pk])).content.decode()

        assert reverse("people:person", args=[two[0].pk]) in page


def test_undone_merges_can_be_asked_again(at, two, ask, decide, undo):
    undo(decide(ask(*two)))
    decide(ask(two[1], two[0]))

    assert merged_into(at, two[0]) == two[1].pk
