"""The walk of the family, step by step, through pages only: each function is one colleague at work. Test-only."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from compass.config.demo.story import FAMILY
from compass.config.tests.thread_steps import Colleague

INTERPRETER = "Balkissa Adamou"
CORE = (
    "case_management_services", "data_processing", "share_other_organizations", "share_non_identifiable_reporting",
    "duplicate_check",
)  # fmt: skip
ANSWERS = """() => {
  const first = {};
  for (const input of document.querySelectorAll('main form input[type=radio], main form input[type=checkbox]')) {
    if (input.name !== 'stop' && !(input.name in first)) first[input.name] = input.value;
  }
  return first;
}"""
HREFS = "s => [...new Set([...document.querySelectorAll(s)].map(a => a.getAttribute('href')))]"


@dataclass
class Journey:
    """What the walk learns on its way: identifiers from addresses, codes from pages, answers that were demanded."""

    receipt: Path
    ids: dict[str, str] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    today: date = field(default_factory=date.today)

    def __getitem__(self, name: str) -> str:
        return self.ids[name]

    @property
    def secrets(self) -> list[str]:
        """What no page about figures may hold: names, codes, identifiers."""
        people = [name for member in FAMILY.members for name in (member.names.given, member.names.family)]
        return [*people, *self.codes, *self.ids.values()]

    def know(self, name: str, who: Colleague) -> None:
        self.ids[name] = who.id


def hrefs(who: Colleague, selector: str) -> list[str]:
    found: list[str] = who.page.evaluate(HREFS, selector)
    return found


# Zinder: arrival, intake, screening


def arrive(who: Colleague, journey: Journey) -> None:
    """Four people, most speak Hausa, one needs a doctor: three answers and nothing else."""
    told = FAMILY.arrival
    place = "main a[href$='/register/']"
    before = set(hrefs(who.open("/arrivals/"), place))
    journey.asked += who.required()
    who.send(people=told.people, language=told.language, doctor=1)
    journey.places = [href for href in hrefs(who, place) if href not in before]
    assert len(journey.places) == told.people
    assert who.page.locator("main .chip.bad, main [class*=bad]").count()


def consent(who: Colleague, **answers: object) -> None:
    who.send(
        information="*", interpreter_mode="in_person", interpreter=INTERPRETER, mode="verbal_certified", certified=True,
        **{f"scope_{scope}": "yes" for scope in CORE}, **answers,
    )  # fmt: skip


def mother(who: Colleague, journey: Journey) -> None:
    """Her intake in five short pages. She refuses that authorities learn of her, and photographs."""
    (told,) = (member for member in FAMILY.members if member.key == "mother")
    asked: list[str] = []

    def page() -> None:
        asked.extend(f"{who.path.strip('/').split('/')[-1]}.{name}" for name in who.required())

    who.open(journey.places[0])
    page()
    who.send(age=told.age, language="ha")
    journey.know("mother", who)
    page()
    consent(
        who, scope_return_country_sharing="yes", scope_share_family="yes", scope_share_authorities="no",
        scope_photo_audio="no",
    )  # fmt: skip
    page()
    who.send(
        given=told.names.given, family=told.names.family, birth_year=1995, birth_estimated="yes",
        sex=told.sex, nationality=told.nationality, second_language="pcm", place_of_origin=told.origin,
    )  # fmt: skip
    page()
    who.send(phone=told.phone, safe_to_call="no", safe_to_carry_paper="no", what_to_say=FAMILY.handover.sealed_note)
    page()
    who.send("main form:has([name=relation])")
    assert who.path == f"/people/{journey['mother']}/"
    assert told.names.given not in who.html
    journey.asked += asked


def children(who: Colleague, journey: Journey) -> None:
    """Her two children in one go: what she says for herself, she says for them; the elder one is asked too."""
    who.open(f"/arrivals/children/{journey['mother']}/")
    who.send(
        "main form:has([name=same_answers])",
        **{
            "same_answers": "yes",
            "child-0-age": 7, "child-0-sex": "female", "child-0-relation": "child", "child-0-given": "Ivie",
            "child-0-agrees": "yes",
            "child-1-age": 4, "child-1-sex": "male", "child-1-relation": "child", "child-1-given": "Efosa",
        },
    )  # fmt: skip
    for name, href in zip(("daughter", "son"), hrefs(who, "main li.row a[href^='/people/']"), strict=True):
        journey.ids[name] = href.split("/")[2]


def boy(who: Colleague, journey: Journey) -> None:
    """He is alone: an adult answers beside him, he is asked in words of his age, and a guardian is asked for."""
    who.open(journey.places[3]).send(age=14, language="ha")
    journey.know("boy", who)
    assert who.page.locator("[name=child_agrees]").count() == 2
    consent(
        who, child_agrees="yes", given_by="other", adult="Responsable du centre, en attendant le tuteur",
        scope_tracing_disclosure="yes", scope_return_country_sharing="no",
    )  # fmt: skip
    who.send(given="Nura", family="Tanko", sex="male", nationality="NG")
    who.send(safe_to_call="no", safe_to_carry_paper="no")
    who.send(uasc_status="unaccompanied", authority="child_protection_authority")
    labels = ("Autorité compétente de protection de l’enfance", "السلطة المختصة بحماية الطفل")
    assert any(label in who.text() for label in labels)


def screen(who: Colleague, journey: Journey) -> None:
    """Two urgent questions first; a yes says what to do now, before anything else. The rules route, with reasons."""
    who.open(f"/people/{journey['mother']}/").press(f"main a[href='/cases/screen/{journey['mother']}/']")
    journey.asked += [f"urgent.{name}" for name in who.required()]
    assert len(who.required()) == 2
    who.send(medical_now="yes", danger_now="no")
    assert who.page.locator("main [role=alert]").count()
    journey.asked += [f"routing.{name}" for name in who.required()]
    who.send(basic_needs="no", harmed="yes", controlled="no", fears_return="no")
    who.send(note=FAMILY.screening.reason)
    journey.know("case", who)


def screen_boy(who: Colleague, journey: Journey) -> None:
    who.open(f"/cases/screen/{journey['boy']}/").send(medical_now="no", danger_now="no")
    who.send(basic_needs="no", harmed="no", controlled="no", fears_return="no")
    who.send(note=FAMILY.screening.child_reason)
    journey.know("boy_case", who)
    assert "BIP-01" in who.text()


# Zinder: the case and its care


def assess(who: Colleague, journey: Journey) -> None:
    who.open(f"/cases/{journey['case']}/assessment/").send(
        need_health_physical="unmet_severe", need_education="unmet_moderate", vulnerable="yes", experienced="no",
        narrative=FAMILY.screening.assessment,
    )  # fmt: skip


def plan(who: Colleague, journey: Journey) -> None:
    """Two goals in her own words, and her agreement."""
    health, _papers, _care, information = FAMILY.goals
    who.open(f"/cases/{journey['case']}/plan/").send(
        g1_answer="goal", g1_statement=health.statement,
        g1_target=journey.today + timedelta(days=health.days), g1_service_1="MED", g1_who_1="provider",
        g2_domain=information.domain, g2_statement=information.statement,
        g2_target=journey.today + timedelta(days=information.days), g2_service_1="INF", g2_who_1="case_manager",
    )  # fmt: skip
    who.open(f"/cases/{journey['case']}/agreement/").send(how="spoken")


def decide(who: Colleague, what: str) -> None:
    """A second person reads and approves what waits on the team's page."""
    who.open("/cases/team/").press(f"main a[href^='/cases/decide/{what}/']")
    who.send(approve="yes")


