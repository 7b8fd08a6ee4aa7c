from __future__ import annotations

import re
import uuid
from html import unescape

import pytest
from django.utils import timezone

from compass.cases.actions.case import CaseOpening, open_cases
from compass.cases.actions.handover import HandoverOffer, offer_handovers
from compass.cases.tests.test_handover import accept, consents
from compass.config.demo.world import world_id
from compass.people.content.consent import notice
from compass.people.forms import ConsentForm, ContactForm, HouseholdForm, IdentityForm
from compass.people.models import Consent, Person, Service
from compass.people.queries import opened
from compass.reception import queries
from compass.reception.forms import GroupForm, StartForm
from compass.reception.models import Activity, Arrival, ArrivalGroup, Attendance, Centre, PlaceCorrection
from compass.vocabulary import code_list

pytestmark = pytest.mark.django_db
SCOPES = (
    "case_management_services",
    "data_processing",
    "share_other_organizations",
    "share_non_identifiable_reporting",
    "duplicate_check",
)


def group(**changes):
    return {"key": str(uuid.uuid4()), "people": "4", "language": "ha", "came_by": "bus", "doctor": "1", **changes}


@pytest.fixture
def arrive(sign_in, at):
    """Put a group on the list of Zinder; gives the client and the places."""

    def put(**changes):
        client = sign_in("zinder.social")
        client.get("/arrivals/")
        with at("zinder.social"):
            centre = str(Centre.objects.get().pk)
        response = client.post("/arrivals/", group(centre=centre, **changes))
        assert response.status_code == 302, response.content.decode()
        with at("zinder.social"):
            return client, list(Arrival.objects.order_by("number"))

    return put


def start(client, place, age, **changes):
    return client.post(
        f"/arrivals/{place.pk}/register/", {"key": str(uuid.uuid4()), "age": age, "language": "ha", **changes}
    )


def agree(client, person):
    data = {
        "key": str(uuid.uuid4()),
        "information": list(code_list("consent_information").values),
        "interpreter_mode": "worker_speaks",
        "mode": "verbal_certified",
        "certified": "on",
        **{f"scope_{scope}": "yes" for scope in SCOPES},
    }
    assert client.post(f"/people/{person}/consent/", data).status_code == 302


def mother_of(client, place, at):
    start(client, place, "31")
    with at("zinder.social"):
        return Arrival.objects.get(pk=place.pk).person_id


def family(key=None, **changes):
    data = {
        "key": key or str(uuid.uuid4()),
        "same_answers": "yes",
        "child-TOTAL_FORMS": "4",
        "child-INITIAL_FORMS": "0",
        **{f"child-{n}-{name}": "" for n in range(4) for name in ("age", "sex", "relation", "given", "agrees")},
        **{f"child-{n}-unit": "years" for n in range(4)},
        **{f"child-{n}-relation": "child" for n in range(2)},
        "child-0-age": "٧",
        "child-0-sex": "female",
        "child-0-given": "Osas",
        "child-0-agrees": "yes",
        "child-1-age": "3",
        "child-1-sex": "male",
    }
    return {**data, **changes}


def test_it_works(arrive):
    client, places = arrive()

    page = client.get("/arrivals/").content.decode()

    assert [place.urgent_need for place in places] == ["medical_emergency", "none", "none", "none"]
    assert page.count("/register/") == 4
    assert page.index(str(places[0].pk)) < page.index(str(places[1].pk))


def test_the_list_asks_little_of_the_database(arrive, django_assert_max_num_queries):
    client, _ = arrive()
    for _i in range(3):
        arrive()

    with django_assert_max_num_queries(24):
        client.get("/arrivals/")


