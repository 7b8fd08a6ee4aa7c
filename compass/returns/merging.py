"""What this room asks before two records of one person are made one, and before they are two again."""

from __future__ import annotations

from django.utils.translation import gettext as _

from compass.access.work import Work
from compass.people.models import Person
from compass.problems import NotYetOne
from compass.returns.models import Journey, Member
from compass.returns.queries import open_returns


def must_travel_once(work: Work, kept: Person, absorbed: Person) -> None:
    """Raises NotYetOne where a return is under way under both records: one of them is withdrawn first; and while another
    office is to see the person off: what it was told of the journey could not be taken back."""
    both = [kept.pk, absorbed.pk]
    if len(open_returns(both)) == 2:
        raise NotYetOne(what=_("a return is under way under both records"))
    if Journey.objects.filter(avr__in=Member.objects.filter(person__in=both).values("avr"), status="waiting").exists():
        raise NotYetOne(what=_("another office is about to see the person off"))
