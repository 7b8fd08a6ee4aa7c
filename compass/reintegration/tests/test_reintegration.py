"""Reception, plan, receipt, follow-up, interview and closure: actions, pages and refusals."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from compass.cases import standards
from compass.cases.models import Case
from compass.cases.uploads import Attachment
from compass.communities.models import Meeting, Option, Place, Project
from compass.people.actions import Registration, register_people
from compass.people.models import Service
from compass.problems import Invalid, NotFound, StandardNotMet, UnknownCode, WrongState
from compass.reintegration import actions, scoring
from compass.reintegration.models import Action, FollowUp, Interview, Plan, Receipt

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def picture() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (20, 20), "white").save(kept, "JPEG")
    return kept.getvalue()


class Home:
    """A mother and her son at home in Edo, with a well that neighbours chose."""

    def __init__(self, at: Any, told: Any) -> None:
        self.at, self.told = at, told
        with at("edo.reception") as work:
            self.mother, self.son = register_people(
                work,
                [
                    Registration(
                        **told(),
                        relation="principal",
                        sex="female",
                        nationality="NG",
                        identity={"given": "Ese", "birth_year": 1994},
                    ),
                    Registration(
                        **told(), relation="child", sex="male", identity={"given": "Osas", "birth_year": 2019}
                    ),
                ],
            )

    def project(self) -> Any:
        with self.at("edo.reception") as work:
            base = {
                "organisation_id": work.actor.organisation.pk,
                "basis": "public_interest",
                "occurred_at": work.now,
                "recorded_at": work.now,
                "recorded_by": work.actor.id,
            }
            place = Place.objects.create(name="Uselu", country="NG", area="NG-ED", **base)
            work.keys.create(place.organisation_id, [place.pk])
            meeting = Meeting.objects.create(place=place, kind="planning", held_on=work.now.date(), **base)
            option = Option.objects.create(
                place=place, meeting=meeting, sector="water", votes_returnees=1, votes_neighbours=2, **base
            )
            return Project.objects.create(
                place=place,
                option=option,
                approach="new_community_based_project",
                dimension="social",
                sector="water",
                budget=9000,
                currency="EUR",
                status_since=work.now.date(),
                **base,
            )

    def plan(self) -> Plan:
        with self.at("edo.reception") as work:
            self.made = actions.make_plans(
                work, [actions.NewPlan(**self.told(id=self.mother.pk), agreed_on=work.now.date(), goals="own stall")]
            )[0]
        return self.made

    def line(self, **changes: Any) -> Action:
        with self.at("edo.reception") as work:
            said = {
                "dimension": "economic",
                "level": "individual",
                "modality": "in_kind",
                "what": "market stall",
                "business_type": "grocery",
                "budget": Decimal("850"),
                "currency": "EUR",
                "planned_on": work.now.date(),
                "expectation": "income_regular",
                "change": "eats twice",
                **changes,
            }
            self.stall = actions.add_actions(work, [actions.NewAction(**self.told(id=self.made.pk), **said)])[0]
        return self.stall

    def prove(self, kind: str = "receipt") -> Receipt:
        with self.at("edo.reception") as work:
            return actions.add_receipts(
                work,
                [
                    actions.Proof(
                        **self.told(id=self.stall.pk),
                        kind=kind,
                        amount=Decimal("840.50"),
                        issued_on=work.now.date(),
                        file=Attachment(PDF, "application/pdf", "stall-ese.pdf"),
                    )
                ],
            )[0]

    def deliver(self) -> Action:
        with self.at("edo.reception") as work:
            return actions.deliver_actions(
                work, [actions.Delivered(**self.told(id=self.stall.pk), delivered_on=work.now.date())]
            )[0]

    def ask(self, result: str = "partly") -> FollowUp:
        with self.at("edo.monitoring") as work:
            return actions.follow_up_actions(
                work,
                [
                    actions.Followed(
                        **self.told(id=self.stall.pk),
                        result=result,
                        channel="home_visit",
                        asked_on=work.now.date(),
                        next_step="add_help",
                        remark="rain spoils the goods",
                    )
                ],
            )[0]

    def interview(self, **changes: Any) -> Interview:
        with self.at("edo.monitoring") as work:
            said = {"round": "baseline", "held_on": work.now.date(), "mode": "home_visit", "language": "en", **changes}
            return actions.begin_interviews(work, [actions.InterviewBegun(**self.told(id=self.mother.pk), **said)])[0]

    def case(self) -> Any:
        with self.at("edo.reception") as work:
            return Case.objects.create(
                person=self.mother,
                organisation_id=self.mother.organisation_id,
                country="NG",
                opened_at=work.now,
                basis="consent",
                occurred_at=work.now,
                recorded_at=work.now,
                recorded_by=work.actor.id,
            )


@pytest.fixture
def home(at, told) -> Home:
    return Home(at, told)


def test_it_works_from_reception_to_the_follow_up(home, at, told):
    with at("edo.reception") as work:
        actions.welcome_home(
            work,
            [
                actions.Welcomed(
                    **told(id=home.mother.pk),
                    arrived_on=work.now.date(),
                    support=("meet_and_greet", "food"),
                    note="a bed for three",
                )
            ],
        )
    home.plan()
    home.line()
    home.prove()
    home.deliver()
    home.ask()

    with at("edo.reception"):
        counted = sorted(Service.objects.values_list("service", "service_class"))
        assert counted == [("BUS", "RI"), ("FOD", "H"), ("REI", "RI")]


def test_words_file_and_file_name_are_sealed(home, at):
    home.plan()
    home.line()
    kept = home.prove()

    with at("edo.reception") as work:
        row = Receipt.objects.get(pk=kept.pk)
        assert b"%PDF" not in bytes(row.file_sealed)
        assert b"ese" not in bytes(row.name_sealed)
        assert actions.receipt_file(work, row) == PDF
        assert b"stall" not in bytes(Action.objects.get().words_sealed)


def test_something_in_kind_needs_a_proof(home):
    home.plan()
    home.line()

    with pytest.raises(StandardNotMet, match="R-BUD-2"):
        home.deliver()


def test_a_quotation_is_no_proof(home):
    home.plan()
    home.line()
    home.prove("quotation")

    with pytest.raises(StandardNotMet, match="R-BUD-2"):
        home.deliver()


def test_one_plan_per_person(home):
    home.plan()

    with pytest.raises(WrongState):
        home.plan()


def test_a_community_line_names_its_project(home):
    home.plan()
    with pytest.raises(Invalid):
        home.line(level="community")

    assert home.line(level="community", project_id=home.project().pk, business_type="").project_id


def test_a_project_of_another_office_is_not_there(home):
    home.plan()

    with pytest.raises(Invalid):
        home.line(level="community", project_id=uuid.uuid4())


def test_before_delivery_nobody_asks_whether_it_helped(home):
    home.plan()
    home.line()

    with pytest.raises(WrongState):
        home.ask()


def test_a_cancelled_line_keeps_its_reason_and_cannot_be_delivered(home, at, told):
    home.plan()
    home.line()
    with at("edo.reception") as work:
        actions.cancel_actions(work, [actions.Cancelled(**told(id=home.stall.pk), why="she found work")])

    with pytest.raises(WrongState):
        home.deliver()


def test_the_case_closes_only_when_the_plan_is_settled_and_followed_up(home, at):
    case = home.case()
    home.plan()
    home.line()

    def stopping() -> set[str]:
        with at("edo.supervisor") as work:
            return {u.standard.id for u in standards.unmet([case], at="closure", work=work)} & {"R-CLO-1", "R-CLO-2"}

    assert stopping() == {"R-CLO-1"}
    home.prove()
    home.deliver()
    assert stopping() == {"R-CLO-2"}
    home.ask()
    assert stopping() == set()


def test_an_interview_is_for_adults(home, at, told):
    with at("edo.monitoring") as work, pytest.raises(Invalid):
        actions.begin_interviews(
            work,
            [
                actions.InterviewBegun(
                    **told(id=home.son.pk), round="baseline", held_on=work.now.date(), mode="phone", language="en"
                )
            ],
        )


def test_one_baseline_per_person(home):
    home.interview()

    with pytest.raises(WrongState):
        home.interview()


def test_a_second_round_is_possible(home):
    home.interview()

    assert home.interview(round="midline").provisional


def test_an_answer_that_is_not_offered_is_refused(home, at, told):
    begun = home.interview()

    with at("edo.monitoring") as work, pytest.raises(UnknownCode):
        actions.answer_interviews(
            work, [actions.Answered(**told(id=begun.pk), dimension="economic", answers={"EC01": "splendid"})]
        )


def test_stopping_keeps_what_was_said_and_gives_no_score(home, at, told):
    begun = home.interview()
    with at("edo.monitoring") as work:
        row = actions.answer_interviews(
            work,
            [actions.Answered(**told(id=begun.pk), dimension="psychosocial", answers={"PS25": "unsafe"}, stop=True)],
        )[0]

        assert (row.status, row.composite, row.flags) == ("partial", None, ["PROTECTION_REVIEW"])


def test_another_office_finds_nothing(home, at, told):
    home.plan()

    with at("zinder.cases") as work, pytest.raises(NotFound):
        actions.make_plans(work, [actions.NewPlan(**told(id=home.mother.pk), agreed_on=work.now.date(), goals="x")])


def pages(home: Home) -> dict[str, str]:
    found = {
        n: reverse(f"reintegration:{n}", args=[home.mother.pk]) for n in ("person", "welcome", "plan", "interview")
    }
    found |= {
        n: reverse(f"reintegration:{n}", args=[home.stall.pk])
        for n in ("action", "receipt", "delivered", "cancel", "follow_up")
    }
    found["new_action"] = reverse("reintegration:new_action", args=[home.made.pk])
    return found


def test_it_works_every_page(home, sign_in):
    home.plan()
    home.line()
    client = sign_in("edo.reception")

    for name, address in {**pages(home), "list": reverse("reintegration:list")}.items():
        answer = client.get(address)
        assert answer.status_code == 200, name
        assert " checked" not in answer.content.decode(), name
        assert "Ese" not in answer.content.decode(), name


def test_every_page_of_another_office_is_not_there(home, sign_in):
    home.plan()
    home.line()
    begun = home.interview()
    kept = home.prove()
    client = sign_in("zinder.cases")

    more = {
        "result": reverse("reintegration:result", args=[begun.pk]),
        "section": reverse("reintegration:section", args=[begun.pk, "economic"]),
        "file": reverse("reintegration:receipt_file", args=[kept.pk]),
    }
    for name, address in {**pages(home), **more}.items():
        assert client.get(address).status_code == 404, name


def test_a_desk_officer_sees_nobody(sign_in):
    assert sign_in("hague.desk").get(reverse("reintegration:list")).status_code == 403


def test_bad_input_comes_back_with_the_form(home, sign_in):
    home.plan()
    home.line()
    client = sign_in("edo.reception")
    bad = {
        "arrived_on": "x",
        "goals": "kept words",
        "budget": "-1",
        "level": "moon",
        "result": "?",
        "amount": "much",
        "round": "?",
        "why": "",
        "delivered_on": "9999-99-99",
    }

    for name, address in pages(home).items():
        if name not in {"person", "action"}:
            answer = client.post(address, bad)
            assert answer.status_code == 200, name
            assert "data-errors" in answer.content.decode(), name


@pytest.mark.parametrize(
    ("content", "taken"), [(picture(), True), (b"<svg onload=x>", False), (b"%PDF-1.4 cut", False)]
)
def test_a_receipt_is_a_photo_or_a_pdf(home, sign_in, content, taken):
    home.plan()
    home.line()
    said = {
        "kind": "receipt",
        "amount": "٨٤٠٫٥٠",
        "issued_on": timezone.now().date().isoformat(),
        "file": SimpleUploadedFile("r.jpg", content),
    }
    client = sign_in("edo.reception")

    answer = client.post(reverse("reintegration:receipt", args=[home.stall.pk]), said)

    assert answer.status_code == (302 if taken else 200)
    if taken:
        with home.at("edo.reception"):
            kept = Receipt.objects.get()
        given = client.get(reverse("reintegration:receipt_file", args=[kept.pk]))
        assert given["Content-Disposition"].startswith("attachment")
        assert given.content.startswith(b"\xff\xd8")


def test_the_interview_by_its_pages(home, sign_in):
    client = sign_in("edo.monitoring")
    today = timezone.now().date().isoformat()
    begun = client.post(
        reverse("reintegration:interview", args=[home.mother.pk]),
        {"round": "baseline", "held_on": today, "mode": "home_visit", "language": "en", "agrees": "yes"},
    )
    address = begun["Location"]
    for dimension in scoring.DIMENSIONS:
        page = client.get(address).content.decode()
        assert page.count('value="NR"') == page.count('value="NA"')
        answers = {i.value: "NR" for i in scoring.items(dimension) if scoring.options(i)}
        answers |= {"EC01": "satisfied", "PS25": "unsafe"}
        moved = client.post(address, {k: v for k, v in answers.items() if k.startswith(dimension[:2].upper())})
        assert moved.status_code == 302, moved.content.decode()
        address = moved["Location"]

    shown = client.get(address).content.decode()

    with home.at("edo.monitoring"):
        row = Interview.objects.get()
    assert (row.status, row.flags) == ("complete", ["PROTECTION_REVIEW"])
    assert "PROV-EQ-1" in shown
    assert "unsafe" not in shown


def test_a_section_without_an_answer_is_refused(home, sign_in):
    begun = home.interview()

    answer = sign_in("edo.monitoring").post(
        reverse("reintegration:section", args=[begun.pk, "economic"]), {"EC01": "satisfied"}
    )

    assert answer.status_code == 200
    assert "data-errors" in answer.content.decode()


def test_a_no_to_the_interview_records_nothing(home, sign_in):
    answer = sign_in("edo.monitoring").post(
        reverse("reintegration:interview", args=[home.mother.pk]),
        {
            "round": "baseline",
            "held_on": timezone.now().date().isoformat(),
            "mode": "phone",
            "language": "en",
            "agrees": "no",
        },
    )

    assert answer.status_code == 200
    with home.at("edo.monitoring"):
        assert not Interview.objects.exists()


def test_a_delivery_of_tomorrow_is_refused(home, sign_in):
    home.plan()
    home.line()
    home.prove()
    tomorrow = (timezone.now() + timedelta(days=2)).date().isoformat()

    answer = sign_in("edo.reception").post(
        reverse("reintegration:delivered", args=[home.stall.pk]), {"delivered_on": tomorrow}
    )

    assert answer.status_code == 200
    assert "2001" in answer.content.decode() or "data-errors" in answer.content.decode()


@pytest.mark.parametrize(("language", "word"), [("fr", "Ce qui a été convenu"), ("ar", "ما اتُّفق عليه")])
def test_the_line_of_a_plan_speaks_the_language(home, sign_in, language, word):
    home.plan()
    home.line()
    client = sign_in("edo.reception")
    client.cookies["compass_language"] = language

    assert word in client.get(pages(home)["action"]).content.decode()
