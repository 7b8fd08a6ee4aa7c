"""Every path of the product, written by hand: through which something about a person leaves the office that recorded it and
what covers it, and which disclose nothing outside, with the reason.

`test_consent_paths` fails for an address, a job, a command or a file handed out that stands in neither.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

#: Held by the machine of `test_consent_machine`, in every state of consent.
MACHINE = "the machine"


@dataclass(frozen=True)
class Way:
    """What goes `to` whom. `scopes`: codes of consent_scope, by the kind of receiver; empty where it does not rest on
    consent, then `ground` says on what. `held`: the machine, or the file of the test that holds it."""

    what: str
    to: str
    scopes: tuple[str, ...] = ()
    ground: str = ""
    held: str = MACHINE


SHARE = ("share_other_organizations", "share_authorities", "share_unhcr")
RETURN = ("return_country_sharing",)
PUBLISHED = "public interest: suppressed and rounded in the database, nobody is found in them"
COUNTED = {
    "what": "counts", "ground": PUBLISHED, "held": "compass/programme/tests/test_differencing.py",
}  # fmt: skip

#: Addresses through which something about a person leaves its office.
DISCLOSING = {
    "cases:refer": Way("the draft of a referral, sealed", "a partner, once it is sent", SHARE),
    "cases:referral_change": Way("another text of the draft", "a partner, once it is sent", SHARE),
    "cases:referral_step": Way("the sending of it", "a partner", SHARE),
    "cases:referrals": Way("service, urgency and code of a referral", "a partner", SHARE),
    "cases:referral": Way("what the service must know", "a partner", SHARE),
    "cases:referral_file": Way(
        "the partner's own file, under the key of the referral", "a partner", SHARE,
        held="compass/config/tests/test_attacks_partner.py",
    ),
    "cases:hand_over": Way("the offer of a handover", "the office of another country", RETURN),
    "cases:handovers": Way("that there is an offer, and of how many", "the office of another country", RETURN),
    "cases:handover": Way("needs, ages and a note, no identity", "the office of another country", RETURN),
    "cases:handover_step": Way("the record with its keys", "the office that accepts", RETURN),
    "returns:see_off": Way(
        "a journey without identity", "the office they leave from", RETURN,
        held="compass/returns/tests/test_journey_sides.py",
    ),
    "returns:list": Way(
        "the list of such journeys", "the office they leave from", RETURN,
        held="compass/returns/tests/test_journey_sides.py",
    ),
    "people:copy": Way(
        "all that is held, but what belongs to others", "the person alone: on the screen, on paper, in a locked file",
        ground="their own right, whatever they agreed to; paper only where they said that it is safe",
        held="compass/people/tests/test_copies.py",
    ),
    "people:summary_pdf": Way("a paper", "the person, to carry", ground="the person said that paper is safe on them"),
    "people:elsewhere": Way(
        "the name of an organisation that asks about the same person", "that organisation, which is told of this one",
        ground="duplicate_check on both sides, asked and confirmed by both",
        held="compass/people/tests/test_elsewhere.py",
    ),
    "programme:figures": Way(**COUNTED, to="ministry, funder, headquarters"),
    "programme:figure": Way(**COUNTED, to="ministry, funder, headquarters"),
    "programme:publish": Way(**COUNTED, to="the public"),
    "commons:front": Way(**COUNTED, to="the public"),
    "commons:country": Way(**COUNTED, to="the public"),
}  # fmt: skip

#: Addresses that hand nothing about a person to anybody outside the office that holds the record.
INSIDE = {
    # Records by code, for the roles that the table of doors names; sealed words open for a reason that is kept.
    "the office's own work on its own records": frozenset({
        "cases:agree", "cases:assess", "cases:assign", "cases:best_interests", "cases:best_interests_step", "cases:case",
        "cases:close", "cases:decide_assessment", "cases:decide_closure", "cases:decide_plan", "cases:done",
        "cases:follow_up", "cases:list", "cases:mine", "cases:plan", "cases:reopen", "cases:risk", "cases:screen",
        "cases:team", "cases:today", "home", "people:consent", "people:contact", "people:document", "people:former",
        "people:functioning", "people:name", "people:guardian", "people:guardian_appointed",
        "people:guardian_mistaken", "people:household", "people:household_before", "people:group", "people:groups",
        "people:identity",
        "people:number", "people:person", "people:photo", "people:photo_remove", "people:retention_list",
        "people:right", "people:rights",
        "people:rights_list", "people:shared", "people:summary", "people:withdraw",
        "reception:activities", "reception:activity", "reception:arrivals", "reception:back", "reception:children",
        "reception:left", "reception:not_there", "reception:register", "reintegration:action", "reintegration:cancel",
        "reintegration:change_plan", "reintegration:delivered", "reintegration:follow_up", "reintegration:interview",
        "reintegration:list", "reintegration:new_action", "reintegration:person", "reintegration:plan",
        "reintegration:receipt", "reintegration:receipt_file", "reintegration:result", "reintegration:section",
        "reintegration:welcome", "returns:arrival", "returns:counselling", "returns:decision", "returns:declaration",
        "returns:departure", "returns:eligibility", "returns:free_choice", "returns:missed", "returns:preparation",
        "returns:resume", "returns:show", "returns:start", "returns:suspend", "returns:take_back", "returns:withdraw",
    }),
    # The machine also searches from another office in every state: it never learns that somebody is known.
    "searching and comparing within one office": frozenset({
        "people:ask_merge", "people:find", "people:merge", "people:pair", "people:pairs", "people:same", "people:searches",
    }),
    "takes a key away from everybody": frozenset({
        "people:erasure", "people:erasure_cancel", "people:erasure_confirm", "people:erasure_keep", "people:retention",
    }),
    "only writes down that nobody left": frozenset({"returns:not_left", "returns:take_back_journey"}),
    "takes a new count, shown elsewhere": frozenset({"programme:count"}),
    "places and projects know no person": frozenset({
        "communities:approve", "communities:choose", "communities:list", "communities:meeting", "communities:new",
        "communities:next", "communities:option", "communities:place", "communities:profile", "communities:project",
        "communities:safeguards",
    }),
    "public speech of the office": frozenset({"people:replace_voice", "people:voice", "people:voices"}),
    "opaque identifiers and hashes": frozenset({
        "access:checkpoint_key", "access:checkpoints", "access:erasure_ledger", "access:trail",
    }),
    "the colleague's own account": frozenset({
        "access:account", "access:change_office", "access:end_others", "access:first", "access:leave",
        "access:second_factor", "access:still", "account_change_password", "account_login", "account_logout",
        "account_reauthenticate", "mfa_activate_totp", "mfa_add_webauthn", "mfa_authenticate", "mfa_deactivate_totp",
        "mfa_edit_webauthn", "mfa_generate_recovery_codes", "mfa_index", "mfa_list_webauthn", "mfa_login_webauthn",
        "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_remove_webauthn", "mfa_view_recovery_codes",
    }),
    "takes away, and shows nobody": frozenset({"access:lock", "access:revoke"}),
    "published facts, or no data at all": frozenset({
        "commons:about", "commons:health", "commons:missing_migrants", "commons:missing_migrants_csv", "commons:robots",
        "health", "set_language",
    }),
}  # fmt: skip

#: Background jobs, and commands: a backup leaves the machine, nothing else does.
DISCLOSING_COMMANDS = {
    "backup": Way(
        "everything, sealed once more", "the offline recipients of the office's choice",
        ground="legal duty: what is held must not be lost", held="compass/config/tests/test_backup.py",
    ),
}  # fmt: skip
JOBS = {
    "builtin:procrastinate.builtin_tasks.remove_old_jobs": "removes jobs that are done",
    "procrastinate.builtin_tasks.remove_old_jobs": "the same by its older name",
    "compass.people.clock_one": "moves clocks within one office",
    "compass.people.clocks": "one job for each office",
    "compass.people.erase_over": "destroys keys; the ledger holds opaque identifiers",
    "compass.people.erase_due": "destroys keys; the ledger holds opaque identifiers",
    "compass.people.ages": "one job for each office",
    "compass.people.age_one": "a band of years, brought to the day within one office",
    "compass.people.coarsen": "one job for each office",
    "compass.people.coarsen_one": "less in the clear within one office",
    "compass.people.elsewhere": "two names of organisations, to two that both asked under `duplicate_check`",
    "compass.people.match": "one job for each office",
    "compass.people.match_one": "pairs within one office",
    "compass.programme.count_last_month": "counts without people",
    "compass.trail.checkpoint": "signs the end of the trail",
}
COMMANDS = {
    "bench": "invented people", "check": "no data", "colleague": "accounts", "demo": "invented people",
    "drill": "works on a copy, and tells how many, never who",
    "keys": "the root key, to its custodians", "load-public": "published data only", "lock": "closes everything",
    "makemigrations": "no data", "unlock": "opens what was locked",
    "migrate": "no data", "organisation": "offices and partners", "reindex": "keyed digests, kept inside",
    "restore": "puts a backup back, without who was erased", "rotate-keys": "keys", "serve": "the addresses above",
    "verify-trail": "opaque identifiers", "worker": "the jobs above",
}  # fmt: skip

#: What answers with something else than a page, by where it is written: the addresses that hand it out.
EXPORTS = {
    "compass.access.views._file": ("access:checkpoints", "access:erasure_ledger", "access:checkpoint_key"),
    "compass.ui.uploads.handed_out": ("cases:referral_file", "reintegration:receipt_file"),
    "compass.commons.views.health": ("commons:health",),
    "compass.commons.views.missing_migrants_csv": ("commons:missing_migrants_csv",),
    "compass.commons.views.robots": ("commons:robots",),
    "compass.config.health.health": ("health",),
    "compass.people.views.copies._file": ("people:copy",),
    "compass.people.views.copies._paper": ("people:copy",),
    "compass.people.views.summary.printed": ("people:summary_pdf",),
    "compass.people.views.voice.play": ("people:voice",),
}


def addresses_listed() -> list[str]:
    """Every address of the two tables; one that stands twice comes twice."""
    return [*DISCLOSING, *(name for names in INSIDE.values() for name in names)]


def unlisted(
    addresses: Iterable[str], jobs: Iterable[str], commands: Iterable[str], exports: Iterable[str]
) -> set[str]:
    """What exists and stands in no table, and what stands in a table and does not exist."""
    return (
        (set(addresses) ^ set(addresses_listed()))
        | (set(jobs) ^ set(JOBS))
        | (set(commands) ^ {*COMMANDS, *DISCLOSING_COMMANDS})
        | (set(exports) ^ set(EXPORTS))
    )


FILE_RESPONSES = frozenset({"FileResponse", "JsonResponse"})


def exports(top: Path) -> Iterator[str]:
    """Functions below `top` that answer with something else than a page, as `module.function`."""
    for path in sorted(top.rglob("*.py")):
        if "tests" in path.parts or "import" not in (text := path.read_text()):
            continue
        module = ".".join(path.relative_to(top.parent).with_suffix("").parts)
        for found in ast.parse(text).body:
            if isinstance(found, ast.FunctionDef) and any(_hands_out(node) for node in ast.walk(found)):
                yield f"{module}.{found.name}"


def _hands_out(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    called = getattr(node.func, "id", getattr(node.func, "attr", ""))
    typed = called in {"HttpResponse", "StreamingHttpResponse"} and any(k.arg == "content_type" for k in node.keywords)
    return typed or called in FILE_RESPONSES