def calm(who: Colleague, journey: Journey) -> None:
    """The doctor was there: a supervisor lowers the risk, with the reason."""
    who.open(f"/cases/{journey['case']}/risk/").send(level="medium", reason="Consultation faite, traitement commencé.")


def refer(who: Colleague, journey: Journey) -> None:
    told = FAMILY.referral
    who.open(f"/cases/{journey['case']}/refer/").send(to="Clinique Garin Lafiya, Zinder")
    who.send(service=told.service)
    who.send(priority="emergency", symptoms_as_consented=told.symptoms)
    journey.know("referral", who)
    who.press("main form[action$='/send/'] button")


def treat(who: Colleague, journey: Journey, photo: Path) -> None:
    """The clinic sees what it needs and nothing else; it accepts, then answers with a photo of the prescription."""
    shown = who.open(f"/cases/referrals/{journey['referral']}/").html
    for secret in ("Isoken", "Aghedo", journey["mother"], journey["case"], *journey.codes):
        assert secret not in shown
    for path in (f"/people/{journey['mother']}/", f"/cases/{journey['case']}/", "/cases/list/", "/arrivals/"):
        assert who.page.request.get(who.url + path).status in {403, 404}
    who.send(answer="accepted", note="Ce matin, avant onze heures.")
    who.send(outcome="service_completed", delivered_on=journey.today, note=FAMILY.referral.reply, photo=str(photo))


