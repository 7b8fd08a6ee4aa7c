"""The machine of `test_consent_machine`: what a person may say, what an office may do, what time does, and every path asked
after each step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from itertools import product
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from compass.access.models import User
from compass.cases.actions import handover
from compass.cases.actions.case import CaseOpening, open_cases
from compass.cases.actions.referral import (
    ReferralChanged,
    ReferralPrepared,
    ReferralStep,
    change_referrals,
    prepare_referrals,
    send_referrals,
)
from compass.cases.models import Handover, Referral
from compass.config.demo.world import world_id
from compass.config.tests.access_world import at, told
from compass.config.tests.consent_wishes import Shared, Talk, Wishes
from compass.people import actions as people
from compass.people import consent
from compass.problems import Problem, TooFarAway
from compass.reception.actions import ActivityHeld, Attended, add_activities, mark_attendance
from compass.vocabulary import code_list

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
NIGER, NIGERIA, PARTNER = "zinder.social", "edo.reception", "zinder.clinic"
OFFICE, CLINIC = {NIGER: "NE", NIGERIA: "NG"}, "clinic"
#: Who of each office answers an offer: no social worker does.
ANSWERS = {NIGER: "zinder.cases", NIGERIA: NIGERIA}
DETAILS, SHARE, RETURN, HELP = (
    "data_processing", "share_other_organizations", "return_country_sharing", "case_management_services",
)  # fmt: skip
ASKED = (DETAILS, SHARE, RETURN, HELP)
PHONE, SAID = "90417733", "fever since Tuesday"
#: Each story has a name of its own: the records of the one before are still there.
names = ("Osarugue" + "".join(letters) for letters in product("aeiou", "kmnst", "aeiou", "kmnst"))
#: Reasons to open a name that rest on consent, and those that are a ground of their own and are recorded as such.
ON_CONSENT, GROUNDS = ("contact", "service"), ("present", "correct", "danger")
READABLE, ANSWER_WITHIN, SLACK = timedelta(days=90), timedelta(days=30), timedelta(minutes=9)
SEVEN = tuple(code_list("consent_information").values)
#: Who answers for a child of 13 beside the child, and for a girl of 16.
BESIDE = ("caregiver", "guardian", "other")
#: Tables of records, whose clock goes on when the machine lets days pass.
AGEING = (
    "people_consent",
    "people_person",
    "vault_subjectkey",
    "cases_referral",
    "cases_casereferral",
    "cases_handover",
)
tried: set[str] = set()
T = TypeVar("T")


def browser(username: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(username=username), BACKEND)
    client.cookies["compass_language"] = "en"
    return client


@contextmanager
def undone() -> Iterator[None]:
    """Tried and taken back, so that a question changes nothing."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _after(talk: Talk) -> datetime:
    """The moment at which the last day of a talk is over."""
    return datetime.combine(talk.last + timedelta(days=1), time(), UTC)


