"""Reads worth a name: what is sealed, opened; who is due; who belongs together; what consent allows and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import F, Model, Q, QuerySet

from compass.access.policy import RULES
from compass.access.prepared import Prepared
from compass.access.staff import names_in
from compass.access.work import Work
from compass.people import registry
from compass.people.consent import DETAILS, ENDED, Answer, answer, consents_of, explained, newest
from compass.people.content.consent import LATER_SCOPES, SCOPES
from compass.people.models import (
    FURTHER,
    AgencyNumber,
    Consent,
    DataRequest,
    ErasureRequest,
    FormerContact,
    FormerIdentity,
    GuardianRequest,
    IdentityDocument,
    Merge,
    Person,
    PersonName,
    Service,
)
from compass.people.reach import Reach, reach
from compass.problems import ConsentMissing
from compass.vault.crypto import digest
from compass.vault.models import Erasure
from compass.vocabulary import label_of

M = TypeVar("M", bound=Model)

TABLE = "people_person"
#: Reasons for opening identity and contact that do not rest on consent.
WITHOUT_CONSENT = frozenset({"present", "correct", "danger"})
#: So many earlier contacts of a person are shown.
MOST_FORMER = 30
#: What is said about being reached that keeps a person safe.
SAFE = ("safe_to_call", "safe_to_carry_paper")
#: The three answers about an interpreter, which are one.
INTERPRETER = ("interpreter_needed", "interpreter_language", "interpreter_sex")
#: What `Person.sex` holds before anybody was asked, and where somebody did not want to say.
UNTOLD = "undisclosed"
NEIGHBOURS = timedelta(days=3)
#: A talk with a family, and the children written down after it, is over within half a day.
SAME_TALK = timedelta(hours=12)


@dataclass(frozen=True)
class Allowed:
    """One purpose, whether it is allowed today, and why in words."""

    scope: str
    answer: Answer

    @property
    def why(self) -> str:
        return self.answer.why


@dataclass(frozen=True)
class Opened:
    """What was sealed, for one response. `identity` and `contact` as described at Person."""

    identity: dict[str, Any]
    contact: dict[str, Any]

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.identity.get("given"), self.identity.get("family")) if part)


def opened(work: Work, person: Person, *, contact: bool = True) -> Opened:
    """Identity and `contact` (empty when it is not wanted), opened for the program itself; whoever shows them must use
    `reveal`."""
    columns = {"identity_sealed": person.identity_sealed}
    if contact:
        columns["contact_sealed"] = person.contact_sealed
    found = [
        work.keys.open(blob, table=TABLE, column=column, subject=person.pk) or {} for column, blob in columns.items()
    ]
    return Opened(found[0], found[1] if contact else {})


def ended(consent: Consent | None) -> bool:
    """Whether the person was asked and does not agree, or no longer, to the use of their details. No query."""
    return answer(consent, DETAILS).reason in ENDED


def reveal(work: Work, person: Person, reason: str) -> Opened:
    """Identity and contact to be shown on this response; the reason (a code) goes into the trail, also for the records
    that were merged into this one: their documents and contact are shown with it.

    Raises ConsentMissing for a reason that rests on consent, when the person no longer agrees; and what `Work.opens` does.
    """
    if reason not in WITHOUT_CONSENT and ended(consent_of(spoken_under(person))):
        raise ConsentMissing(scope=label_of("consent_scope", DETAILS))
    records = [person, *made_one_with(person)]
    work.saw(records)
    work.opens("people.reveal", [person.pk], results=[row.pk for row in records], reason=reason)
    return opened(work, person)


def reveal_names(
    work: Work, people: Sequence[Person], reason: str, *, again: bool = False, caseload: bool = False
) -> dict[UUID, str]:
    """The names of people of one list, to be shown on this response; the reason goes into the trail once for all of them.
    `again`: it is there already, since the same session opened them before. `caseload`: the list is of whom the colleague
    leads.

    Left out: names never told, and those of whoever no longer agrees when the reason rests on consent.
    """
    mine = set(
        work.allowed("people.identity", Person).filter(pk__in=[row.pk for row in people]).values_list("pk", flat=True)
    )
    under = {row.pk: spoken_under(row) for row in people}
    if reason not in WITHOUT_CONSENT:
        found = newest(under[pk] for pk in mine)
        mine -= {pk for pk in mine if ended(found.get(under[pk]))}
    shown = [person for person in people if person.pk in mine]
    work.saw(shown)
    if shown and not again:
        work.opens("people.reveal", [person.pk for person in shown], caseload=caseload, reason=reason)
    work.keys.load([person.pk for person in shown])
    return {person.pk: name for person in shown if (name := opened(work, person).name)}


def contact_of(work: Work, person: Person) -> dict[str, Any]:
    """What the person said about being reached, opened for the program itself; empty when nothing is recorded.

    What is not safe under a record that was merged into this one is not safe, until contact is written anew; a number that
    became unsafe, and who must not know, stay so. The need of an interpreter is read there where it is not said here.
    """
    found = _contact(work, person)
    for row in Merge.objects.filter(person=person, state="confirmed").select_related("absorbed"):
        other = _contact(work, row.absorbed)
        if row.contact == digest(person.contact_sealed):
            unsafe = other | {"safe_to_call": reach(other).calls}
            found |= {name: False for name in SAFE if unsafe.get(name) is False}
        _interpreted(found, other, since=row.contact != digest(person.contact_sealed))
        if numbers := other.get("unsafe_numbers"):
            found["unsafe_numbers"] = [*(found.get("unsafe_numbers") or ()), *numbers]
        if told := other.get("must_not_know"):
            found["must_not_know"] = " · ".join(filter(None, (found.get("must_not_know"), told)))
    return found


def _interpreted(found: dict[str, Any], other: Mapping[str, Any], *, since: bool) -> None:
    """Take the interpreter of a merged record where this one says none; a need prevails until contact is written
    anew (`since`). Language and preference go with the need: the three are one answer."""
    need = found.get("interpreter_needed")
    if need is None or (not need and not since and other.get("interpreter_needed")):
        found |= {name: other[name] for name in INTERPRETER if name in other}


def _contact(work: Work, person: Person) -> dict[str, Any]:
    found = work.keys.open(person.contact_sealed, table=TABLE, column="contact_sealed", subject=person.pk)
    return dict(found or {})


def reach_of(work: Work, person: Person) -> Reach | None:
    """What to see before calling, writing or handing over paper, for who may see contact; None when it opens no more."""
    if not work.may("people.identity") or not work.keys.holds([person.pk]):
        return None
    return reach(contact_of(work, person))


def made_one_with(person: Person) -> list[Person]:
    """The records that were merged into this one; one query."""
    return list(Person.objects.filter(merged_into=person).order_by("recorded_at", "pk"))


def _of_merged(people: list[UUID]) -> QuerySet[Person]:
    found = Person.objects.filter(Q(pk__in=people) | Q(merged_into__in=people), merged_into__isnull=False)
    return found.only("pk", "merged_into_id")


_merged: Prepared[Person] = Prepared(_of_merged)


def records_of(people: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Each of these records with all records of the same person that were made one with it; a query, two with any."""
    leads = {row.pk: row.merged_into_id for row in _merged(people=people) if row.merged_into_id}
    if leads:
        leads |= {row.pk: row.merged_into_id for row in _merged(people=set(leads.values())) if row.merged_into_id}
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for pk in {*people, *leads, *leads.values()}:
        found[leads.get(pk, pk)].add(pk)
    return {pk: found[leads.get(pk, pk)] for pk in people}


