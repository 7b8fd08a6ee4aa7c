"""Every address of the application, written by hand: which record it is opened with, and who opens it.

The walk of `test_addresses` holds the pages to it. Addresses of the colleague's own account are in `OWN_ACCOUNT`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from compass.access.roles import ROLES

FIELD = frozenset({"social_worker", "case_worker", "supervisor"})
MONITORED = FIELD | {"monitoring_officer"}
SUPERVISOR, CASE_WORK = frozenset({"supervisor"}), frozenset({"case_worker", "supervisor"})
#: Sees a return from its approval on.
MOVEMENT = frozenset({"movement_officer"})
CENTRE = FIELD | {"centre_manager"}
PLACES = MONITORED | {"programme_manager", "country_manager"}
WATCH = frozenset({"data_protection_officer", "auditor"})
RESULTS = frozenset({"results_officer"})
FIGURES = frozenset({
    "donor_desk_officer", "results_officer", "programme_manager", "data_protection_officer", "ministry_focal_point",
    "supervisor", "centre_manager", "country_manager", "monitoring_officer", "finance_officer",
})  # fmt: skip
LOCKERS = frozenset({
    "supervisor", "centre_manager", "country_manager", "programme_manager", "data_protection_officer", "administrator",
})  # fmt: skip
EVERYONE = frozenset(ROLES)

#: Signing in, health, language, leaving: open to whoever has no session yet.
PUBLIC = {
    "health", "set_language", "account_login", "account_logout", "access:leave", "access:still", "account_reauthenticate",
    "mfa_authenticate", "mfa_login_webauthn", "mfa_reauthenticate", "mfa_reauthenticate_webauthn",
}  # fmt: skip
#: Views of allauth that serve the colleague's own account only and ask for a signed-in one themselves.
OWN_ACCOUNT = {
    "account_change_password", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_add_webauthn", "mfa_edit_webauthn",
    "mfa_remove_webauthn", "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "access:second_factor",
    "access:first",
}  # fmt: skip
#: Only in a demonstration or for development; they open nothing that their account may not open.
DEMONSTRATION = ("ui:", "try:", "demo:")

#: The partner to whom referrals were sent; who reads figures of this country or of the whole programme.
CLINIC = ("zinder.clinic", "clinic.all")
FIGURE_READERS = (
    "niger.focal", "hague.desk", "geneva.results", "geneva.protection", "near.all", "elsewhere.all", "clinic.all",
)  # fmt: skip
#: The social worker who wrote most of the records: what only its author may open opens to this account.
WRITER = "zinder.social"
#: What is of no office, or of the asking one: whoever has the role has it anywhere.
EACH_ITS_OWN = ("near.all", "elsewhere.all", "clinic.all")


@dataclass(frozen=True)
class Door:
    """One address with its parameters. `roles`: those of the office that holds the record; `others`: accounts elsewhere.

    A parameter is the name of a record in `access_world.Rooms` or, after `=`, a word. `sent`: by POST only.
    """

    name: str
    given: dict[str, str]
    roles: frozenset[str]
    others: tuple[str, ...] = ()
    sent: bool = False

    def url(self, rooms: Any) -> str:
        words = {key: text[1:] if text[0] == "=" else rooms[text] for key, text in self.given.items()}
        return reverse(self.name, kwargs=words)

    def opens_to(self, account: str) -> bool:
        office, _, role = ("here.social_worker" if account == WRITER else account).partition(".")
        return (office == "here" and role in self.roles) or account in self.others


def _door(name: str, record: str, roles: Iterable[str], others: tuple[str, ...] = (), **more: Any) -> Door:
    given = {"pk": record} if record else {}
    return Door(name, {**given, **more.pop("given", {})}, frozenset(roles), others, **more)


DOORS = (
    _door("people:person", "person.grown", MONITORED),
    _door("people:consent", "person.grown", FIELD),
    _door("people:withdraw", "person.grown", FIELD),
    _door("people:shared", "person.grown", FIELD),
    _door("people:identity", "person.grown", FIELD),
    _door("people:contact", "person.grown", FIELD),
    _door("people:same", "person.grown", FIELD),
    _door("people:elsewhere", "person.grown", CASE_WORK),
    _door("people:ask_merge", "person.grown", CASE_WORK),
    _door("people:merge", "merge.asked", CASE_WORK),
    _door("people:pair", "pair.waiting", CASE_WORK),
    _door("people:household", "person.grown", FIELD),
    _door("people:household_before", "person.grown", FIELD),
    _door("people:group", "person.grown", FIELD),
    _door("people:groups", "person.grown", FIELD),
    _door("people:copy", "person.grown", CASE_WORK),
    _door("people:retention", "retention.running", CASE_WORK),
    _door("people:rights", "person.grown", FIELD),
    _door("people:right", "right.open", FIELD),
    _door("people:erasure", "person.grown", FIELD),
    _door("people:erasure_confirm", "erasure.person_asked", FIELD),
    _door("people:erasure_cancel", "erasure.person_asked", FIELD),
    _door("people:erasure_keep", "erasure.person_asked", SUPERVISOR),
    _door("people:document", "person.grown", FIELD),
    _door("people:name", "person.grown", FIELD),
    _door("people:number", "person.grown", FIELD),
    _door("people:former", "person.grown", FIELD),
    _door("people:functioning", "person.grown", FIELD),
    _door("people:photo", "person.grown", FIELD),
    _door("people:photo_remove", "person.photographed", FIELD),
    _door("people:guardian", "person.boy", FIELD),
    _door("people:guardian_appointed", "person.boy", FIELD),
    _door("people:guardian_mistaken", "person.boy", SUPERVISOR),
    _door("people:summary", "person.grown", FIELD),
    _door("people:summary_pdf", "person.grown", FIELD, given={"language": "=fr"}),
    _door("people:voice", "voice.fr", FIELD),
    _door("people:replace_voice", "", SUPERVISOR, EACH_ITS_OWN, given={"language": "=fr", "key": "=take_back"}),
    _door("reception:activity", "activity.held", FIELD),
    _door("reception:not_there", "attendance.present", FIELD),
    _door("reception:children", "person.grown", FIELD),
    _door("reception:register", "place.waiting", FIELD),
    _door("reception:left", "place.waiting", CENTRE),
    _door("reception:back", "place.left", CENTRE),
    _door("cases:screen", "person.grown", FIELD),
    _door("cases:case", "case.open", FIELD),
    _door("cases:refer", "case.open", FIELD),
    _door("cases:hand_over", "case.open", FIELD),
    _door("cases:risk", "case.open", FIELD),
    _door("cases:assign", "case.open", SUPERVISOR),
    _door("cases:assess", "case.open", FIELD),
    _door("cases:plan", "case.open", FIELD),
    _door("cases:agree", "case.running", FIELD),
    _door("cases:follow_up", "case.open", FIELD),
    _door("cases:close", "case.open", FIELD),
    _door("cases:reopen", "case.closed", FIELD),
    _door("cases:done", "step.approved", FIELD),
    _door("cases:decide_assessment", "assessment.requested", SUPERVISOR),
    _door("cases:decide_plan", "plan.requested", SUPERVISOR),
    _door("cases:decide_closure", "closure.requested", SUPERVISOR),
    _door("cases:referral", "referral.sent", FIELD, CLINIC),
    _door("cases:referral_change", "referral.draft", (), (WRITER,)),
    _door("cases:referral_file", "referral.done", FIELD, CLINIC, given={"file_pk": "file.done"}),
    _door("cases:referral_step", "referral.draft", FIELD, given={"name": "=send"}, sent=True),
    _door("cases:referral_step", "referral.sent", (), CLINIC, given={"name": "=acknowledge"}, sent=True),
    _door("cases:handover", "handover.offered", FIELD, ("elsewhere.all",)),
    _door("cases:handover_step", "handover.expired", FIELD, ("elsewhere.all",), given={"name": "=withdraw"}, sent=True),
    _door("cases:best_interests", "child.new", FIELD),
    _door("cases:best_interests", "child.assessed", SUPERVISOR, (WRITER,)),
    _door("cases:best_interests_step", "child.new", FIELD, given={"part": "=hear"}),
    _door("cases:best_interests_step", "child.assessed", SUPERVISOR, (WRITER,), given={"part": "=hear"}),
    _door("cases:best_interests_step", "child.assessed", SUPERVISOR, given={"part": "=decide"}),
    _door("returns:start", "", FIELD, given={"person": "person.grown"}),
    _door("returns:show", "return.counselling", MONITORED),
    _door("returns:show", "return.ready_to_travel", MONITORED | MOVEMENT),
    _door("returns:see_off", "journey.waiting", CASE_WORK | MOVEMENT),
    _door("returns:not_left", "journey.waiting", CASE_WORK | MOVEMENT),
    _door("returns:take_back_journey", "journey.left", CASE_WORK | MOVEMENT),
    _door("returns:counselling", "return.counselling", FIELD),
    _door("returns:declaration", "return.counselling", FIELD),
    _door("returns:free_choice", "return.counselling", FIELD),
    _door("returns:eligibility", "return.counselling", CASE_WORK),
    _door("returns:decision", "return.counselling", SUPERVISOR),
    _door("returns:preparation", "return.counselling", CASE_WORK),
    _door("returns:preparation", "return.ready_to_travel", CASE_WORK | MOVEMENT),
    _door("returns:departure", "return.counselling", CASE_WORK),
    _door("returns:departure", "return.ready_to_travel", CASE_WORK | MOVEMENT),
    _door("returns:take_back", "return.ready_to_travel", CASE_WORK | MOVEMENT),
    _door("returns:missed", "return.counselling", CASE_WORK),
    _door("returns:missed", "return.ready_to_travel", CASE_WORK | MOVEMENT),
    _door("returns:arrival", "return.counselling", FIELD),
    _door("returns:withdraw", "return.counselling", FIELD),
    _door("returns:suspend", "return.counselling", FIELD),
    _door("returns:resume", "return.counselling", FIELD),
    _door("reintegration:person", "person.home", MONITORED),
    _door("reintegration:welcome", "person.home", FIELD),
    _door("reintegration:plan", "person.home", FIELD),
    _door("reintegration:interview", "person.home", MONITORED),
    _door("reintegration:change_plan", "plan.home", FIELD),
    _door("reintegration:new_action", "plan.home", FIELD),
    _door("reintegration:action", "line.delivered", MONITORED),
    _door("reintegration:receipt", "line.planned", FIELD),
    _door("reintegration:delivered", "line.planned", FIELD),
    _door("reintegration:cancel", "line.planned", FIELD),
    _door("reintegration:follow_up", "line.delivered", MONITORED),
    _door("reintegration:receipt_file", "receipt.kept", FIELD),
    _door("reintegration:result", "interview.complete", MONITORED),
    _door("reintegration:section", "interview.draft", MONITORED, given={"dimension": "=economic"}),
    _door("communities:place", "place.known", PLACES),
    _door("communities:profile", "place.known", MONITORED),
    _door("communities:meeting", "place.known", MONITORED),
    _door("communities:option", "meeting.held", MONITORED),
    _door("communities:choose", "meeting.held", MONITORED),
    _door("communities:project", "project.ready", PLACES),
    _door("communities:safeguards", "project.ready", MONITORED),
    _door("communities:approve", "project.ready", {"supervisor", "programme_manager"}),
    _door("communities:next", "project.approved", MONITORED),
    _door("programme:figure", "figure.here", FIGURES, FIGURE_READERS),
    _door("programme:publish", "snapshot.newest", RESULTS, ("geneva.results", *EACH_ITS_OWN), sent=True),
)  # fmt: skip

#: Addresses without a parameter: which roles they open to, each in its own office. Changing over is for whoever has two,
#: revoking for headquarters.
LISTS: dict[str, frozenset[str]] = {
    "home": EVERYONE,
    "access:account": EVERYONE,
    "mfa_index": EVERYONE,
    "mfa_list_webauthn": EVERYONE,
    "access:end_others": EVERYONE,
    "access:change_office": frozenset(),
    "access:lock": LOCKERS,
    "access:revoke": frozenset(),
    "access:trail": WATCH,
    "access:checkpoints": WATCH,
    "access:erasure_ledger": WATCH,
    "access:checkpoint_key": WATCH,
    "people:find": FIELD,
    "people:pairs": CASE_WORK,
    "people:searches": SUPERVISOR | {"data_protection_officer"},
    "people:voices": SUPERVISOR,
    "reception:arrivals": CENTRE,
    "reception:activities": CENTRE,
    "cases:today": FIELD,
    "cases:list": FIELD,
    "cases:mine": FIELD,
    "cases:team": SUPERVISOR,
    "cases:referrals": FIELD | {"partner_case_worker"},
    "people:retention_list": SUPERVISOR | {"data_protection_officer"},
    "people:rights_list": SUPERVISOR | {"data_protection_officer"},
    "cases:handovers": FIELD,
    "returns:list": MONITORED | {"movement_officer"},
    "reintegration:list": MONITORED,
    "communities:list": PLACES,
    "communities:new": MONITORED,
    "programme:figures": FIGURES,
    "programme:count": RESULTS,
}
#: Of these, what answers to POST only.
SENT = {"access:end_others", "access:change_office", "programme:count"}

#: Who is no colleague of the first office: every role at once in another office of the country, of another country, and of
#: the clinic that holds referrals; and the accounts of partner, ministry, funder and headquarters with their own grants.
STRANGERS = (
    "near.all", "elsewhere.all", "clinic.all", "zinder.clinic", "zinder.legal", "niger.focal", "hague.desk",
    "geneva.results", "geneva.protection",
)  # fmt: skip
COLLEAGUES = tuple(f"here.{role}" for role in ROLES)


def addresses(
    patterns: list[URLPattern | URLResolver] | None = None, space: str = "", route: str = ""
) -> Iterator[tuple[str, str, URLPattern]]:
    """Name, route and pattern of every address of the application."""
    for found in get_resolver().url_patterns if patterns is None else patterns:
        here = route + str(found.pattern)
        if isinstance(found, URLResolver):
            inner = f"{space}{found.namespace}:" if found.namespace else space
            yield from addresses(found.url_patterns, inner, here)
        else:
            yield f"{space}{found.name}", here, found


def unlisted() -> set[str]:
    """Addresses that are on no list of this file, and names on a list that are no address."""
    listed = {door.name for door in DOORS} | set(LISTS) | PUBLIC | OWN_ACCOUNT
    return {name for name, _, _ in addresses() if not name.startswith(DEMONSTRATION)} ^ listed


def faults(door: Door, url: str, clients: dict[str, Client], *, posts: Iterable[str] = ()) -> list[str]:
    """Where the answers differ from the table: to whom it opens it answers 200, to all others 403 or 404.

    `posts`: accounts that also send a form with a key, when they should be refused. Empty when all is as written.
    """
    found = []
    for account, client in clients.items():
        opens = door.opens_to(account)
        if not door.sent:
            status = client.get(url).status_code
            if (status != 200) if opens else (status not in {403, 404}):
                found.append(f"GET {door.name} as {account}: {status}")
        elif opens:
            # Whatever the record's state says: the page answers in words, or leads on.
            status = client.post(url, {"key": str(uuid4())}).status_code
            if status not in {200, 302}:
                found.append(f"POST {door.name} as {account}: {status}")
        if not opens and (door.sent or account in posts):
            status = client.post(url, {"key": str(uuid4())}).status_code
            # 405: the page takes no forms at all.
            if status not in ({403, 404} if door.sent else {403, 404, 405}):
                found.append(f"POST {door.name} as {account}: {status}")
    return found