@pytest.mark.parametrize(
    "wrong", [{"people": "0"}, {"people": "x"}, {"doctor": "9"}, {"language": "zz"}, {"people": "-1"}]
)
def test_bad_input_keeps_what_was_typed(arrive, at, wrong):
    client, _ = arrive()

    response = client.post("/arrivals/", group(**wrong))

    assert response.status_code == 200
    assert 'role="alert"' in response.content.decode()
    with at("zinder.social"):
        assert ArrivalGroup.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "beside"),
    [
        ({"doctor": "9"}, "doctor"),
        ({"doctor": "0", "danger": "9"}, "danger"),
        ({"doctor": "2", "danger": "3"}, "danger"),
    ],
)
def test_too_many_urgent_needs_are_refused_beside_the_answer_that_says_them(arrive, at, said, beside):
    client, _ = arrive()

    with at("zinder.social"):
        centre = str(Centre.objects.get().pk)
    form = client.post("/arrivals/", group(centre=centre, people="4", **said)).context["form"]

    assert set(form.errors) == {beside}


def test_sent_twice_counts_once(arrive, at):
    key = str(uuid.uuid4())

    arrive(key=key)
    arrive(key=key)

    with at("zinder.social"):
        assert ArrivalGroup.objects.count() == 1


def test_a_place_becomes_a_person_and_goes_on_to_consent(arrive, at):
    client, places = arrive()

    response = start(client, places[0], "٣١")

    assert response.status_code == 302, response.content.decode()
    assert response["Location"].endswith("/consent/?intake")
    with at("zinder.social"):
        person = Person.objects.get()
        assert (person.age_band, person.languages, person.basis) == ("30-39", ["ha"], "vital_interest")
    assert person.code in client.get("/arrivals/").content.decode()


def test_registered_twice_is_refused_in_words(arrive):
    client, places = arrive()
    start(client, places[0], "31")

    assert "P-2003" in start(client, places[0], "31").content.decode()


def test_a_strange_age_is_refused(arrive, at):
    client, places = arrive()

    for age in ("", "-4", "400", "abc"):
        assert start(client, places[0], age).status_code == 200
    with at("zinder.social"):
        assert not Person.objects.exists()


@pytest.mark.parametrize(("months", "band"), [("5", "0-4"), ("٠", "0-4"), ("36", "0-4")])
def test_a_baby_alone_has_months(arrive, at, months, band):
    client, places = arrive()

    assert start(client, places[0], "", months=months).status_code == 302

    with at("zinder.social") as work:
        baby = Person.objects.get()
        born = opened(work, baby).identity
        today = timezone.localdate()
        told = today.year * 12 + today.month - int(months)
        assert baby.age_band == band
        assert born["birth_year"] * 12 + born["birth_month"] == told


def test_years_and_months_together_are_refused_in_words(arrive, at):
    client, places = arrive()

    page = start(client, places[0], "1", months="6").content.decode()

    assert "data-errors" in page and 'value="6"' in page
    with at("zinder.social"):
        assert not Person.objects.exists()


def test_who_left_is_off_the_list(arrive, at):
    client, places = arrive()

    assert client.get(f"/arrivals/{places[3].pk}/left/").status_code == 200
    client.post(f"/arrivals/{places[3].pk}/left/", {"key": str(uuid.uuid4())})

    with at("zinder.social"):
        assert Arrival.objects.get(pk=places[3].pk).status == "left"


def put_back(client, place, **told):
    return client.post(f"/arrivals/{place.pk}/back/", {"key": str(uuid.uuid4()), "reason": "still_here", **told})


def test_a_place_taken_by_mistake_waits_again_and_says_so(arrive, at):
    client, places = arrive()
    client.post(f"/arrivals/{places[3].pk}/left/", {"key": str(uuid.uuid4())})

    assert f"/arrivals/{places[3].pk}/back/" in client.get("/arrivals/").content.decode()
    unreasoned = put_back(client, places[3], reason="")
    done = put_back(client, places[3])
    again = put_back(client, places[3])
    page = unescape(client.get("/arrivals/").content.decode())

    assert (unreasoned.status_code, done.status_code) == (200, 302)
    assert "P-2003" in again.content.decode()
    assert "La personne est encore là" in page and page.count("/register/") == 4
    with at("zinder.social"):
        assert Arrival.objects.get(pk=places[3].pk).status == "waiting"
        (kept,) = PlaceCorrection.objects.all()
        assert (kept.was, kept.reason, kept.person_id) == ("left", "still_here", None)