def take_note(who: Colleague, journey: Journey) -> None:
    who.open(f"/cases/referrals/{journey['referral']}/")
    assert FAMILY.referral.reply in who.text()
    (file,) = hrefs(who, "main a[href*='/files/']")
    assert who.page.request.get(who.url + file).body()[:3] == b"\xff\xd8\xff"
    who.press("main form[action$='/note/'] button")


def play(who: Colleague, journey: Journey) -> None:
    """A morning for children: three of them were there."""
    who.open("/arrivals/activities/").send(kind=FAMILY.activity.kind)
    who.send(present=[journey[name] for name in ("daughter", "son", "boy")])


# Zinder: the decision


def ask_to_return(who: Colleague, journey: Journey) -> None:
    """The boy's return is stopped, visibly; hers begins."""
    who.open(f"/returns/new/{journey['boy']}/")
    assert who.page.locator("main [role=alert] ol li").count() >= 7
    assert not who.page.locator("main form").count()
    who.open(f"/returns/new/{journey['mother']}/")
    who.send(destination="NG", with_people="*", detained="no").send(area=FAMILY.handover.to_area)
    journey.know("return", who)
    assert not who.page.locator("main [role=alert]").count()
    assert who.page.locator("#unchecked > li").count() == 2, "her children, until the ladder says yes"


def counsel(who: Colleague, journey: Journey) -> None:
    told, at = FAMILY.decision, f"/returns/{journey['return']}"
    who.open(f"{at}/counselling/").send(
        topics="*", language="pcm", interpreter_mode="in_person", time_offered="yes", days_offered=4,
        notes=told.counselling,
    )  # fmt: skip
    who.open(f"{at}/declaration/?text=pcm").send(
        statements="*", language="pcm", mode="witnessed_oral", witness=INTERPRETER
    )
    for child, says in (("daughter", {"view": "Elle veut revoir sa tante."}), ("son", {})):
        step = who.open(f"/cases/best-interests/{journey[child]}/with_parent/")
        step.send(together="yes", agreed="yes", safe="yes", **says)
    who.open(f"{at}/free-choice/").send(
        no_pressure="yes", pressure=told.choice_check, informed="yes", information=told.informed_check,
        capacity_doubted="no", detained="no",
    )  # fmt: skip


def check_eligibility(who: Colleague, journey: Journey) -> None:
    who.open(f"/returns/{journey['return']}/eligibility/")
    answers = {}
    for criterion in who.required():
        answers |= {criterion: "pass", f"{criterion}_kind": "document", f"{criterion}_evidence": "Vérifié au dossier."}
    who.send(**answers)


def approve_return(who: Colleague, journey: Journey) -> None:
    who.open(f"/returns/{journey['return']}/decision/").send(decision="approve", note=FAMILY.decision.approval)


