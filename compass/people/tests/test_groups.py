"""Groups beyond the household: nothing is written over, nobody learns of anybody they may not see, nothing follows."""

from __future__ import annotations

import uuid
from datetime import timedelta
from html import unescape

import pytest

from compass.people.actions import ConsentGiven, GroupSaid, give_consent, record_groups
from compass.people.actions.erasure import destroy
from compass.people.actions.merging import MergeAsked, MergeDecided, MergeUndone, ask_merges, decide_merges, undo_merges
from compass.people.actions.searches import Judged, judge
from compass.people.copies import gather
from compass.people.groups import groups_of
from compass.people.models import GroupMember, Person
from compass.people.tests.conftest import SEVEN
from compass.problems import ConsentMissing, Invalid, KeyAbsent, NotFound, StaleVersion, UnknownCode
from compass.trail.models import Entry

pytestmark = pytest.mark.django_db
WORDS = "A house behind the bus station"


@pytest.fixture
def say(at, told):
    """`say([person, ...], group, kind="held")`: the same of each of them; returns the rows."""

    def run(people, group, username="zinder.cases", basis="vital_interest", **what):
        with at(username) as work:
            said = [GroupSaid(**told(basis=basis, id=person.pk), group=group, **what) for person in people]
            return record_groups(work, said)

    return run


@pytest.fixture
def three(make, say):
    """A woman, a man and a boy who were held together; (group, people)."""
    people = [make(age=age, identity={"given": given}) for age, given in ((30, "Ese"), (40, "Musa"), (9, "Ali"))]
    group = uuid.uuid4()
    say(people, group, kind="held", remark=WORDS)
    return group, people


def seen(at, person, username="zinder.social"):
    """(kind, state, codes of those still in it, codes of those who were) of each group."""
    with at(username) as work:
        shown = work.find("people.group", Person, person.pk)
        return [
            (
                g.kind,
                g.own.now.row.state,
                {o.person.code for o in g.still},
                {o.person.code for o in g.others if not o.is_in},
            )
            for g in groups_of(work, shown)
        ]


def test_who_joins_leaves_or_was_wrong_is_kept_and_what_cannot_be_is_refused(three, make, say, at):
    group, (ese, musa, ali) = three
    late, abroad = make(), make("edo.reception")
    with at("zinder.social") as work:
        today = work.today
    say([late], group, relation="cousin of the boy")
    (row,) = say([musa], group, state="left", why="taken_away", since=today - timedelta(9), until=today - timedelta(2))
    say([late], group, state="mistaken")

    new = uuid.uuid4()
    for refused, people, which, what in (
        (Invalid, [ese], new, {"kind": "travelling"}),
        (Invalid, [ese, musa], new, {}),
        (UnknownCode, [ese, musa], new, {"kind": "gang"}),
        (UnknownCode, [ese], group, {"state": "eaten"}),
        (UnknownCode, [ese], group, {"state": "left", "why": "bored"}),
        (Invalid, [ese], group, {"since": today + timedelta(1)}),
        (Invalid, [musa], group, {"state": "left", "until": today - timedelta(10)}),
        (StaleVersion, [musa], group, {"seen": str(uuid.uuid4())}),
        (NotFound, [ese, abroad], new, {"kind": "travelling"}),
        (NotFound, [ese], group, {"username": "edo.reception"}),
        (ConsentMissing, [ese], group, {"basis": "consent"}),
    ):
        with pytest.raises(refused):
            say(people, which, **what)

    assert seen(at, ali) == [("held", "in_it", {ese.code}, {musa.code})]
    assert seen(at, late) == [("held", "mistaken", set(), set())]
    with at("zinder.social") as work:
        (held,) = groups_of(work, work.find("people.group", Person, musa.pk))
        now, (before,) = held.own.now, held.own.before
        assert (now.row.pk, now.why, (now.until - now.since).days, now.remark) == (row.pk, "taken_away", 7, WORDS)
        assert (before.row.state, before.since, before.until, before.remark) == ("in_it", None, None, WORDS)
        assert not [r for r in GroupMember.objects.all() if WORDS.encode() in bytes(r.said_sealed)]
    say([musa], group)
    with at("zinder.social") as work:
        (again,) = groups_of(work, work.find("people.group", Person, musa.pk))
        assert again.own.is_in and (again.own.now.until, again.own.now.why, len(again.own.before)) == (None, "", 2)
    assert (GroupMember.wall.app, GroupMember.wall.moves_with) == ("SELECT, INSERT", "person")


