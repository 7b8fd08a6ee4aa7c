"""The trail's codes in words, for the officer who reads it. A code without words of its own is described by its room."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from compass.access.roles import ROLES

ROOMS: dict[str, str | Promise] = {
    "access": gettext_lazy("accounts"),
    "best_interests": gettext_lazy("best interests of children"),
    "cases": gettext_lazy("cases"),
    "commons": gettext_lazy("published figures"),
    "communities": gettext_lazy("communities"),
    "handovers": gettext_lazy("handovers"),
    "people": gettext_lazy("people"),
    "programme": gettext_lazy("programme figures"),
    "reception": gettext_lazy("arrivals"),
    "referrals": gettext_lazy("referrals"),
    "reintegration": gettext_lazy("reintegration"),
    "returns": gettext_lazy("returns"),
    "trail": gettext_lazy("trail"),
}
#: Why a page was opened or a job ran. A page is often named as what it leads to, which is only said once it was done.
PURPOSES: dict[str, str | Promise] = {
    "home": gettext_lazy("Opened the first page"),
    "trail.read": gettext_lazy("Read the trail"),
    "access.account": gettext_lazy("Opened the own account"),
    "access.sessions.write": gettext_lazy("Ended the own other sessions"),
    "access.sessions.ended": gettext_lazy("Ended the own other sessions"),
    "access.signin": gettext_lazy("Signed in"),
    "access.signin.failed": gettext_lazy("Tried to sign in and failed"),
    "access.signout": gettext_lazy("Signed out"),
    "access.signin.first": gettext_lazy("Followed an invitation and chose a password"),
    "access.organisation.created": gettext_lazy("The operator made an organisation"),
    "access.centre.created": gettext_lazy("The operator made a centre"),
    "access.colleague.invited": gettext_lazy("The operator invited a colleague"),
    "access.colleague.granted": gettext_lazy("The operator gave a colleague a role"),
    "access.colleague.renewed": gettext_lazy("The operator gave a colleague a new code"),
    "access.colleague.closed": gettext_lazy("The operator closed the account of a colleague"),
    "access.lock": gettext_lazy("Opened the page that locks"),
    "access.lock.write": gettext_lazy("Locked an office or everything"),
    "access.locked": gettext_lazy("Locked an office or everything"),
    "access.revoke": gettext_lazy("Opened the page that takes an organisation out of the programme"),
    "access.revoke.write": gettext_lazy("Took an organisation out of the programme"),
    "access.revoked": gettext_lazy("Took an organisation out of the programme"),
    "access.unlocked": gettext_lazy("The operator opened what was locked, with two custodians"),
    "access.password.changed": gettext_lazy("Changed the own password"),
    "access.factor.added": gettext_lazy("Added a second factor"),
    "access.factor.renewed": gettext_lazy("Made new recovery codes"),
    "access.factor.removed": gettext_lazy("Removed a second factor"),
    "refused": gettext_lazy("Was refused"),
    "demonstration.load": gettext_lazy("Wrote invented records, for the demonstration"),
    "people.match": gettext_lazy("Laid the records of the office beside each other by itself"),
    "people.ages": gettext_lazy("Brought the age bands of the office to the day by itself"),
    "people.reindex": gettext_lazy("Wrote the index of names anew"),
    "people.searches": gettext_lazy("Looked at unusual searching"),
}
#: What was done.
DONE: dict[str, str | Promise] = {
    "cases.open": gettext_lazy("Opened a case"),
    "cases.assign": gettext_lazy("Assigned a case"),
    "cases.reopen": gettext_lazy("Opened a closed case again"),
    "people.register": gettext_lazy("Registered a person"),
    "people.reveal": gettext_lazy("Opened a name"),
    "people.consent": gettext_lazy("Recorded what a person agreed to"),
    "people.search": gettext_lazy("Searched for a person"),
    "people.compare": gettext_lazy("Compared a record with the others of the office"),
    "people.judge": gettext_lazy("Noted whether two records are one person"),
    "people.ask_merge": gettext_lazy("Asked to make two records of one person one"),
    "people.confirm_merge": gettext_lazy("Decided whether two records are made one"),
    "people.undo_merge": gettext_lazy("Made two records of one again"),
    "people.copy": gettext_lazy("Made a copy of what is held about a person, for the person"),
    "people.right_ask": gettext_lazy("Recorded what a person says about their data"),
    "people.right_answer": gettext_lazy("Answered what a person asked about their data"),
    "people.right_settled": gettext_lazy("Settled a wish for a copy by the copy that was made"),
    "people.right_told": gettext_lazy("Told a person the answer"),
    "people.erasure_ask": gettext_lazy("Recorded that a person asks to be erased"),
    "people.erasure_confirm": gettext_lazy("Confirmed an erasure in a second talk"),
    "people.erasure_cancel": gettext_lazy("Let a request for erasure fall"),
    "people.erasure_keep": gettext_lazy("Refused an erasure"),
    "people.erase": gettext_lazy("Erased a person"),
    "people.withdraw": gettext_lazy("Recorded that a person withdrew consent"),
    "reception.arrive": gettext_lazy("Recorded an arrival"),
    "returns.approve": gettext_lazy("Approved a return"),
    "returns.depart": gettext_lazy("Recorded a departure"),
}


def role(code: str) -> str:
    """A role in words."""
    return str(ROLES[code].label) if code in ROLES else code


def purpose(code: str) -> str:
    """Why a page was opened, in words."""
    if code in PURPOSES:
        return str(PURPOSES[code])
    room = str(ROOMS.get(code.split(".")[0], code.split(".")[0]))
    if code.endswith(".write"):
        return _("Worked in: %(room)s") % {"room": room}
    return _("Looked at: %(room)s") % {"room": room}


def action(code: str) -> str:
    """What was done, in words."""
    if said := DONE.get(code) or PURPOSES.get(code):
        return str(said)
    room = code.split(".")[0]
    return _("Changed a record: %(room)s") % {"room": str(ROOMS.get(room, room))}
