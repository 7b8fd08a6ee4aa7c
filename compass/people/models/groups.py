"""Groups other than the household: who travels, was held or suffered something together, and relatives who live apart."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from compass.people.models.person import AboutPerson
from compass.vault.walls import Wall


class GroupMember(AboutPerson):
    """That a person is in a group, or what became of it. Each change is a new row; the newest of a person in a group counts.

    group_id: which one it is, the same in the rows of everybody in it; empty while the person's file is closed and coarse,
    for the others' rows would say when it was. state: code of group_state.
    said_sealed: {"kind": code of group_kind, "since", "until" (ISO, the office's days), "relation": what the person is to
    the others, "remark": what is told of the group, "why": code of group_leaving}. Nothing of it is clear: that somebody was
    held with others is nobody's business who holds a stolen disk.
    There is no record of the group itself: what is told of it is sealed for each member apart, goes with the member's
    record to another office, and ends with the member's key. All rows stay with the record under which they were written.
    """

    follows_merge: ClassVar[bool] = False
    group_id = models.UUIDField(null=True)
    state = models.CharField(max_length=12)
    said_sealed = models.BinaryField(default=b"")

    wall: ClassVar[Wall] = Wall(app="SELECT, INSERT", moves_with="person")

    class Meta:
        indexes = [
            models.Index(fields=["group_id", "organisation_id"], name="people_groupmember_group"),
            models.Index(fields=["person", "-recorded_at"], name="people_groupmember_newest"),
        ]
