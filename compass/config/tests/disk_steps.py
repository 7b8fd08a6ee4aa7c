"""What the search of a stolen disk looks for: colleagues who type canaries into forms of the real web process, and callers
who hand canaries to actions."""

from __future__ import annotations

import re
import secrets
import urllib.error
import urllib.parse
import urllib.request
from datetime import date, timedelta
from html.parser import HTMLParser
from http.client import HTTPMessage
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from django.test import Client

from compass.config.tests.disk_search import Canaries

if TYPE_CHECKING:
    from compass.access.work import Work
    from compass.cases.models import Case
    from compass.config.serving import Live

FIELDS = frozenset({"input", "select", "textarea", "button"})


def said_in(page: str) -> str:
    """The words of the part of a page that is its own."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page.partition("<main")[2]))


class Answer(NamedTuple):
    status: int
    text: str
    location: str


class Form(NamedTuple):
    action: str
    names: set[str]
    hidden: dict[str, str]


class Forms(HTMLParser):
    """The forms of a page: where each goes, its fields, what it carries hidden."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        name = told.get("name") or ""
        if tag == "form":
            self.found.append(Form(told.get("action") or "", set(), {}))
        elif tag in FIELDS and name and self.found:
            self.found[-1].names.add(name)
            if told.get("type") == "hidden":
                self.found[-1].hidden[name] = told.get("value") or ""

    def of(self, action: str, names: set[str]) -> Form:
        """The form that has these fields, or that goes there when no field is named."""
        return next(each for each in self.found if each.names >= names and each.action.endswith(action))


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


