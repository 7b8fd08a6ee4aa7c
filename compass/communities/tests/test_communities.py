"""Places, meetings, the choice of neighbours, and the project: pages, rules and refusals."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from compass.communities import actions
from compass.communities.models import Meeting, Option, Place, Profile, Project
from compass.problems import Invalid, NotFound, SecondPersonNeeded, StandardNotMet, WrongState

pytestmark = pytest.mark.django_db
CAME = {("returnee", "female", "18_59"): 14, ("non_returnee", "female", "18_59"): 30, ("authority", "male", "18_59"): 2}


class Village:
    """A place whose neighbours chose a well over a road."""

    def __init__(self, at: Any, told: Any) -> None:
        self.at, self.told = at, told
        with at("edo.reception") as work:
            self.place = actions.add_places(work, [actions.NewPlace(**told(), name="Uselu", area="NG-ED")])[0]
            self.meeting = actions.record_meetings(
                work,
                [
                    actions.MeetingHeld(
                        **told(id=self.place.pk),
                        kind="planning",
                        held_on=work.today,
                        came=CAME,
                        minutes="the chief spoke of the dry season",
                    )
                ],
            )[0]
            self.well, self.road = actions.count_options(
                work,
                [
                    actions.OptionCounted(
                        **told(id=self.meeting.pk),
                        title="A well",
                        sector="water",
                        votes_returnees=12,
                        votes_neighbours=25,
                    ),
                    actions.OptionCounted(
                        **told(id=self.meeting.pk),
                        title="A road",
                        sector="roads_transport",
                        votes_returnees=2,
                        votes_neighbours=5,
                    ),
                ],
            )

    def profile(self, days_ago: int = 30) -> None:
        with self.at("edo.reception") as work:
            day = work.today - timedelta(days=days_ago)
            actions.add_profiles(
                work,
                [
                    actions.NewProfile(
                        **self.told(id=self.place.pk),
                        period_from=day,
                        period_to=day,
                        priorities=("water", "health"),
                        validated_on=day,
                    )
                ],
            )

    def choose(self, option: Option, **changes: Any) -> Project:
        said = {
            "approach": "new_community_based_project",
            "dimension": "social",
            "budget": Decimal("9000"),
            "currency": "EUR",
            "objective": "water within ten minutes",
            **changes,
        }
        with self.at("edo.reception") as work:
            self.project = actions.choose_projects(work, [actions.Chosen(**self.told(id=option.pk), **said)])[0]
        return self.project

    def secure(self, who: str = "edo.reception", **changes: Any) -> None:
        said = {
            "returnees": 12,
            "neighbours": 25,
            "women": 20,
            "do_no_harm": "both quarters draw water",
            "maintenance": "water committee",
            "screened_on": timezone.now().date(),
            **changes,
        }
        with self.at(who) as work:
            actions.secure_projects(work, [actions.Secured(**self.told(id=self.project.pk), **said)])

    def move(self, to: str, who: str = "edo.reception") -> Project:
        act = actions.approve_projects if to == "approved" else actions.advance_projects
        with self.at(who) as work:
            return act(work, [actions.Moved(**self.told(id=self.project.pk), to=to)])[0]


@pytest.fixture
def village(at, told) -> Village:
    return Village(at, told)


def test_it_works_from_the_meeting_to_the_handover(village):
    village.profile()
    village.choose(village.well)
    village.secure()
    village.move("approved", "edo.supervisor")
    village.move("ongoing")

    assert village.move("handed_over").status == "handed_over"


def test_what_was_said_is_sealed(village, at):
    with at("edo.reception") as work:
        row = Meeting.objects.get()

        assert b"chief" not in bytes(row.minutes_sealed)
        assert actions.opened(work, row, "minutes_sealed")["minutes"].startswith("the chief")


def test_the_option_with_most_votes_is_the_one(village):
    village.profile()

    with pytest.raises(StandardNotMet, match=r": \w[^:]{20,} \(C-VOT-1\)"):
        village.choose(village.road)


def test_another_option_needs_a_reason(village):
    village.profile()

    assert village.choose(village.road, otherwise="no ground water").otherwise


@pytest.mark.parametrize("days_ago", [None, 800])
def test_a_project_needs_a_fresh_profile(village, days_ago):
    if days_ago:
        village.profile(days_ago)

    with pytest.raises(StandardNotMet, match="C-PRF-1"):
        village.choose(village.well)


@pytest.mark.parametrize(
    ("rule", "missing"),
    [
        ("C-INC-1", {"neighbours": 0, "women": 3}),
        ("C-DNH-1", {"do_no_harm": " "}),
        ("C-ENV-1", {"screened_on": None}),
        ("C-MNT-1", {"maintenance": ""}),
    ],
)
def test_approval_names_the_rule_that_is_open(village, rule, missing):
    village.profile()
    village.choose(village.well)
    village.secure(**missing)

    with pytest.raises(StandardNotMet, match=rf"\w \({rule}\)"):
        village.move("approved", "edo.supervisor")


def test_nobody_who_prepared_it_approves_it_whoever_edited_it_last(village, at):
    village.profile()
    village.choose(village.well)
    village.secure(who="edo.supervisor")
    village.secure(who="edo.reception")

    with at("edo.supervisor") as work:
        assert Project.objects.get().prepared_by[-1] == work.actor.id
    with pytest.raises(SecondPersonNeeded):
        village.move("approved", "edo.supervisor")


def test_who_took_no_part_in_preparing_approves_it(village):
    village.profile()
    village.choose(village.well)
    village.secure()
    village.secure()

    assert village.move("approved", "edo.supervisor").status == "approved"


def test_a_project_is_not_handed_over_before_it_began(village):
    village.profile()
    village.choose(village.well)

    with pytest.raises(WrongState):
        village.move("handed_over")


def test_a_meeting_of_nobody_is_none(village, at, told):
    with at("edo.reception") as work, pytest.raises(Invalid):
        actions.record_meetings(
            work,
            [actions.MeetingHeld(**told(id=village.place.pk), kind="planning", held_on=work.today, came={})],
        )


def test_another_office_finds_nothing(village, at, told):
    with at("zinder.cases") as work, pytest.raises(NotFound):
        actions.count_options(
            work,
            [
                actions.OptionCounted(
                    **told(id=village.meeting.pk), title="x", sector="water", votes_returnees=1, votes_neighbours=1
                )
            ],
        )


def pages(village: Village) -> dict[str, str]:
    found = {name: reverse(f"communities:{name}", args=[village.place.pk]) for name in ("place", "profile", "meeting")}
    found |= {name: reverse(f"communities:{name}", args=[village.meeting.pk]) for name in ("option", "choose")}
    found |= {
        name: reverse(f"communities:{name}", args=[village.project.pk]) for name in ("project", "safeguards", "next")
    }
    return {"list": reverse("communities:list"), "new": reverse("communities:new"), **found}


def test_it_works_every_page(village, sign_in):
    village.profile()
    village.choose(village.well)
    client = sign_in("edo.reception")

    for name, address in pages(village).items():
        answer = client.get(address)
        assert answer.status_code == 200, name
        assert " checked" not in answer.content.decode(), name
    assert "A well" in client.get(pages(village)["project"]).content.decode()
    approve = reverse("communities:approve", args=[village.project.pk])
    assert client.get(approve).status_code == 403
    decides = sign_in("edo.supervisor").get(approve)
    assert decides.status_code == 200
    assert decides.context["form"].visible_fields() == []


def test_every_page_of_another_office_is_not_there(village, sign_in):
    village.profile()
    village.choose(village.well)
    client = sign_in("zinder.cases")

    for name, address in pages(village).items():
        if name not in {"list", "new"}:
            assert client.get(address).status_code == 404, name
    assert "Uselu" not in client.get(reverse("communities:list")).content.decode()


def test_a_desk_officer_sees_no_community(sign_in):
    assert sign_in("hague.desk").get(reverse("communities:list")).status_code == 403


def test_bad_input_comes_back_with_the_form(village, sign_in):
    village.profile()
    village.choose(village.well)
    client = sign_in("edo.reception")
    bad = {
        "held_on": "x",
        "kind": "nothing",
        "title": "kept words",
        "name": "kept words",
        "budget": "much",
        "women": "-3",
        "option": "x",
        "objective": "kept words",
        "summary": "kept words",
        "to": "moon",
    }

    for name, address in pages(village).items():
        if name not in {"list", "place", "project"}:
            answer = client.post(address, bad)
            assert answer.status_code == 200, name
            assert "data-errors" in answer.content.decode(), name


def test_the_thread_by_its_pages(sign_in, at):
    client = sign_in("edo.reception")
    client.send(reverse("communities:new"), {"name": "Uselu", "area": "NG-ED", "high_return": "yes"})
    with at("edo.reception"):
        place = Place.objects.get()
    today = timezone.now().date().isoformat()
    client.send(
        reverse("communities:profile", args=[place.pk]),
        {"period_from": today, "period_to": today, "first": "water", "validated_on": today},
    )
    answer = client.send(
        reverse("communities:meeting", args=[place.pk]),
        {"kind": "planning", "held_on": today, "returnee_female_18_59": "١٤", "non_returnee_male_18_59": "40"},
    )
    for title, votes in (("A well", 30), ("A road", 4)):
        client.send(
            answer["Location"],
            {"key": uuid.uuid4(), "title": title, "sector": "water", "votes_returnees": 3, "votes_neighbours": votes},
        )
    with at("edo.reception"):
        meeting = Meeting.objects.get()
        road = next(o for o in Option.objects.all() if o.votes == 7)
        well = next(o for o in Option.objects.all() if o.votes == 33)
    address = reverse("communities:choose", args=[meeting.pk])
    said = {
        "approach": "new_community_based_project",
        "dimension": "social",
        "budget": "9000",
        "currency": "EUR",
        "objective": "water near",
    }

    refused = client.send(address, {**said, "option": road.pk})
    chosen = client.send(address, {**said, "option": well.pk})

    assert "C-VOT-1" in refused.content.decode()
    assert "water near" in refused.content.decode()
    assert chosen.status_code == 302
    assert "33" in client.get(chosen["Location"]).content.decode()


@pytest.mark.parametrize(("language", "word"), [("fr", "Comment il a été choisi"), ("ar", "كيف تم اختياره")])
def test_the_project_speaks_the_language(village, sign_in, language, word):
    village.profile()
    village.choose(village.well)
    client = sign_in("edo.reception")
    client.cookies["compass_language"] = language

    assert word in client.get(pages(village)["project"]).content.decode()


def hidden(page: Any) -> dict[str, str]:
    """What a form carries unseen, as the browser sends it."""
    form = page.context["form"]
    return {name: str(form[name].value() or "") for name in ("key", "version")}


def test_two_who_write_safeguards_at_once_see_both_versions(village, sign_in, at):
    village.profile()
    village.choose(village.well)
    client, address = sign_in("edo.reception"), pages(village)["safeguards"]
    mine = hidden(client.get(address))
    village.secure(neighbours=31, maintenance="the imam's committee", who="edo.supervisor")
    typed = {"returnees": "12", "neighbours": "25", "women": "20", "do_no_harm": "words of mine"}

    refused = client.post(address, {**mine, **typed}, headers={"accept-language": "en"})

    rows = {str(row["label"]): (row["left"], row["right"]) for row in refused.context["compared"]}
    assert rows["Neighbours who take part"] == ("25", "31")
    assert rows["Who looks after it afterwards"] == ("", "the imam's committee")
    assert "P-2002" in refused.content.decode()
    assert refused.context["form"]["do_no_harm"].value() == "words of mine"
    again = client.post(address, {**hidden(refused), **typed})
    assert again.status_code == 302
    with at("edo.reception"):
        assert Project.objects.get().neighbours == 25


def test_safeguards_that_nobody_wrote_yet_are_empty_beside_mine(village, sign_in):
    village.profile()
    village.choose(village.well)
    typed = {"returnees": "12", "neighbours": "25", "women": "20"}

    refused = sign_in("edo.reception").post(pages(village)["safeguards"], {"version": "0", **typed})

    assert refused.status_code == 200
    assert [row["right"] for row in refused.context["compared"]] == ["", "", ""]


def test_two_who_write_a_profile_at_once_see_both_versions(village, sign_in, at):
    client, address = sign_in("edo.reception"), reverse("communities:profile", args=[village.place.pk])
    mine = hidden(client.get(address))
    village.profile()
    today = timezone.now().date().isoformat()
    typed = {"period_from": today, "period_to": today, "first": "health", "account": "words of mine"}

    refused = client.post(address, {**mine, **typed}, headers={"accept-language": "en"})

    rows = {str(row["label"]): (row["left"], row["right"]) for row in refused.context["compared"]}
    assert rows["What people say matters most"] == ("Health care", "Water")
    assert "words of mine" in refused.content.decode()
    assert client.post(address, {**hidden(refused), **typed}).status_code == 302
    with at("edo.reception"):
        assert Profile.objects.count() == 2
    assert "words of mine" in client.get(reverse("communities:place", args=[village.place.pk])).content.decode()


def test_a_profile_begins_with_the_newest_one_but_not_with_its_agreement(village, sign_in):
    village.profile()

    form = sign_in("edo.reception").get(reverse("communities:profile", args=[village.place.pk])).context["form"]

    assert (form["first"].value(), form["second"].value(), form["validated_on"].value()) == ("water", "health", None)


def test_a_project_that_moved_meanwhile_says_where_it_stands(village, sign_in):
    village.profile()
    village.choose(village.well)
    village.secure()
    client, address = sign_in("edo.reception"), pages(village)["next"]
    mine = hidden(client.get(address))
    village.move("approved", "edo.supervisor")

    refused = client.post(address, {**mine, "to": "cancelled"}, headers={"accept-language": "en"})

    assert [(row["left"], row["right"]) for row in refused.context["compared"]] == [
        ("Cancelled with reason", "Approved")
    ]
    assert [code for code, _label in refused.context["form"].fields["to"].choices] == ["ongoing", "cancelled"]


def test_what_changed_while_someone_read_it_is_not_approved_unread(village, sign_in, at):
    village.profile()
    village.choose(village.well)
    village.secure()
    client, address = sign_in("edo.supervisor"), reverse("communities:approve", args=[village.project.pk])
    mine = hidden(client.get(address)) | {"to": "approved"}
    village.secure(neighbours=1, women=3)

    refused = client.post(address, mine)

    assert "P-2002" in refused.content.decode()
    assert "both quarters draw water" in refused.content.decode()
    with at("edo.reception"):
        assert Project.objects.get().status == "chosen"
    assert client.post(address, hidden(refused) | {"to": "approved"}).status_code == 302


@pytest.mark.parametrize(("returnees", "neighbours"), [(15, 0), (0, 33)])
def test_no_group_has_more_hands_than_people_present(village, at, told, sign_in, returnees, neighbours):
    with at("edo.reception") as work, pytest.raises(Invalid):
        said = {"title": "x", "sector": "water", "votes_returnees": returnees, "votes_neighbours": neighbours}
        actions.count_options(work, [actions.OptionCounted(**told(id=village.meeting.pk), **said)])

    answer = sign_in("edo.reception").post(reverse("communities:option", args=[village.meeting.pk]), said)

    assert answer.status_code == 200
    assert set(answer.context["form"].errors) >= {"votes_returnees" if returnees else "votes_neighbours"}