def test_who_was_registered_from_the_wrong_number_gets_the_right_one(arrive, at):
    client, places = arrive()
    start(client, places[0], "31")
    with at("zinder.social"):
        person = Person.objects.get()

    shown = client.get(f"/arrivals/{places[0].pk}/back/").content.decode()
    elsewhere = put_back(client, places[0], reason="wrong_number", instead=str(uuid.uuid4()))
    done = put_back(client, places[0], reason="wrong_number", instead=str(places[2].pk))

    assert person.code in shown and elsewhere.status_code == 200 and done.status_code == 302
    with at("zinder.social"):
        now = {place.number: (place.status, place.person_id) for place in Arrival.objects.all()}
        assert now == {
            1: ("waiting", None),
            2: ("waiting", None),
            3: ("registered", person.pk),
            4: ("waiting", None),
        }
        assert PlaceCorrection.objects.get().person_id == person.pk
    assert start(client, places[0], "8").status_code == 302


def test_a_place_whose_person_another_office_took_over_stays_as_it_is(arrive, at, told):
    client, places = arrive()
    start(client, places[0], "31")
    where = f"/arrivals/{places[0].pk}/back/"
    assert where in client.get("/arrivals/").content.decode() and client.get(where).status_code == 200
    with at("zinder.social"):
        person = Person.objects.get()
    with at("zinder.social") as work:
        consents(work, told, person.pk)
        (case,) = open_cases(work, [CaseOpening(**told(id=person.pk), risk_level="medium")])
        asked = HandoverOffer(
            **told(id=case.pk), to_organisation_id=world_id("NG"), note="One person", without_return="left_on_own"
        )
        (offer,) = offer_handovers(work, [asked])
    accept(at, told, offer)

    assert where not in client.get("/arrivals/").content.decode()
    for answer in (
        client.get(where),
        put_back(client, places[0]),
        put_back(client, places[0], reason="wrong_number", instead=str(places[2].pk)),
    ):
        assert answer.status_code == 409 and "<h1" in answer.content.decode()
    with at("zinder.social"):
        assert Arrival.objects.get(pk=places[0].pk).status == "registered"
        assert not PlaceCorrection.objects.exists()


@pytest.mark.parametrize("username", ["edo.reception", "zinder.clinic"])
def test_others_find_nothing(arrive, sign_in, username):
    _, places = arrive()
    client = sign_in(username)

    statuses = {client.get(f"/arrivals/{places[0].pk}/{name}/").status_code for name in ("register", "left", "back")}
    listed = client.get("/arrivals/")

    assert statuses == ({404} if username == "edo.reception" else {403})
    assert str(places[0].pk) not in listed.content.decode()


def test_the_children_of_a_family_are_registered_in_one_go(arrive, at):
    client, places = arrive()
    mother = mother_of(client, places[1], at)
    agree(client, mother)
    data = family()

    for _ in range(2):
        response = client.post(f"/arrivals/children/{mother}/", data)
        assert response.status_code == 302, response.content.decode()

    with at("zinder.social") as work:
        children = list(Person.objects.filter(relation="child").order_by("age_band"))
        assert [child.age_band for child in children] == ["0-4", "5-11"]
        assert opened(work, children[1]).identity["given"] == "Osas"
        assert [c.given_by for c in Consent.objects.exclude(person_id=mother)] == ["caregiver", "caregiver"]
        assert all(child.consent_due_at is None for child in Person.objects.filter(relation="child"))
        assert Arrival.objects.filter(status="waiting").get().urgent_need == "medical_emergency"