def prepare(who: Colleague, journey: Journey) -> None:
    who.open(f"/returns/{journey['return']}/preparation/").send(
        travel_on=journey.today, travel_mode="air_commercial", document_valid_until=journey.today + timedelta(days=200),
        medical_outcome="fit", receiving_told_on=journey.today,
    )  # fmt: skip


# The handover


def offer(who: Colleague, journey: Journey) -> None:
    who.open(f"/cases/{journey['case']}/hand-over/").send(to="IOM Nigeria", note=FAMILY.handover.open_note)
    journey.know("handover", who)


def depart(who: Colleague, journey: Journey) -> None:
    """The office that the bus leaves from asks once more and sees them off; nobody's record is there any more."""
    assert who.page.request.get(f"{who.url}/returns/{journey['return']}/").status == 404
    shown = who.open("/returns/")
    assert not [secret for secret in journey.secrets if secret in shown.html]
    shown.press("main a[href^='/returns/journeys/']")
    who.send(reconfirmed="yes", method="phone_interpreter", departed_on=journey.today)


def look_before(who: Colleague, journey: Journey) -> None:
    """Edo sees how many, how old, how far and what is needed; nobody's name, code or record."""
    shown = who.open(f"/cases/handovers/{journey['handover']}/").html
    assert "30 to 39 years" in shown
    assert "Education" in shown
    own = {journey["handover"]}
    assert not [secret for secret in journey.secrets if secret in shown and secret not in own]
    for path in (f"/people/{journey['mother']}/", f"/cases/{journey['case']}/"):
        assert who.page.request.get(who.url + path).status == 404


def accept(who: Colleague, journey: Journey) -> None:
    """Identity opens on a reason, once, and only what is hers to open: the boy stays in Niger."""
    who.open(f"/cases/handovers/{journey['handover']}/").press("main form[action$='/accept/'] button")
    assert "Isoken" not in who.open(f"/people/{journey['mother']}/").html
    assert "Isoken" in who.send(reason="present").html
    assert who.page.request.get(f"{who.url}/people/{journey['boy']}/").status == 404


def no_longer_there(who: Colleague, journey: Journey) -> None:
    for path in (f"/people/{journey['mother']}/", f"/people/{journey['son']}/", f"/cases/{journey['case']}/"):
        assert who.page.request.get(who.url + path).status == 404
    assert who.open(f"/cases/{journey['boy_case']}/").text().count("BIP-01")


# Edo: home


def receive(who: Colleague, journey: Journey) -> None:
    home = FAMILY.home
    who.open(f"/returns/{journey['return']}/arrival/").send(arrived_on=journey.today)
    who.open(f"/reintegration/people/{journey['mother']}/welcome/").send(
        support=list(home.support), note=home.reception
    )
    who.open(f"/reintegration/people/{journey['mother']}/plan/").send(goals=home.plan, agreed_on=journey.today)


def stall(who: Colleague, journey: Journey) -> None:
    """Paid in kind, against a receipt."""
    told = FAMILY.home.stall
    who.press("main a[href$='/action/']").send(
        what=told.title, dimension="economic", level="individual", modality="in_kind", budget=told.cost,
        currency=told.currency, planned_on=journey.today, expectation="income_regular", change=told.expected,
        business_type="retail_wholesale",
    )  # fmt: skip
    who.press("main a[href^='/reintegration/actions/']")
    journey.know("stall", who)
    at = f"/reintegration/actions/{journey['stall']}"
    who.open(f"{at}/receipt/").send(
        kind="receipt", amount=told.cost, issued_on=journey.today, file=str(journey.receipt)
    )
    who.open(f"{at}/delivered/").send(delivered_on=journey.today)


