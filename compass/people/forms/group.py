"""A group other than the household: who is in it, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar
from uuid import uuid5

from django import forms
from django.utils.translation import gettext_lazy as _

from compass.people.actions import GroupSaid
from compass.people.forms.common import hint, listed, people_of_codes
from compass.people.groups import IN, Group, Member
from compass.people.models import Person
from compass.ui.days import PastDay
from compass.ui.forms import BaseForm, SeenField, words
from compass.ui.widgets import Boxes, Radios

#: So many people at once; a raid or a shipwreck is written down in several goes.
MOST = 60


class GroupForm(BaseForm):
    """A new group around a person, or what is to be said of one: others join, somebody leaves, it was a mistake."""

    seen = SeenField()
    kind = forms.ChoiceField(label=_("What kind of group is it?"), widget=Radios, choices=listed("group_kind"))
    near = forms.MultipleChoiceField(label=_("Who else is in it?"), widget=Boxes, required=False)
    codes = words(
        _("Codes of others who are in it"),
        help_text=_("One or several, with a comma or a space between them. Only people of your office."),
        rows=2, most=12 * MOST, required=False,
    )  # fmt: skip
    since = PastDay(
        label=_("Since when, or on which day?"), help_text=_("Leave it empty if nobody knows."), required=False
    )
    relation = forms.CharField(
        label=_("What is this person to the others?"),
        help_text=_("For example: brother, from the same village. Sealed when saved."),
        required=False,
        max_length=200,
        widget=forms.TextInput({"dir": "auto", "autocomplete": "off"}),
    )
    remark = words(
        _("Where was it, and what happened?"),
        help_text=_("Only what helps these people. No names of smugglers or traffickers. Sealed when saved."),
        rows=3, most=1000, required=False,
    )  # fmt: skip
    state = forms.ChoiceField(
        label=_("Is this person in the group?"), widget=Radios, choices=listed("group_state"), initial=IN
    )
    until = PastDay(label=_("Until when?"), help_text=_("Only for somebody who is no longer in it."), required=False)
    why = forms.ChoiceField(label=_("Why?"), choices=listed("group_leaving", ("", "—")), required=False)
    everyone = forms.BooleanField(
        label=_("The same for everybody who is in it now"),
        help_text=_("When the whole group ended, or was a mistake."),
        required=False,
    )

    #: One of the two says who else is in a new group.
    sometimes: ClassVar[frozenset[str]] = frozenset({"near", "codes"})

    def __init__(
        self,
        *args: Any,
        find: Callable[[Sequence[str]], dict[str, Person]],
        near: Sequence[tuple[Person, str]] = (),
        group: Group | None = None,
        **kwargs: Any,
    ) -> None:
        """`find`: people of the office by code. `near`: who is offered, in words. `group`: what is known, None: a new."""
        super().__init__(*args, **kwargs)
        self._find, self._group = find, group
        self._near = {str(person.pk): person for person, _words in near}
        hint(self.fields["kind"], "group_kind")
        self.offer("near", [(str(person.pk), said) for person, said in near])
        if not near:
            del self.fields["near"]
        if group is None:
            for name in ("state", "until", "why", "everyone"):
                del self.fields[name]
        else:
            if "near" in self.fields:
                self.fields["near"].label = _("Who else joined it?")
            self.sometimes = frozenset()  # type: ignore[misc]
            for name in ("since", "relation", "remark"):
                self.fields[name].help_text = _("What you leave empty stays as it was.")

    def clean_codes(self) -> list[Person]:
        return people_of_codes(self.cleaned_data["codes"], self._find)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self._group is None and not cleaned.get("near") and not cleaned.get("codes") and "codes" not in self.errors:
            if "near" in self.fields:
                self.add_error("near", _("Tick who else is in it, or write a code."))
            else:
                self.add_error("codes", _("Write the code of at least one other person who is in it."))
        if cleaned.get("until") and cleaned.get("since") and cleaned["until"] < cleaned["since"]:
            self.add_error("until", _("This day is before the one on which it began."))
        return cleaned

    def joining(self, person: Person) -> list[Person]:
        """The others who were named, each once."""
        told = self.cleaned_data
        named = [self._near[value] for value in told.get("near") or ()] + list(told.get("codes") or ())
        return list({other.pk: other for other in named if other.pk != person.pk}.values())

    def commands(self, person: Person, basis: Callable[[Person], str]) -> list[GroupSaid]:
        """What was said of the person, of those who join, and of those in it whom it holds for too.

        `basis(person)`: on what it rests for each of them.
        """
        told, group = self.cleaned_data, self._group
        envelope = self.envelope(basis(person), id=person.pk)
        which = group.id if group is not None else uuid5(told["key"], "group")
        of_all = {"group": which, "kind": told["kind"], "remark": told["remark"]}
        ends = {"state": told.get("state", IN), "until": told.get("until"), "why": told.get("why", "")}
        seen = told["seen"] if group is not None else None
        found = [GroupSaid(**envelope, **of_all, **ends, since=told["since"], relation=told["relation"], seen=seen)]
        there = {each.person.pk: each for each in (group.others if group is not None else ())}
        joining = [(other, there.get(other.pk)) for other in self.joining(person)]
        named = {other.pk for other, _known in joining}
        also = [(each.person, each) for pk, each in there.items() if pk not in named and self._holds_for(each)]
        for other, known in [*joining, *also]:
            mine = {**envelope, "key": uuid5(told["key"], str(other.pk)), "id": other.pk, "basis": basis(other)}
            if other.pk in named:
                found.append(GroupSaid(**mine, **of_all, since=told["since"]))
            elif known is not None and known.is_in and self._ended:
                found.append(GroupSaid(**mine, **of_all, **ends))
            elif known is not None:
                found.append(GroupSaid(**mine, **of_all, state=known.now.row.state))
        return found

    @property
    def _ended(self) -> bool:
        """Whether it is said of everybody that they are no longer in it, or never were."""
        return bool(self.cleaned_data.get("everyone")) and self.cleaned_data["state"] != IN

    def _holds_for(self, member: Member) -> bool:
        """Whether something is said of somebody else of the group: its kind, its words, or that it ended."""
        told = self.cleaned_data
        return told["kind"] != member.now.kind or bool(told["remark"]) or (member.is_in and self._ended)