class Browser:
    """A browser without scripts at the real web process; `session` is the cookie of somebody who is signed in.

    `bytes`: the body of the newest answer.
    """

    def __init__(self, machine: Live, session: str = "") -> None:
        self.machine = machine
        self.bytes = b""
        self.cookies = {"compass_session": session} if session else {}

    @classmethod
    def of(cls, machine: Live, username: str) -> Browser:
        from compass.access.models import User

        client = Client()
        user = User.objects.get(username=username)
        client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
        return cls(machine, client.cookies["compass_session"].value)

    def ask(self, path: str, body: bytes | None = None, kind: str = "") -> Answer:
        """One request; redirects are answers."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.machine.port}{path}", data=body)
        request.add_header("Cookie", "; ".join(f"{k}={v}" for k, v in self.cookies.items()))
        request.add_header("Referer", self.machine.url)
        if kind:
            request.add_header("Content-Type", kind)
        try:
            with urllib.request.build_opener(_Stay).open(request, timeout=20) as response:
                return self._read(response.status, response.read(), response.headers)
        except urllib.error.HTTPError as error:
            return self._read(error.code, error.read(), error.headers)

    def _read(self, status: int, body: bytes, headers: HTTPMessage) -> Answer:
        for line in headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        self.bytes = body
        return Answer(status, body.decode(errors="replace"), headers.get("Location") or "")

    def post(
        self,
        path: str,
        page: str = "",
        *,
        goes: str = "",
        photo: tuple[str, bytes] | None = None,
        audio: tuple[str, bytes] | None = None,
        **said: str,
    ) -> Answer:
        """Fill in the form of the page at `path` that has these fields, or that goes to `goes`, and send it."""
        form = Forms(page or self.ask(path).text).of(
            goes, {*said, *(["photo"] if photo else []), *(["audio"] if audio else [])}
        )
        values = {**form.hidden, **said}
        if photo is None and audio is None:
            return self.ask(form.action or path, urllib.parse.urlencode(values).encode())
        edge = secrets.token_hex(16)
        parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in values.items()]
        name, content = photo or audio or ("", b"")
        field = "photo" if photo else "audio"
        file = f'--{edge}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
        body = "".join([*parts, file, "Content-Type: image/jpeg\r\n\r\n"]).encode() + content
        return self.ask(
            form.action or path, body + f"\r\n--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"
        )

    def save(self, path: str, page: str = "", **said: Any) -> str:
        """The same, and it is accepted; returns where it leads."""
        answer = self.post(path, page, **said)
        assert answer.status == 302, f"{path} answered {answer.status}: {said_in(answer.text)[:900]}"
        return answer.location

    def refused(self, path: str, page: str = "", **said: str) -> None:
        """The same, and the form comes back with what was typed."""
        answer = self.post(path, page, **said)
        assert (answer.status, [text for text in said.values() if text not in answer.text]) == (200, []), path


# What callers hand to actions


def someone(work: Work, told: dict[str, Any], **more: Any) -> Any:
    """A woman who agreed to everything."""
    from compass.people import actions as people
    from compass.vocabulary import code_list

    said = {"sex": "female", "nationality": "NG", "languages": ("en",), **more}
    (row,) = people.register_people(work, [people.Registration(**envelope(basis="vital_interest"), **said)])
    given = people.ConsentGiven(
        **envelope(id=row.pk), certified=True, information=tuple(code_list("consent_information").values),
        scopes=dict.fromkeys(code_list("consent_scope").values, True), detail=told,
    )  # fmt: skip
    people.give_consent(work, [given])
    return row


def envelope(**more: Any) -> dict[str, Any]:
    from compass.config.tests.access_world import told

    return told(**more)


def identified(typed: Canaries, by: str) -> dict[str, dict[str, Any]]:
    """Who a person is and how to reach them, as commands carry it; every word a canary."""
    names = ("given", "family", "other", "place_of_origin")
    reached = ("phone", "must_not_know", "what_to_say")
    return {
        "identity": {**{name: typed[f"{by} {name}"] for name in names}, "birth_year": 1995},
        "contact": {name: typed[f"{by} {name}"] for name in reached},
    }


def through_actions(typed: Canaries) -> Case:
    """Register, correct, screen, assess and plan with canaries in the commands; returns a case of which nothing is known."""
    from compass.cases.actions.assessment import Assessed, assess
    from compass.cases.actions.case import CaseOpening, open_cases
    from compass.cases.actions.plan import ActionPlanned, GoalSaid, PlanMade, make_plans
    from compass.cases.actions.screening import Screened, screen_people
    from compass.config.tests.access_world import at
    from compass.people.actions import IdentityChange, change_identity

    day = date.today() + timedelta(days=20)
    with at("zinder.social") as work:
        known = someone(work, {"interpreter": typed["consent"]}, **identified(typed, "registration"))
        change_identity(work, [IdentityChange(**envelope(id=known.pk), **identified(typed, "correction"))])
        answers = {"medical_now": False, "danger_now": False, "harmed": True}
        screened = Screened(**envelope(id=known.pk), answers=answers, note=typed["screening"])
        pk = screen_people(work, [screened])[0].case_id
        story = typed["assessment"]
        assess(work, [Assessed(**envelope(id=pk), needs={"safety_security": "unmet_moderate"}, narrative=story)])
        goal = GoalSaid("safety_security", typed["goal"], day, (ActionPlanned("SHL", "case_manager", day),))
        make_plans(work, [PlanMade(**envelope(id=pk), goals=(goal,))])
        unknown = someone(work, {})
        return open_cases(work, [CaseOpening(**envelope(id=unknown.pk), risk_level="medium")])[0]


# What colleagues type


def parts(name: str, day: date) -> dict[str, str]:
    """A day as its three fields."""
    return {f"{name}_{part}": str(getattr(day, part)) for part in ("day", "month", "year")}


def through_pages(machine: Live, office: Browser, case: Case, typed: Canaries, photo: bytes, temporary: Path) -> None:
    """Good forms, all of them accepted; bad forms; addresses that are not there. `photo` shows `typed["photo EXIF"]`."""
    person = f"/people/{case.person_id}"
    # A referral is refused with a word of her name or a long number in it, and every other canary has both.
    typed["typed symptoms"] = "".join(secrets.choice("abdefgkmst") for _ in range(24))
    typed["typed phone"] = "227" + str(secrets.randbelow(9 * 10**10) + 10**10)
    office.refused(f"{person}/identity/", given=typed["bad given"], family=typed["bad family"])
    office.save(
        f"{person}/identity/", given=typed["typed given"], family=typed["typed family"], other=typed["typed other"],
        place_of_origin=typed["typed address"], birth_year="1995", birth_estimated="no", sex="female", nationality="NG",
        language="ha",
    )  # fmt: skip
    # The mark that every seal adds makes the contact one that is known, which opens for a reason.
    contact = office.post(f"{person}/contact/", reason="present", reveal="").text
    office.refused(f"{person}/contact/", contact, phone=typed["bad phone"], what_to_say=typed["bad contact"])
    office.save(
        f"{person}/contact/", contact, phone=typed["typed phone"], safe_to_call="yes", safe_to_carry_paper="yes",
        what_to_say=typed["typed contact"],
    )  # fmt: skip
    # Found again by what was just sealed; the words of a search lie nowhere, found or not.
    found = office.post("/people/find/", names=typed["typed given"], phone=typed["typed phone"]).text
    assert case.person.code in found, said_in(found)[:900]
    for place in ("", typed["searched place"]):
        office.refused("/people/find/", names=typed["searched name"], place_of_origin=place)
    office.save(
        f"/cases/{case.pk}/assessment/", need_education="unmet_moderate", vulnerable="yes", experienced="no",
        narrative=typed["typed assessment"],
    )  # fmt: skip
    office.save(
        f"/cases/{case.pk}/plan/", g1_domain="education", g1_statement=typed["typed goal"], g1_service_1="EDU",
        g1_who_1="case_manager", **parts("g1_target", date.today() + timedelta(days=20)),
    )  # fmt: skip
    _refer(machine, office, case, typed, photo, temporary)
    nobody = Browser(machine)
    assert nobody.post("/accounts/signin/", login=typed["login"], password=typed["password"]).status == 200
    body = urllib.parse.urlencode({"name": typed["nowhere"]}).encode()
    assert office.ask(f"{person}/nothing/", body).status in {403, 404}


def _refer(machine: Live, office: Browser, case: Case, typed: Canaries, photo: bytes, temporary: Path) -> None:
    """A referral with her number, which the clinic accepts and answers with a photo."""
    from compass.config.demo.world import world_id

    start = f"/cases/{case.pk}/refer/"
    services = office.post(start, to=str(world_id("clinic")))
    question = office.post(start, services.text, service="MED")
    at = office.save(
        start, question.text, priority="emergency", symptoms_as_consented=typed["typed symptoms"], share_contact="yes"
    )
    office.save(at, goes="/send/")

    clinic, before = Browser.of(machine, "zinder.clinic"), temporary.stat().st_mtime_ns
    assert typed["typed phone"] in clinic.ask(at).text, "what was sealed is what was typed"
    clinic.save(at, answer="accepted", note=typed["typed answer"])
    clinic.save(
        at, outcome="service_completed", note=typed["typed outcome"], photo=(f"{typed['photo name']}.jpg", photo),
        **parts("delivered_on", date.today()),
    )  # fmt: skip
    assert temporary.stat().st_mtime_ns == before, "the photo was put into a temporary file"
    (file,) = set(re.findall(rf"{at}files/[0-9a-f-]+/", office.ask(at).text))
    assert office.ask(file).status == 200
