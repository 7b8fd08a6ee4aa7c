"""Two standards of a child without a parent here: an assessment of its best interests, and a guardian."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from compass.cases import ladder
from compass.cases.files import Files
from compass.cases.models import Case
from compass.cases.standards import Due, link, standard

RULES = "COMPASS domain specification, case management, section 2.12; times provisional"
# Provisional: no source sets a time; "from the start" is taken as the time of the full assessment, else this.
ASSESS_WITHIN = timedelta(days=7)
ASK_WITHIN = timedelta(hours=24)  # provisional: the time of the first response at high risk
APPOINT_WITHIN = timedelta(days=7)  # provisional: when to ask the authority again


def _alone(files: Files) -> Iterator[tuple[Case, ladder.Child]]:
    """The cases of children who have no parent in their household; no query where no case is a child's."""
    own = [case for case in files.cases if ladder.is_child(case.person)]
    children = files.once(ladder.of_households) if own else {}
    for case in own:
        child = children.get(case.person_id)
        if child is not None and not child.with_parent:
            yield case, child


@standard("BIP-01", what=_("Best-interests assessment of the child"), source=RULES)
def best_interests_assessed(files: Files) -> Iterator[Due]:
    """A child alone has a best-interests assessment within the time of the full assessment, from the opening of its case."""
    for case, child in _alone(files):
        yield Due(
            subject=case,
            start_at=case.opened_at,
            due_at=case.opened_at + (files.limit("comprehensive_assessment", case) or ASSESS_WITHIN),
            done_at=child.record.assessed_at,
            url=link("cases:best_interests", case.person_id),
            action=_("Open the steps for the child"),
        )


@standard("BIP-02", what=_("Ask for a guardian"), source=RULES)
def guardian_asked_for(files: Files) -> Iterator[Due]:
    """A guardian is asked for, and then awaited until one is appointed."""
    for case, child in _alone(files):
        asked = child.guardian
        start = asked.occurred_at if asked else case.opened_at
        yield Due(
            subject=case,
            start_at=start,
            due_at=start + (APPOINT_WITHIN if asked else ASK_WITHIN),
            done_at=asked.appointed_at if asked else None,
            url=link("people:guardian", case.person_id),
            action=_("Record what the authority answered") if asked else _("Ask for a guardian"),
            what=_("The guardian is awaited: ask the authority") if asked else "",
        )