def test_an_office_sees_its_own_an_erased_person_is_not_named_and_a_copy_names_nobody(
    three, make, say, at, django_assert_max_num_queries
):
    group, (ese, musa, ali) = three
    abroad, other = make("edo.reception"), make("edo.reception")
    # As after a handover: somebody of the group is in another office now.
    say([abroad, other], uuid.uuid4(), username="edo.reception", kind="held")
    with at("edo.reception") as work:
        (row,) = GroupMember.objects.filter(person=abroad)
        moved = {"group_id": group, "organisation_id": abroad.organisation_id, "person": abroad, "state": "in_it"}
        moved |= {n: getattr(row, n) for n in ("basis", "occurred_at", "recorded_at", "recorded_by")}
        blob = work.keys.seal(
            {"kind": "held"}, table="people_groupmember", column="said_sealed", subject=abroad.pk, row=group
        )
        GroupMember.objects.create(id=group, said_sealed=blob, **moved)

    assert seen(at, ese) == [("held", "in_it", {musa.code, ali.code}, set())]
    assert ("held", "in_it", set(), set()) in seen(at, abroad, "edo.reception")
    with at("zinder.cases") as work:
        copy = gather(work, ese)
        whole = f"{copy.tables} {copy.entries if hasattr(copy, 'entries') else ''}"
        assert "held" in str(copy.tables["people.GroupMember"]) and WORDS not in whole
        assert any(WORDS in text.said for text in copy.texts), "a colleague goes through it first"
        assert not [who for who in (musa, ali) if who.code in whole or str(who.pk) in whole] and str(group) not in whole
    with at("zinder.cases") as work:
        destroy(work, [musa.pk])
    with at("zinder.social") as work, django_assert_max_num_queries(6):
        assert len(groups_of(work, ese)[0].others) == 1, "whoever was erased costs no query"
    assert seen(at, ese) == [("held", "in_it", {ali.code}, set())]
    with pytest.raises(KeyAbsent):
        say([musa], group)


def test_both_records_of_one_person_are_in_the_group_together_and_part_again(three, make, say, at, told):
    group, (ese, musa, ali) = three
    again, sister = make(age=9), make(age=12)
    say([again, sister], uuid.uuid4(), kind="relatives", relation="sister")

    def run(username, action, command):
        with at(username) as work:
            return action(work, [command])[0]

    basis = {"basis": "vital_interest"}
    run("zinder.cases", judge, Judged(**told(**basis, id=again.pk), other_id=ali.pk, same=True))
    merge = run("zinder.cases", ask_merges, MergeAsked(**told(**basis, id=again.pk), absorbed_id=ali.pk))
    run("zinder.supervisor", decide_merges, MergeDecided(**told(**basis, id=merge.pk, version=1), agrees=True))

    assert {each[0] for each in seen(at, again)} == {"held", "relatives"}
    assert seen(at, ese) == [("held", "in_it", {again.code, musa.code}, set())]
    (row,) = say([again], group, state="left", why="free")
    assert row.person_id == ali.pk and seen(at, ese)[0][2:] == ({musa.code}, {again.code})
    run("zinder.supervisor", undo_merges, MergeUndone(**told(**basis, id=merge.pk, version=2)))
    assert [each[0] for each in seen(at, again)] == ["relatives"]
    assert seen(at, ese)[0][2:] == ({musa.code}, {ali.code})