def former_contacts(work: Work, person: Person) -> list[tuple[FormerContact, dict[str, Any]]]:
    """How the person could be reached before, the newest first, opened; whoever shows them must `reveal` the person.

    Until when each held is `occurred_at` of its row.
    """
    rows = (
        work.allowed("people.identity", FormerContact)
        .filter(person=person)
        .order_by("-recorded_at", "-id")[:MOST_FORMER]
    )
    table = FormerContact._meta.db_table
    return [
        (
            row,
            work.keys.open(row.contact_sealed, table=table, column="contact_sealed", subject=person.pk, row=row.pk)
            or {},
        )
        for row in rows
    ]


def document_detail(work: Work, row: IdentityDocument) -> dict[str, Any]:
    """What is sealed of a document, opened for the program itself; see IdentityDocument."""
    found = work.keys.open(
        row.detail_sealed, table=row._meta.db_table, column="detail_sealed", subject=row.person_id, row=row.pk
    )
    return dict(found or {})


def contacts_under_others(work: Work, person: Person) -> list[tuple[str, list[tuple[datetime, dict[str, Any]]]]]:
    """For each record that was merged into this one its code and how the person could be reached under it, the newest
    first, opened, with the moment until when each held; whoever shows them must `reveal` the person."""
    found = []
    for row in (
        Merge.objects.filter(person=person, state="confirmed").select_related("absorbed").order_by("recorded_at", "id")
    ):
        earlier = [(former.occurred_at, contact) for former, contact in former_contacts(work, row.absorbed)]
        found.append((row.absorbed.code, [(row.decided_at, _contact(work, row.absorbed)), *earlier]))
    return found