class Machine(RuleBasedStateMachine):
    """One person: an adult, a child of 13 or a girl of 16. `wishes`: what they said, in words of our own."""

    owner: Any = None

    def __init__(self) -> None:
        super().__init__()
        self.wishes, self.passed, self.turn = Wishes(), timedelta(), 0
        self.office, self.left_behind = NIGER, ""
        self.referrals: dict[Any, Shared] = {}
        self.offer: Any = None
        self.fallen: list[Any] = []
        self.offer_until: datetime | None = None

    @property
    def now(self) -> datetime:
        return timezone.now() + self.passed

    def allow(self, scope: str) -> bool:
        """Whether the person lets the one be told that this purpose is about here: the partner, or the other office."""
        return self.wishes.allow(scope, self.now, {SHARE: CLINIC, RETURN: OFFICE[self.other]}.get(scope, ""))

    def naming(self, who: str) -> set[str]:
        """Whom the person names: nobody any more, the partner, the other office, or both."""
        return {
            "nobody": set(),
            "partner": {CLINIC},
            "office": {OFFICE[self.other]},
            "both": {CLINIC, OFFICE[self.other]},
        }[who]

    @initialize(
        who=st.sampled_from(["adult", "adult", "child", "girl"]), paper=st.booleans(),
        agreed=st.sampled_from([True, True, False]),
    )  # fmt: skip
    def register(self, who: str, paper: bool, agreed: bool) -> None:
        """`agreed`: a story that begins where everything was agreed to, referred and offered."""
        self.who, self.paper = who, paper
        born = timezone.localdate().year - {"adult": 31, "child": 13, "girl": 16}[who]
        self.name = next(names)
        identity = {"given": self.name, "family": "Osagie", "birth_date": f"{born}-01-01"}
        contact = {"phone": PHONE, "safe_to_call": True, "safe_to_carry_paper": paper}
        with at(NIGER) as work:
            (self.person,) = people.register_people(
                work,
                [people.Registration(**told(), sex="female", nationality="NG", identity=identity, contact=contact)],
            )
            (self.case,) = open_cases(work, [CaseOpening(**told(id=self.person.pk), risk_level="medium")])
            held = ActivityHeld(**told(), centre_id=world_id("centre.zinder"), kind="sport", held_on=work.today)
            (self.activity,) = add_activities(work, [held])
            mark_attendance(work, [Attended(**told(id=self.person.pk), activity_id=self.activity.pk)])
        self.browsers = {name: browser(name) for name in (NIGER, NIGERIA, PARTNER)}
        if agreed:
            self.answer(set(ASKED), set(), 0, "guardian", True, False)
            self.refer("consent", True)
            self.make_an_offer()

    # What the person says

    @rule(
        yes=st.sets(st.sampled_from(ASKED)), no=st.sets(st.sampled_from(ASKED)), ago=st.sampled_from([0, 0, 0, 3, 40]),
        beside=st.sampled_from(BESIDE), agrees=st.booleans(), ahead=st.booleans(),
        ends=st.sampled_from([None, None, 20, 90]), named=st.sampled_from([None, None, None, "nobody", "partner", "office"]),
    )  # fmt: skip
    def answer(
        self,
        yes: set[str],
        no: set[str],
        ago: int,
        beside: str,
        agrees: bool,
        ahead: bool,
        ends: int | None = None,
        named: str | None = None,
    ) -> None:
        """A talk, in full or in part, written down at once or days later, by a clock that may run ahead; it may
        end on a day that the person named, and name who must not know."""
        no = no - yes
        if not yes | no:
            return
        spoken = timezone.now() - timedelta(days=ago)
        who: dict[str, Any] = {}
        if self.who == "child" or (self.who == "girl" and agrees):
            who = {"given_by": beside, "child_agrees": agrees}
        said = people.ConsentGiven(
            **told(id=self.person.pk, occurred_at=spoken + SLACK if ahead and not ago else spoken), certified=True,
            information=SEVEN, scopes={**dict.fromkeys(yes, True), **dict.fromkeys(no, False)}, **who,
            until=None if ends is None else timezone.localdate(spoken) + timedelta(days=ends),
            not_to=None if named is None else tuple(world_id(each) for each in self.naming(named)),
        )  # fmt: skip
        child_no = who.get("child_agrees") is False
        counts = self.wishes.say(
            spoken + self.passed, yes, no, child_says_no=child_no, ends=ends,
            named=None if named is None else self.naming(named),
        )  # fmt: skip
        assert self.done(lambda work: people.give_consent(work, [said])) == counts
        if counts:
            self.follow()

    @rule()
    def a_clock_that_was_set_wrong(self) -> None:
        """What a device says happened tomorrow is not taken, whatever it says."""
        no = dict.fromkeys(ASKED, True)
        said = people.ConsentGiven(
            **told(id=self.person.pk, occurred_at=timezone.now() + timedelta(days=1)), certified=True, information=SEVEN,
            scopes=no, given_by="guardian", child_agrees=True,
        )  # fmt: skip
        with pytest.raises(TooFarAway), at(self.office) as work:
            people.give_consent(work, [said])

    @precondition(lambda self: self.wishes.newest and self.wishes.newest.taken_back is None)
    @rule(
        scopes=st.sets(st.sampled_from(ASKED), max_size=2), ago=st.sampled_from([0, 0, 2]),
        named=st.sampled_from(["nobody", "nobody", "partner", "office", "both"]),
    )  # fmt: skip
    def take_back(self, scopes: set[str], ago: int, named: str = "nobody") -> None:
        """All of it (no purpose, no receiver named) or in part; told today or two days ago."""
        spoken = timezone.now() - timedelta(days=ago)
        with at(self.office) as work:
            given = consent.newest([self.person.pk])[self.person.pk]
            envelope = told(id=given.pk, occurred_at=spoken)
            gone = tuple(world_id(each) for each in self.naming(named))
            people.withdraw_consent(work, [people.Withdrawal(**envelope, scopes=tuple(scopes), not_to=gone)])
        self.wishes.take_back(spoken + self.passed, scopes, self.naming(named))
        self.follow()

    @rule(days=st.sampled_from([1, 25, 80, 200, 370]))
    def days_pass(self, days: int) -> None:
        columns = self.owner.execute(
            "SELECT table_name, string_agg(format('%%I = %%I - $1', column_name, column_name), ', ')"
            " FROM information_schema.columns WHERE table_name = ANY (%s)"
            " AND data_type IN ('date', 'timestamp with time zone') GROUP BY table_name",
            [list(AGEING)],
        ).fetchall()
        for table, changes in columns:
            self.owner.execute(f"UPDATE {table} SET {changes.replace('$1', f'{days} * interval $$1 day$$')}")
        self.passed += timedelta(days=days)

    def follow(self) -> None:
        """What was shared under an answer that holds no more is recalled at once; an open offer falls."""
        for shared in self.referrals.values():
            shared.recalled |= not shared.always and not self.allow(SHARE)
            if not shared.always and shared.until and (talk := self.wishes.newest):
                # Nobody reads longer than the yes holds by the last word.
                shared.until = min(shared.until, _after(talk))
        if self.offer is not None and not self.allow(RETURN):
            self.fallen, self.offer = [*self.fallen, self.offer], None

    # What the office does

    def done(self, act: Any) -> bool:
        """Whether the office that holds the record may do it."""
        try:
            with at(self.office) as work:
                act(work)
        except Problem:
            return False
        return True

    def prepared(self, work: Any, basis: str, why: str = "unconscious") -> Any:
        clinic = world_id("clinic")
        return prepare_referrals(
            work,
            [
                ReferralPrepared(
                    **told(id=self.case.pk, basis=basis), service="MED", to_organisation_id=clinic, priority="urgent",
                    override=why if basis == "vital_interest" else "", fields={"symptoms_as_consented": SAID},
                )
            ],
        )[0]  # fmt: skip

    def send(self, work: Any, row: Any, basis: str) -> None:
        send_referrals(work, [ReferralStep(**told(id=row, basis=basis))])

    @precondition(lambda self: len(self.referrals) < 4)
    @rule(basis=st.sampled_from(["consent", "vital_interest"]), send=st.booleans())
    def refer(self, basis: str, send: bool) -> None:
        """For real, where it is allowed; a draft may wait while the person thinks again."""
        made: list[Any] = []

        def act(work: Any) -> None:
            made.append(self.prepared(work, basis).pk)

        if self.done(act):
            self.referrals[made[0]] = Shared(always=basis == "vital_interest")
            if send:
                self.send_drafts()

    @rule()
    def send_drafts(self) -> None:
        for pk, shared in self.referrals.items():
            basis = "vital_interest" if shared.always else "consent"
            if shared.draft and self.done(lambda work, pk=pk, basis=basis: self.send(work, pk, basis)):
                shared.draft, shared.until = False, self.now + READABLE
                if not shared.always and (talk := self.wishes.newest):
                    shared.until = min(shared.until, _after(talk))

    def offered(self, work: Any, basis: str = "consent") -> Any:
        there = OFFICE[NIGERIA if self.office == NIGER else NIGER]
        step = handover.HandoverOffer(
            **told(id=self.case.pk, basis=basis), to_organisation_id=world_id(there), note="One person.",
            without_return="not_safe_here",
        )  # fmt: skip
        return handover.offer_handovers(work, [step])[0]

    @property
    def offer_open(self) -> bool:
        return self.offer is not None and self.offer_until is not None and self.now < self.offer_until

    @precondition(lambda self: not self.offer_open)
    @rule()
    def make_an_offer(self) -> None:
        made: list[Any] = []
        if self.done(lambda work: made.append(self.offered(work).pk)):
            self.offer, self.offer_until = made[0], self.now + ANSWER_WITHIN

    @property
    def other(self) -> str:
        return NIGERIA if self.office == NIGER else NIGER

    def accept(self, work: Any) -> None:
        handover.accept_handovers(work, [handover.HandoverStep(**told(id=self.offer, basis="consent"))])

    @precondition(lambda self: self.offer_open and self.allow(RETURN))
    @rule()
    def is_taken_over(self) -> None:
        """From now on the other office asks, and what the person takes back there counts as well."""
        with at(ANSWERS[self.other]) as work:
            self.accept(work)
        self.left_behind, self.office, self.offer = self.office, self.other, None

    # Every path, after every step

    @invariant()
    def time_goes_on(self) -> None:
        self.turn += 1

    def in_turn(self, choices: Sequence[T]) -> T:
        """Another one after each step: what is asked in every state need not be asked in each of them at once."""
        return choices[self.turn % len(choices)]

    def possible(self, path: str, act: Any, *, who: str = "") -> bool:
        tried.add(path)
        try:
            with undone(), at(who or self.office) as work:
                act(work)
        except Problem:
            return False
        return True

    def page(self, who: str, path: str, *args: Any, **posted: str) -> str:
        tried.add(path)
        with undone():
            address = reverse(path, args=args)
            client = self.browsers[who]
            answered = client.post(address, {"key": str(uuid4()), **posted}) if posted else client.get(address)
            return answered.content.decode(errors="replace")

    @invariant()
    def a_referral_is_written_on_the_grounds_there_are(self) -> None:
        others = (("vital_interest", "unconscious", True), ("vital_interest", "", False), ("legal_duty", "", False))
        for basis, why, allowed in (("consent", "", self.allow(SHARE)), self.in_turn(others)):
            made = self.possible("cases:refer", lambda work, basis=basis, why=why: self.prepared(work, basis, why))
            assert made == allowed, (basis, why)

    @invariant()
    def a_draft_goes_out_only_under_what_covers_it(self) -> None:
        for pk, shared in self.referrals.items():
            if not shared.draft:
                continue
            basis = "vital_interest" if shared.always else "consent"
            allowed = shared.always or (not shared.recalled and self.allow(SHARE))
            sent = self.possible("cases:referral_step", lambda work, pk=pk, basis=basis: self.send(work, pk, basis))
            assert sent == (allowed and not (shared.always and self.wishes.said_no(SHARE, CLINIC)))
            if self.office == NIGER:
                step = ReferralChanged(**told(id=pk, basis=basis), priority="urgent", fields={})
                changed = self.possible("cases:referral_change", lambda work, step=step: change_referrals(work, [step]))
                assert changed == allowed

    @invariant()
    def the_partner_reads_only_what_is_covered(self) -> None:
        listed = self.page(PARTNER, "cases:referrals") if self.referrals else ""
        codes = dict(self.codes(Referral, self.referrals)) if self.referrals else {}
        for pk, shared in self.referrals.items():
            assert (codes[pk] in listed) == (not shared.draft)
            assert (SAID in self.page(PARTNER, "cases:referral", pk)) == shared.readable(self.now)

    def codes(self, model: Any, pks: Any) -> list[Any]:
        with at(self.office):
            return list(model.objects.filter(pk__in=list(pks)).values_list("pk", "code"))

    @invariant()
    def another_office_is_asked_and_takes_over_only_under_consent(self) -> None:
        # A child's own procedure comes first, whatever anybody agreed to.
        allowed = self.who == "adult" and self.allow(RETURN)
        for basis in ("consent", self.in_turn(("legal_duty", "vital_interest"))):
            made = self.possible("cases:hand_over", lambda work, basis=basis: self.offered(work, basis))
            assert made == (allowed and not self.offer_open), basis
        with at(self.office):
            open_still = Handover.objects.filter(pk__in=self.fallen, status="offered", expires_at__gt=self.now)
            assert not open_still.exists()
        if self.offer is not None:
            taken = self.possible("cases:handover_step", self.accept, who=ANSWERS[self.other])
            assert taken == (allowed and self.offer_open)

    @invariant()
    def another_office_learns_no_name(self) -> None:
        words = {"names": f"{self.name} Osagie", "birth_year": str(timezone.localdate().year - 31)}
        pages = [self.page(self.other, "people:find", **words), self.page(self.other, "people:person", self.person.pk)]
        if self.offer is not None:
            pages += [
                self.page(self.other, "cases:handovers"), self.page(self.other, "cases:handover", self.offer),
            ]  # fmt: skip
        if self.left_behind:
            pages += [self.page(self.other, "cases:referral", pk) for pk in self.referrals]
        for page in pages:
            assert self.person.code not in page and PHONE not in page and SAID not in page
        assert all(self.name not in page for page in pages[1:])

    @invariant()
    def a_name_opens_on_the_grounds_there_are(self) -> None:
        no = self.wishes.asked_and_no(DETAILS, self.now)
        places = [("people:person", self.person.pk)]
        if self.office == NIGER:
            places.append(("reception:activity", self.activity.pk))
        for place, why in zip(
            places, self.in_turn((ON_CONSENT, GROUNDS[:2], GROUNDS[1:], ON_CONSENT[::-1])), strict=False
        ):
            shown = self.name in self.page(self.office, *place, reason=why, reveal="1")
            assert shown == (why in GROUNDS or not no), (place, why)

    @invariant()
    def a_paper_is_printed_only_where_it_is_safe(self) -> None:
        if self.paper and "people:summary_pdf" in tried:
            return
        tried.add("people:summary_pdf")
        with undone():
            answered = self.browsers[self.office].get(reverse("people:summary_pdf", args=[self.person.pk, "en"]))
        assert answered.content.startswith(b"%PDF") == self.paper

    def ask_all(self) -> None:
        """Every invariant, as hypothesis asks them after a step."""
        for each in self.invariants:
            each.function(self)


def walk(examples: int, steps: int, *, seed: bool = True, phases: tuple[Phase, ...] = (Phase.generate,)) -> None:
    limits = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, database=None, derandomize=seed, phases=phases,
        suppress_health_check=list(HealthCheck), report_multiple_bugs=False,
    )  # fmt: skip
    run_state_machine_as_test(Machine, settings=limits)