def test_the_pages_say_a_group_by_code_and_open_names_only_for_a_reason(make, say, sign_in, at, told):
    client = sign_in("zinder.social")
    aunt, man = make(age=50, identity={"given": "Hadiza"}), make(age=35, identity={"given": "Sani"})
    boy, quiet = make(age=9, identity={"given": "Ali"}), make(age=33, identity={"given": "Rabi"})
    with at("zinder.social") as work:
        give_consent(
            work,
            [ConsentGiven(**told(id=quiet.pk), certified=True, information=SEVEN, scopes={"data_processing": False})],
        )
    url = f"/people/{boy.pk}/group/"

    def sent(path=url, **more):
        typed = {"key": str(uuid.uuid4()), "kind": "travelling", "codes": "", "ground": "child", **more}
        return client.post(path, typed, follow=True)

    alone, wrong = sent(), sent(codes=make("edo.reception").code)
    against = client.post(url, {"key": str(uuid.uuid4()), "kind": "held", "codes": quiet.code})
    saved = sent(codes=f"{aunt.code.lower()}، {man.code}", relation="nephew", remark=WORDS)
    groups = unescape(client.get(f"/people/{boy.pk}/groups/").content.decode())
    opened = unescape(client.post(f"/people/{aunt.pk}/groups/", {"reveal": "1", "reason": "present"}).content.decode())
    page = unescape(client.get(f"/people/{boy.pk}/").content.decode())
    grown = unescape(client.get(f"/people/{man.pk}/").content.decode())

    assert "near" in alone.context["form"].errors and "codes" in wrong.context["form"].errors
    assert quiet.code in str(against.context["form"].errors["ground"]) and saved.redirect_chain
    assert aunt.code in groups and man.code in groups and not [w for w in ("Hadiza", "nephew", WORDS) if w in groups]
    assert "Sani" in opened and WORDS in opened and "nephew" in opened and "Ali" in opened
    assert "2 adultes" in page and "Voyagent ensemble" in page and "2 adultes" not in grown
    assert "Voyagent ensemble" in grown
    with at("zinder.social") as work:
        (group,) = groups_of(work, work.find("people.group", Person, boy.pk))
    ended = {"state": "left", "why": "over", "everyone": "on", "seen": str(group.own.now.row.pk)}
    over = sent(f"{url}?of={group.id}", **ended)
    stale = sent(f"{url}?of={group.id}", **ended)
    assert over.redirect_chain and "cmp" in stale.content.decode()
    assert seen(at, man) == [("travelling", "left", set(), {aunt.code, boy.code})]
    with at("zinder.social") as work:
        (now,) = groups_of(work, work.find("people.group", Person, boy.pk))
    sent(f"{url}?of={group.id}", kind="held", state="left", seen=str(now.own.now.row.pk))
    assert {each[:2] for who in (aunt, man, boy) for each in seen(at, who)} == {("held", "left")}
    assert "2 adultes" not in unescape(client.get(f"/people/{boy.pk}/").content.decode())
    assert client.get(f"{url}?of={uuid.uuid4()}").status_code == 404
    with at("geneva.protection") as work:
        noted = "".join(work.allowed("trail.view", Entry).values_list("body", flat=True))
    assert "people.group" in noted and "nephew" not in noted and "Hadiza" not in noted
    both = [make("edo.reception"), make("edo.reception")]
    say(both, uuid.uuid4(), username="edo.reception", kind="travelling")
    abroad = {who: sign_in(who).get(f"/people/{both[0].pk}/") for who in ("edo.reception", "edo.monitoring")}
    told_of = {who: "Travelling together" in page.content.decode() for who, page in abroad.items()}
    assert abroad["edo.monitoring"].status_code == 200
    assert told_of == {"edo.reception": True, "edo.monitoring": False}
