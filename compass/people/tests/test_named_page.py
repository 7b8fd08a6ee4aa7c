"""Naming an organisation that must not know: on the page that asks, on the page that takes back, for the children too."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from compass.access.models import Organisation
from compass.config.demo.world import world_id
from compass.people import registry
from compass.people.actions import (
    ConsentGiven,
    Registration,
    give_consent,
    on_page,
    register_people,
)
from compass.people.forms.consent import CORE_SCOPES
from compass.people.models import Consent
from compass.people.named import may_be_named
from compass.people.queries import consent_of
from compass.vocabulary import code_list

pytestmark = pytest.mark.django_db

CLINIC, MINISTRY = world_id("clinic"), world_id("ministry")


def said(at, person):
    with at("zinder.social"):
        return consent_of(person.pk)


def name(pk):
    return Organisation.objects.get(pk=pk).name


@pytest.fixture
def family(make, at, told):
    """A mother, and a boy of three for whom she answered in the same talk."""
    mother, hour_ago = make(), timezone.now() - timedelta(hours=1)
    with at("zinder.social") as work:
        about = {"household_id": mother.household_id, "relation": "child", "languages": ("ha",)}
        identity = {"birth_year": work.now.year - 3, "birth_estimated": True}
        (boy,) = register_people(work, [Registration(**told(basis="vital_interest"), identity=identity, **about)])
        given = {"certified": True, "information": code_list("consent_information").values}
        given |= {"scopes": dict.fromkeys(CORE_SCOPES, True)}
        (talk,) = give_consent(work, [ConsentGiven(**told(id=mother.pk, occurred_at=hour_ago), **given)])
        give_consent(
            work,
            [ConsentGiven(**told(id=boy.pk, occurred_at=hour_ago), **given, given_by="caregiver", copied_from=talk.pk)],
        )
    return mother, boy


def test_who_is_named_on_the_page_that_asks_stays_ticked_and_goes_along_for_the_child(family, sign_in, at, answers):
    mother, boy = family
    client, where = sign_in("zinder.social"), f"/people/{mother.pk}/consent/"
    page = client.get(where).content.decode()
    offered = re.findall(r'name="not_to" value="([^"]+)"', page)
    assert str(CLINIC) in offered and str(world_id("NE")) not in offered, (
        "nobody names the office that keeps the record"
    )
    assert "Une organisation ne doit rien savoir" in unescape(page)
    last = timezone.localdate() + timedelta(days=30)
    sent = answers(
        **{field: None for field in answers() if field.startswith("scope_")},
        not_to=[str(CLINIC)], term="day", until=last.isoformat(), children=[str(boy.pk)], seen=on_page(said(at, mother)),
    )  # fmt: skip

    assert [client.post(where, sent).status_code for _ in range(2)] == [302, 302]

    for person in (mother, boy):
        assert list(said(at, person).not_to) == [CLINIC]
        assert said(at, person).expires_on == last, "the sooner end goes along as well"
    page = client.get(where).content.decode()
    ticked = re.findall(r'name="not_to" value="([^"]+)"[^>]* checked', page)
    assert ticked == [str(CLINIC)]
    shown = unescape(client.get(f"/people/{mother.pk}/").content.decode())
    assert name(CLINIC) in shown
    summary = unescape(client.get(f"/people/{mother.pk}/summary/?language=fr").content.decode())
    assert name(CLINIC) not in summary.partition('<main id="main"')[2], "a paper must not say whom they fear"
    assert re.search(r"ne doivent rien savoir de vous\s*: 1[.]", summary)

    again = answers(not_to=[], term="before", seen=on_page(said(at, mother)))
    assert client.post(where, again).status_code == 302
    assert (list(said(at, mother).not_to), list(said(at, boy).not_to)) == ([], [CLINIC])


def test_a_name_alone_is_taken_back_on_its_own_page_and_beside_everything(family, sign_in, at):
    mother, boy = family
    client, where = sign_in("zinder.social"), f"/people/{mother.pk}/withdraw/"
    empty = client.post(where, {"key": str(uuid.uuid4())})
    assert empty.status_code == 200 and 'href="#id_purposes' in empty.content.decode()
    one = {"key": str(uuid.uuid4()), "not_to": [str(CLINIC)], "children": [str(boy.pk)]}

    assert [client.post(where, one).status_code for _ in range(2)] == [302, 302]

    for person in (mother, boy):
        kept = said(at, person)
        assert (list(kept.not_to), kept.withdrawn_at, kept.scopes) == ([CLINIC], None, dict.fromkeys(CORE_SCOPES, True))
    assert name(CLINIC) in unescape(client.get(f"/people/{mother.pk}/").content.decode())
    assert not re.search(rf'name="not_to" value="{CLINIC}"', client.get(where).content.decode())

    both = {"key": str(uuid.uuid4()), "not_to": [str(MINISTRY)], "purposes": ["everything"]}
    assert client.post(where, both).status_code == 302
    assert said(at, mother).withdrawn_at is not None
    assert set(said(at, mother).not_to) == {CLINIC, MINISTRY}


def test_whoever_was_named_or_told_is_offered_also_where_nobody_else_would_be(make, at, monkeypatch):
    person = make()
    with at("zinder.social") as work:
        funder = Organisation.objects.filter(kind="donor").first()
        assert funder is not None

        def offered(consent=None):
            return set(may_be_named(work, person, consent))

        assert funder in offered(Consent(not_to=[funder.pk]))
        assert funder not in offered()
        assert not [row for row in offered() if row.kind == "office" and not row.country], "headquarters sees no record"
        monkeypatch.setattr(registry, "_receivers", [lambda work, person: [funder.name]])
        assert funder in offered()
