"""How many people's sealed words one colleague opens. The one place for the figures.

Who sits down at a device that was left open, or sells what a desk may see, opens one record after the other. Each opening
is in the trail; that alone stops nobody. So whoever goes on opening shows now and then that it is still them, and there is
a most for an hour. Where the same people are opened again nothing is counted. Lists count too, but the first that is
opened since somebody showed who they are may be as long as it is where it is their own caseload; any other longer one,
which a colleague can fill with whom they like, only when they showed it just now.

All figures are provisional until offices have worked with them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection

from compass.access.models import Opening
from compass.problems import ConfirmAgain, OpenedTooOften
from compass.trail.chain import veil
from compass.vault.identifiers import new_id

if TYPE_CHECKING:
    from compass.access.work import Work

HOUR = timedelta(hours=1)
#: Different people opened in a session since its colleague last showed that it is them; then they are asked again.
PEOPLE_ON_ONE_WORD = 20
#: As long after showing that it is them a list may be longer than that.
JUST_NOW = timedelta(minutes=1)
#: Different people opened by one colleague within an hour; the next one is refused in words.
PEOPLE_AN_HOUR = 200
#: A day of one colleague is listed for the supervisor and the data protection officer from here on.
PEOPLE_A_DAY = 100

_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('access_opening' || %s::text, 0))"


def count(work: Work, people: Iterable[UUID], *, caseload: bool = False) -> None:
    """Write down that sealed words about these people (or of these records, where somebody is not told who it is) are
    about to be shown, under the veil of the trail. `caseload`: the list of the colleague's own people.

    Raises OpenedTooOften, and ConfirmAgain in a session whose colleague has to show first that it is them; before anything
    is opened. Outside a session (a command) nobody can be asked.
    """
    asked = list(dict.fromkeys(people))
    if not asked:
        return
    with connection.cursor() as cursor:
        cursor.execute(_ONE_AT_A_TIME, [work.actor.id])
    names = set(map(UUID, veil().identifiers(asked)))
    mine = Opening.objects.filter(recorded_by=work.actor.id)
    lately = set(mine.filter(recorded_at__gt=work.now - HOUR).values_list("veiled", flat=True))
    if len(lately | names) > PEOPLE_AN_HOUR:
        raise OpenedTooOften(count=PEOPLE_AN_HOUR)
    session = work.draft.session
    here = mine.filter(session=session)
    if work.confirmed_at is not None:
        here = here.filter(recorded_at__gt=work.confirmed_at)
    shown = set(here.values_list("veiled", flat=True)) if session else set()
    lately_shown = work.confirmed_at is not None and work.now - work.confirmed_at < JUST_NOW
    whole = not shown and (caseload or lately_shown)
    if session and not whole and len(shown | names) > PEOPLE_ON_ONE_WORD and names - shown:
        raise ConfirmAgain(count=len(shown | names))
    Opening.objects.bulk_create(
        Opening(
            id=new_id(),
            organisation_id=work.actor.organisation.pk,
            recorded_by=work.actor.id,
            recorded_at=work.now,
            session=session,
            veiled=name,
        )
        for name in sorted(names - shown)
    )
