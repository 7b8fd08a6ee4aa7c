"""Background work in a colleague's name: the queue carries who asked, and what they may is asked anew when it runs.

    @app.task(name="compass.room.verb")
    @for_colleague("room.verb")
    def verb(work: Work, pk: str) -> str: ...

    verb.defer(actor=str(work.actor.id), office=str(work.actor.organisation.pk), pk=str(row.pk))

Arguments are identifiers only: the queue is not sealed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from compass.access.actor import Actor, HeldGrant
from compass.access.models import Organisation, User
from compass.access.work import record_refusal, unit_of_work
from compass.problems import Denied

REFUSED = "refused"


def by_itself(organisation: Organisation) -> Actor:
    """Nobody, at work for one organisation: what the deployment does by itself.

    The walls show it that organisation's rows and the key ring its keys. It holds no role, so that no rule lets it do
    anything, and the trail names no colleague.
    """
    nobody = User(id=None, organisation=organisation)
    return Actor(nobody, (HeldGrant("", organisation, organisation.country),), organisation)


def for_colleague(rule: str) -> Callable[[Callable[..., str]], Callable[..., str]]:
    """Make `function(work, **identifiers)` a job of the colleague `actor` at the organisation `office`, inside a unit of
    work of their own.

    A colleague who has left, or lost the role there since the job was queued, is refused: nothing is done, the trail says
    so, and the job ends (another try would be refused too). Raises ValueError for an argument that is not an identifier.
    """

    def decorate(function: Callable[..., str]) -> Callable[..., str]:
        @wraps(function)
        def run(*, actor: str, office: str, **identifiers: str) -> str:
            for value in identifiers.values():
                UUID(value)
            who = Actor.of(User.objects.get(pk=UUID(actor)), UUID(office))
            try:
                if not who.user.is_active or who.organisation.pk != UUID(office):
                    raise Denied
                with unit_of_work(who, rule) as work:
                    work.demand(rule)
                    return function(work, **identifiers)
            except Denied as problem:
                record_refusal(who, rule, problem)
                return REFUSED

        return run

    return decorate
