"""What a search may find a person by besides their own identity: further and former names, their parents, numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from compass.people.matching.records import Name

#: Codes of name_kind that are the name of somebody else.
FATHER, MOTHER = "father", "mother"


@dataclass
class Also:
    """Gathered row by row; each kind in the order in which it was told and without repetition.

    said: (kind, words) of further names by the identifier of the name; one that was corrected has several.
    documents: numbers of documents, and those by which another organisation knows this one person.
    shared: numbers of a family or a file with another organisation. They tell who somebody is and find nobody: two sisters
    who share a name and a file would be taken for one.
    """

    said: dict[UUID, list[tuple[str, str]]] = field(default_factory=dict)
    documents: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()

    def add(self, kind: str, words: str, *, of: UUID) -> None:
        """A further name in one of its spellings, with the kind it had then; see PersonName."""
        told = self.said.setdefault(of, [])
        if (kind, words) not in told:
            told.append((kind, words))

    def drop(self, name: UUID) -> None:
        """A name that was written down by mistake, in all its spellings."""
        self.said.pop(name, None)

    def called(self, identity: dict[str, Any]) -> None:
        """The names of an identity that was replaced."""
        words = " ".join(str(identity[part]) for part in ("given", "other", "family") if identity.get(part))
        if words:
            self.add("former", words, of=uuid4())

    def document(self, number: str, name: str) -> None:
        """What stands in a document; either may be empty."""
        if number and number not in self.documents:
            self.documents += (number,)
        if name:
            self.add("in_document", name, of=uuid4())

    def agency(self, number: str, *, of_several: bool) -> None:
        """A number with another organisation."""
        if of_several:
            self.shared = tuple(dict.fromkeys((*self.shared, number)))
        else:
            self.document(number, "")

    @property
    def names(self) -> tuple[Name, ...]:
        """Everything that the person was ever called besides their own identity."""
        told = dict.fromkeys(words for kind, words in self._all if kind not in {FATHER, MOTHER})
        return tuple(Name(words) for words in told)

    def parent(self, which: str) -> tuple[str, ...]:
        """Names of the father or the mother."""
        return tuple(dict.fromkeys(words for kind, words in self._all if kind == which))

    @property
    def _all(self) -> list[tuple[str, str]]:
        return [each for told in self.said.values() for each in told]