def documents_of(work: Work, person: Person) -> list[list[IdentityDocument]]:
    """Each document of a person with its rows, the newest first, those of records merged into this one too; two queries."""
    records = [person.pk, *(row.pk for row in made_one_with(person))]
    found: dict[UUID, list[IdentityDocument]] = defaultdict(list)
    for row in (
        work.allowed("people.identity", IdentityDocument).filter(person__in=records).order_by("-recorded_at", "-id")
    ):
        found[row.document].append(row)
    return list(found.values())


def name_words(work: Work, row: PersonName) -> str:
    """A further name, opened for the program itself, in the script in which it was written."""
    found = work.keys.open(
        row.detail_sealed, table=row._meta.db_table, column="detail_sealed", subject=row.person_id, row=row.pk
    )
    return str((found or {}).get("words", ""))


def names_of(work: Work, person: Person) -> list[list[PersonName]]:
    """Each further name of a person, and of their parents, with its rows, the newest first, those of records merged into
    this one too; two queries."""
    records = [person.pk, *(row.pk for row in made_one_with(person))]
    found: dict[UUID, list[PersonName]] = defaultdict(list)
    for row in work.allowed("people.identity", PersonName).filter(person__in=records).order_by("-recorded_at", "-id"):
        found[row.name].append(row)
    return list(found.values())


def number_detail(work: Work, row: AgencyNumber) -> dict[str, Any]:
    """What is sealed of an agency's number, opened for the program itself; see AgencyNumber."""
    found = work.keys.open(
        row.detail_sealed, table=row._meta.db_table, column="detail_sealed", subject=row.person_id, row=row.pk
    )
    return dict(found or {})


def numbers_of(work: Work, person: Person) -> list[list[AgencyNumber]]:
    """Each number of a person with another organisation with its rows, the newest first, those of records merged into this
    one too; two queries."""
    records = [person.pk, *(row.pk for row in made_one_with(person))]
    found: dict[UUID, list[AgencyNumber]] = defaultdict(list)
    for row in work.allowed("people.identity", AgencyNumber).filter(person__in=records).order_by("-recorded_at", "-id"):
        found[row.reference].append(row)
    return list(found.values())


def nationalities_of(person: Person, identity: Mapping[str, Any]) -> list[str]:
    """Every nationality of a person whose identity was opened, the one said first before the others; empty: not asked."""
    return list(dict.fromkeys(filter(None, [person.nationality, *(identity.get(name, "") for name in FURTHER)])))


def identity_said(person: Person, identity: dict[str, Any]) -> dict[str, Any]:
    """Every answer about who someone is, sealed and clear, as FormerIdentity keeps it; what nobody answered is left out."""
    clear = {
        "sex": person.sex if person.sex != UNTOLD else "",
        "nationality": person.nationality,
        "languages": list(person.languages),
    }
    return {name: value for name, value in {**identity, **clear}.items() if value not in (None, "", [])}


def former_identities(work: Work, person: Person) -> list[tuple[FormerIdentity, dict[str, Any]]]:
    """Who the person was said to be before, the newest first, opened; whoever shows them must `reveal` the person.

    Until when each held is `occurred_at` of its row.
    """
    rows = (
        work.allowed("people.identity", FormerIdentity)
        .filter(person=person)
        .order_by("-recorded_at", "-id")[:MOST_FORMER]
    )
    return [(row, former_identity(work, row)) for row in rows]


def former_identity(work: Work, row: FormerIdentity) -> dict[str, Any]:
    """An identity that was replaced, opened for the program itself."""
    found = work.keys.open(
        row.identity_sealed, table=row._meta.db_table, column="identity_sealed", subject=row.person_id, row=row.pk
    )
    return dict(found or {})


def safe_to_carry(work: Work, person: Person) -> bool:
    """Whether the person said that paper is safe on them. No answer is a no."""
    return contact_of(work, person).get("safe_to_carry_paper") is True


def spoken_under(person: Person) -> UUID:
    """The record under which the person's consent is kept: of merged records that of both."""
    return person.merged_into_id or person.pk