def well(who: Colleague, journey: Journey) -> None:
    """Neighbours meet, propose, count hands, choose; the project says whom it serves and whom it could harm."""
    told, days = FAMILY.home.well, timedelta(days=1)
    who.open("/communities/new/").send(name=told.place, area="NG-ED", high_return="yes")
    journey.know("place", who)
    who.open(f"/communities/{journey['place']}/profile/").send(
        period_from=journey.today - 20 * days, period_to=journey.today - 10 * days, first="water",
        second="roads_transport", third="energy", residents=2400, returnees=60, validated_on=journey.today - 2 * days,
    )  # fmt: skip
    who.open(f"/communities/{journey['place']}/meeting/").send(
        kind="planning", held_on=journey.today, returnee_female_18_59=7, returnee_male_18_59=4,
        non_returnee_female_18_59=38, non_returnee_male_18_59=29, minutes=told.decision,
    )  # fmt: skip
    journey.know("meeting", who)
    for (title, votes), sector, ours in zip(
        told.options, ("water", "roads_transport", "energy"), (6, 3, 2), strict=True
    ):
        who.open(f"/communities/meetings/{journey['meeting']}/option/").send(
            title=title, sector=sector, votes_returnees=ours, votes_neighbours=votes - ours
        )
    who.open(f"/communities/meetings/{journey['meeting']}/choose/")
    chosen = who.page.locator("[name=option]").first.get_attribute("value")
    who.send(
        option=chosen, objective=told.problem, approach="new_community_based_project", dimension="social",
        budget=5_200_000, currency="NGN", contribution="labour",
    )  # fmt: skip
    journey.know("project", who)
    who.open(f"/communities/projects/{journey['project']}/safeguards/").send(
        returnees=11, neighbours=67, women=45, do_no_harm=told.do_no_harm, screened_on=journey.today,
        maintenance=told.upkeep,
    )  # fmt: skip


def lead(who: Colleague, journey: Journey) -> None:
    """A supervisor gives the case to the reception officer, and approves the well that others chose."""
    who.open(f"/cases/{journey['case']}/assign/").send(owner="Osaretin Igbinedion-Obi")
    who.open(f"/communities/projects/{journey['project']}/approve/").send("main form")


def interview(who: Colleague, journey: Journey) -> None:
    who.open(f"/reintegration/people/{journey['mother']}/interview/").send(
        round="baseline", held_on=journey.today, mode="home_visit", language="pcm", agrees="yes"
    )
    for _part in range(3):
        who.send("main form", **who.page.evaluate(ANSWERS))
    assert "Provisional" in who.text()


def follow_up(who: Colleague, journey: Journey) -> None:
    told = FAMILY.home
    who.open(f"/reintegration/actions/{journey['stall']}/follow-up/").send(
        result=told.follow_up_code,
        remark=told.follow_up,
        channel="home_visit",
        asked_on=journey.today,
        next_step="go_on",
    )
    assert told.follow_up in who.text()


def ask_closure(who: Colleague, journey: Journey) -> None:
    """Steps done, goals met, risk low: then, and only then, closure may be asked for."""
    at = f"/cases/{journey['case']}"
    for step in hrefs(who.open(f"{at}/"), "main a[href^='/cases/plan-step/']"):
        who.open(step).send(delivered="yes", done_on=journey.today)
    who.open(f"{at}/contact/")
    goals = who.page.evaluate("[...document.querySelectorAll('main [name^=goal_]')].map(e => e.name)")
    who.send(
        reached="yes", kind="after_return", channel="home_visit", plan_reviewed="yes", risk_after="low",
        note=FAMILY.home.follow_up, **dict.fromkeys(goals, "met"),
    )  # fmt: skip
    who.open(f"{at}/closure/").send(
        reason=FAMILY.home.closure_reason, safety_reassessed="yes", prerequisites="*", explanation=FAMILY.home.closure
    )


# Known


def count(who: Colleague, journey: Journey) -> None:
    who.open("/results/").press("main form[action='/results/count/'] button")


def open_figure(who: Colleague, journey: Journey) -> None:
    """The figure and how it was counted; nothing of the family on either page, in either file."""
    for step in (lambda: who.open("/results/"), lambda: who.press("main a[href^='/results/figure/']")):
        shown = step().html
        assert not [secret for secret in journey.secrets if secret in shown]
    assert who.path.startswith("/results/figure/")