def test_nobody_is_a_son_or_daughter_before_the_parent_says_so(arrive, at):
    """That a child is the parent's own spares it the long ladder: it is never filled in beforehand."""
    client, places = arrive()
    mother = mother_of(client, places[1], at)
    agree(client, mother)
    where = f"/arrivals/children/{mother}/"

    page = client.get(where).content.decode()
    refused = client.post(where, family(**{"child-1-relation": ""}))

    assert re.findall(r'<option value="(\w*)" selected', page.partition('name="child-0-relation"')[2])[0] == ""
    assert 'href="#id_child-1-relation"' in refused.content.decode()
    with at("zinder.social"):
        assert not Person.objects.filter(relation="child").exists()


def test_a_child_of_seven_is_asked(arrive, at):
    client, places = arrive()
    mother = mother_of(client, places[1], at)
    agree(client, mother)

    response = client.post(f"/arrivals/children/{mother}/", family(**{"child-0-agrees": ""}))

    assert response.status_code == 200
    with at("zinder.social"):
        assert not Person.objects.filter(relation="child").exists()


def test_without_the_parents_word_children_are_registered_without_names(arrive, at):
    client, places = arrive()
    mother = mother_of(client, places[1], at)

    assert client.get(f"/arrivals/children/{mother}/").status_code == 200
    response = client.post(f"/arrivals/children/{mother}/", family())

    assert response.status_code == 302, response.content.decode()
    with at("zinder.social") as work:
        child = Person.objects.filter(relation="child").first()
        assert child.consent_due_at is not None
        assert "given" not in opened(work, child).identity


def test_attendance(arrive, at):
    client, places = arrive()
    start(client, places[0], "8")
    with at("zinder.social"):
        child = Person.objects.get()
    today = timezone.localdate()

    future = client.post(
        "/arrivals/activities/",
        {"key": str(uuid.uuid4()), "kind": "children_recreation", "held_on": f"{today.year + 1}-01-01"},
    )
    with at("zinder.social"):
        centre = str(Centre.objects.get().pk)
    made = client.post(
        "/arrivals/activities/",
        {"key": str(uuid.uuid4()), "kind": "children_recreation", "held_on": today.isoformat(), "centre": centre},
    )
    data = {"key": str(uuid.uuid4()), "present": [str(child.pk)]}
    assert child.code in client.get(made["Location"]).content.decode()
    for _ in range(2):
        assert client.post(made["Location"], data).status_code == 302

    assert future.status_code == 200
    with at("zinder.social"):
        assert Activity.objects.count() == Attendance.objects.count() == 1
        assert [row.service for row in Service.objects.all()] == ["CHC"]
    assert client.post(made["Location"], {"key": str(uuid.uuid4()), "present": ["x"]}).status_code == 200


def test_another_office_has_no_such_activity(arrive, at, sign_in):
    client, _ = arrive()
    with at("zinder.social"):
        centre = str(Centre.objects.get().pk)
    made = client.post(
        "/arrivals/activities/",
        {
            "key": str(uuid.uuid4()),
            "kind": "sport",
            "held_on": timezone.localdate().isoformat(),
            "centre": centre,
        },
    )

    assert sign_in("edo.reception").get(made["Location"]).status_code == 404


def test_an_adult_is_registered_with_at_most_eighteen_required_answers(at):
    """The whole intake may ask 25; the rest is left to screening. Answers that come filled in are counted too."""
    worker = notice("fr")
    with at("zinder.social") as work:
        person = Person(household_id=uuid.uuid4(), age_band="30-39")
        forms = (
            GroupForm(centres=queries.centres(work), country="NE"),
            StartForm(country="NE"),
            ConsentForm(step="", worker_notice=worker),
            IdentityForm(country="NE"),
            ContactForm(),
            HouseholdForm(person=person, own=[], others=[], asked=False),
        )

        asked = [name for form in forms for name, field in form.fields.items() if field.required and not _hidden(field)]

    # One box is needed though no field demands it: the standard CM-03 does.
    assert len(asked) + 1 <= 18, asked


def _hidden(field):
    return field.widget.is_hidden
