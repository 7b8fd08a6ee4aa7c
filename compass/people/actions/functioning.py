"""Writing down what people answered to the Washington Group short set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from compass.access.actions import action
from compass.access.work import Command, Work, stamp
from compass.people.functioning import SCOPE, agrees, asked_here, suits
from compass.people.models import Functioning, Person
from compass.people.queries import records_of
from compass.problems import ConsentMissing, Invalid, ShortSetNotAsked, ShortSetNotForAge, StaleVersion
from compass.vault.identifiers import new_id
from compass.vocabulary import code_list, known, label_of


@dataclass(frozen=True, kw_only=True)
class FunctioningAnswered(Command):
    """What a person (`id`) answered: code of disability_domain to code of disability_answer, all six. No answers at all
    say that what was written down before was a mistake. seen: the newest row that was on the page, empty when there was
    none, None when not asked."""

    answers: Mapping[str, str] = field(default_factory=dict)
    seen: str | None = None


@action("people.functioning", Functioning, purpose=SCOPE)
def record_functioning(work: Work, said: list[FunctioningAnswered]) -> list[Functioning]:
    """Write down answers, sealed; those given before stay as rows of their own.

    Answers rest on consent alone. That they were a mistake is written down at any time, whatever is agreed to.

    Raises ShortSetNotAsked, ShortSetNotForAge; ConsentMissing; UnknownCode and Invalid unless all six are answered, or
    when there is nothing that could be a mistake; StaleVersion with the newest row when somebody asked since.
    """
    people = work.require("people.identity", Person, said)
    records = records_of([person.pk for person in people])
    everyone = set().union(*records.values())
    work.keys.load(everyone)
    newest = {
        row.person_id: row
        for row in Functioning.objects.filter(person__in=everyone)
        .order_by("person", "-recorded_at", "-id")
        .distinct("person")
    }
    rows = []
    for person, each in zip(people, said, strict=True):
        last = max(
            (newest[pk] for pk in records[person.pk] if pk in newest),
            key=lambda row: (row.recorded_at, row.pk),
            default=None,
        )
        if each.seen is not None and each.seen != (str(last.pk) if last else ""):
            raise StaleVersion(current=last)
        if each.answers:
            _must_fit(work, person, each)
        elif last is None:
            raise Invalid(what=_("the answers"))
        # What was a mistake stays one when two records that were made one are two again.
        holder = person if each.answers or last is None else last.person
        row = Functioning(id=new_id(), person=holder, organisation_id=person.organisation_id, **stamp(work, each))
        row.answers_sealed = work.keys.seal(
            dict(each.answers), table=row._meta.db_table, column="answers_sealed", subject=holder.pk, row=row.pk
        )
        rows.append(row)
    return Functioning.objects.bulk_create(rows)


def _must_fit(work: Work, person: Person, each: FunctioningAnswered) -> None:
    if not asked_here(work):
        raise ShortSetNotAsked
    if not suits(person):
        raise ShortSetNotForAge
    if each.basis != "consent" or not agrees(person):
        raise ConsentMissing(scope=label_of("consent_scope", SCOPE))
    for domain, told in each.answers.items():
        known("disability_domain", domain)
        known("disability_answer", told)
    if set(each.answers) != set(code_list("disability_domain").values):
        raise Invalid(what=_("an answer to each of the six questions"))