def consent_of(person: UUID) -> Consent | None:
    """The newest consent of a person; one query."""
    return newest([person]).get(person)


def allowances(consent: Consent | None) -> list[Allowed]:
    """Every purpose with its answer and reason, in the order in which they are asked. No query."""
    return [Allowed(scope, answer(consent, scope)) for scope in (*SCOPES, *LATER_SCOPES)]


def explanations(person: UUID) -> list[Allowed]:
    """Every purpose with what may be shared or done for it today, and since or until when; one query."""
    consents = consents_of([person]).get(person, [])
    return [Allowed(scope, explained(consents, scope)) for scope in (*SCOPES, *LATER_SCOPES)]


def children_answered_for(work: Work, parent: Person, sent: Sequence[str] = ()) -> list[tuple[Person, Consent]]:
    """Children of the household whose consent in force holds an answer of this adult.

    It was copied from a consent of this adult, however long after the talk; or, where it names none, a caregiver gave it in
    the talk in which this adult answered.

    `sent`: primary keys on a page that comes in again; what it took back before is still one of its answers.
    """
    if parent.is_child:
        return []
    children = [row for row in household(work, parent) if row.is_child]
    talks = list(Consent.objects.filter(person=parent)) if children else []
    found = newest([child.pk for child in children])
    # An answer taken back leaves a newer consent with the hour of that; the talk it goes back to still ties the two.
    spoken: dict[UUID, list[Consent]] = defaultdict(list)
    for row in Consent.objects.filter(person__in=[child.pk for child in children if talks], given_by="caregiver"):
        spoken[row.person_id].append(row)
    return [
        (child, given)
        for child in children
        if (given := found.get(child.pk)) is not None
        and given.given_by == "caregiver"
        and (in_force(given) or str(child.pk) in sent)
        and any(_same_answers(said, talk) for said in spoken[child.pk] for talk in talks)
    ]


def _same_answers(said: Consent, talk: Consent) -> bool:
    """Whether a child's consent holds what an adult said in a talk."""
    if said.copied_from is not None:
        return said.copied_from == talk.pk
    return talk.language == said.language and abs(said.occurred_at - talk.occurred_at) < SAME_TALK


def in_force(consent: Consent) -> list[str]:
    """The scopes that a consent allows today, in the order in which they are asked. No query."""
    return [row.scope for row in allowances(consent) if row.answer]


def consent_due(work: Work, limit: int = 50) -> Sequence[Person]:
    """Who was registered on vital interest and still has to be asked, the most urgent first; one query."""
    rows = work.allowed("people.consent", Person).filter(consent_due_at__isnull=False, merged_into__isnull=True)
    return list(rows.order_by("consent_due_at")[:limit])


def household(work: Work, person: Person) -> list[Person]:
    """The others of the household, within this office, in the order they were written down; one query."""
    rows = work.allowed("people.view", Person).filter(household_id=person.household_id).exclude(pk=person.pk)
    return list(rows.order_by("recorded_at", "id")[:30])


def neighbours(work: Work, person: Person) -> list[Person]:
    """One person of each other household met in the last three days: whom someone may belong to; one query."""
    rows = (
        work.allowed("people.household", Person)
        .filter(recorded_at__gte=work.now - NEIGHBOURS, occurred_at__gte=work.now - NEIGHBOURS)
        .filter(merged_into__isnull=True)
        .exclude(household_id=person.household_id)
        .order_by("-recorded_at")[:40]
    )
    found: dict[UUID, Person] = {}
    for row in rows:
        if row.household_id not in found or row.relation == "principal":
            found[row.household_id] = row
    return list(found.values())[:12]


def guardian_of(work: Work, person: Person) -> GuardianRequest | None:
    """The newest request for a guardian that was not withdrawn; one query."""
    rows = work.allowed("people.view", GuardianRequest).filter(person=person).exclude(status="withdrawn")
    return rows.order_by("-occurred_at", "-recorded_at", "-id").first()


def consent_detail(work: Work, consent: Consent | None) -> dict[str, Any]:
    """What is sealed of a talk (see Consent), opened; whoever shows it must `reveal` the person."""
    if consent is None:
        return {}
    place: dict[str, Any] = {"table": "people_consent", "column": "detail_sealed", "row": consent.pk}
    return dict(work.keys.open(consent.detail_sealed, subject=consent.person_id, **place) or {})


def guardian_note(work: Work, request: GuardianRequest | None) -> str:
    """The sealed note of a request for a guardian, opened; whoever shows it must `reveal` the person."""
    if request is None:
        return ""
    detail = work.keys.open(
        request.detail_sealed,
        table="people_guardianrequest",
        column="detail_sealed",
        subject=request.person_id,
        row=request.pk,
    )
    return str((detail or {}).get("remark", ""))


def services_of(work: Work, person: Person, limit: int = 20) -> list[Service]:
    """What the person received, newest first; one query."""
    rows = work.allowed("people.view", Service).filter(person=person)
    return list(rows.order_by("-delivered_on", "-recorded_at", "-id")[:limit])


def erasure_of(person: Person) -> ErasureRequest | None:
    """The newest request to be erased, whatever became of it."""
    return ErasureRequest.objects.filter(person=person).order_by("-occurred_at", "-recorded_at", "-id").first()


def erased(person: Person) -> bool:
    """Whether the person's keys were destroyed for good, also before a restore of an older backup."""
    return Erasure.objects.filter(subject_id=person.pk).exists()


def receivers(work: Work, person: Person) -> list[str]:
    """Organisations to whom something about the person was told, by name."""
    return sorted({name for provider in registry.receivers() for name in provider(work, person)})


def rights_of(work: Work, person: Person) -> list[DataRequest]:
    """What the person asked about their data, the newest first; one query."""
    return list(work.allowed("people.rights", DataRequest).filter(person=person).order_by("-recorded_at", "-id"))


def right_words(work: Work, row: DataRequest) -> dict[str, str]:
    """What is sealed of a request ("said", "reason"), opened; whoever shows it must `reveal` the person."""
    found: dict[str, str] = {}
    for column in ("words_sealed", "reason_sealed"):
        blob, table = getattr(row, column), DataRequest._meta.db_table
        found |= work.keys.open(blob, table=table, column=column, subject=row.person_id, row=row.pk) or {}
    return found


def rights_waiting(work: Work, limit: int = 200) -> list[DataRequest]:
    """Requests whose answer is due or was not told, the most urgent first, then refusals; one query."""
    rows = work.allowed("people.rights_list", DataRequest).exclude(Q(status="told") & ~Q(answer="refused"))
    return list(
        rows.select_related("person").order_by(F("answered_at").asc(nulls_first=True), "due_on", "recorded_at", "id")[
            :limit
        ]
    )


def second_talk_by(work: Work, row: ErasureRequest) -> list[str] | None:
    """Who may hold the second talk about this request, where the reader may not: the colleagues of the office, by name.

    None where the reader may: somebody else recorded the wish, or nobody else of the office could, so that no right waits
    for a colleague who is not there. Then the delay is longer, and the request is listed as one colleague's word.
    """
    if row.recorded_by != work.actor.id:
        return None
    return others_who_erase(work, row.organisation_id) or None


def others_who_erase(work: Work, organisation: UUID) -> list[str]:
    """The reader's colleagues of this office who may talk with somebody about being erased, by name; one query."""
    return names_in(RULES["people.erasure"].roles, [organisation], work.now, but=work.actor.id)


def second_talks(work: Work, limit: int = 50) -> list[ErasureRequest]:
    """Wishes to be erased whose second talk the reader may hold, the oldest first; a query, and one for each office in which
    the reader recorded one."""
    rows = work.allowed("people.erasure", ErasureRequest).filter(status="asked").select_related("person")
    rows = rows.defer("person__identity_sealed", "person__contact_sealed").order_by("recorded_at", "id")[:limit]
    alone = cache(lambda organisation: not others_who_erase(work, organisation))
    return [row for row in rows if row.recorded_by != work.actor.id or alone(row.organisation_id)]


def erasures_waiting(work: Work, limit: int = 200) -> list[ErasureRequest]:
    """Requests to be erased that are open, the first to be carried out first; one query."""
    rows = work.allowed("people.rights_list", ErasureRequest).filter(status__in=("asked", "confirmed"))
    rows = rows.select_related("person").defer("person__identity_sealed", "person__contact_sealed")
    return list(rows.order_by(F("due_at").asc(nulls_last=True), "recorded_at", "id")[:limit])


def rights_shown(work: Work, person: Person) -> list[DataRequest]:
    """What stands beside the record: requests that are not settled, words that stay beside it, what was stopped."""
    return [row for row in rights_of(work, person) if row.status != "told" or row.answer in {"annotated", "stopped"}]
