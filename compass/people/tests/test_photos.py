"""A photo of a person: only with their own consent, sealed, shown for a reason, destroyed at once when they do not agree."""

from __future__ import annotations

import io
import uuid
from base64 import b64decode
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from compass.people.actions import (
    ConsentGiven,
    PhotoTaken,
    Withdrawal,
    give_consent,
    keep_photos,
    withdraw_consent,
)
from compass.people.actions.merging import MergeAsked, MergeDecided, ask_merges, decide_merges
from compass.people.actions.searches import Judged, judge
from compass.people.models import Person, PersonPhoto
from compass.people.photos import picture
from compass.people.tests.conftest import SEVEN
from compass.problems import ConsentMissing
from compass.trail.models import Entry
from compass.ui.uploads import Attachment

pytestmark = pytest.mark.django_db
CANARY = b"WhereTheShelterIs"


def face(side=1600):
    """A JPEG that says in its metadata where it was taken."""
    kept, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = CANARY.decode()
    Image.new("RGB", (side, side), (90, 60, 40)).save(kept, "JPEG", exif=exif)
    return kept.getvalue()


@pytest.fixture
def agree(at, told):
    """`agree(person, photo_audio=True)`: the newest answers; returns the consent."""

    def run(person, given_by="individual", child_agrees=None, **scopes):
        with at("zinder.social") as work:
            said = ConsentGiven(
                **told(id=person.pk), certified=True, information=SEVEN, given_by=given_by, child_agrees=child_agrees,
                scopes={"data_processing": True, "case_management_services": True, **scopes},
            )  # fmt: skip
            return give_consent(work, [said])[0]

    return run


@pytest.fixture
def take(at, told):
    def run(person, basis="consent"):
        with at("zinder.social") as work:
            said = PhotoTaken(**told(basis=basis, id=person.pk), picture=Attachment(face(40), "image/jpeg", ""))
            return keep_photos(work, [said])[0]

    return run


def again(at, row):
    with at("zinder.social"):
        return PersonPhoto.objects.get(pk=row.pk)


def url(person):
    return f"/people/{person.pk}/photo/"


def test_it_is_sealed_made_smaller_without_its_place_and_shown_only_for_a_reason(make, agree, sign_in, at):
    person = make()
    agree(person, photo_audio=True)
    client = sign_in("zinder.social")
    original = face()
    sent = {"key": str(uuid.uuid4()), "photo": SimpleUploadedFile("Talatu at the shelter.jpg", original, "image/jpeg")}

    saved = client.post(url(person), sent)
    closed = client.get(url(person)).content.decode()
    opened = client.post(url(person), {"reveal": "1", "reason": "present"})
    listed = client.get("/cases/").content.decode() + client.get(f"/people/{person.pk}/").content.decode()

    assert saved.status_code == 302 and CANARY in original, "the control"
    assert "data:image" not in closed + listed and "perd" in unescape(closed)
    inside = b64decode(opened.content.decode().split("data:image/jpeg;base64,")[1].split('"')[0])
    assert CANARY not in inside and max(Image.open(io.BytesIO(inside)).size) == 1200
    assert "no-store" in opened["Cache-Control"]
    with at("zinder.social"):
        row = PersonPhoto.objects.get(person=person)
        assert inside[:200] not in bytes(row.photo_sealed) and len(bytes(row.photo_sealed)) >= len(inside)
    with at("geneva.protection") as work:
        noted = "".join(work.allowed("trail.view", Entry).values_list("body", flat=True))
    assert "people.photo_shown" in noted and "people.reveal" in noted
    assert sign_in("edo.reception").get(url(person)).status_code == 404


def test_without_its_own_consent_there_is_none_whatever_the_basis(make, agree, take, sign_in, at):
    person = make()
    for scopes in (None, {}, {"photo_audio": False}):
        if scopes is not None:
            agree(person, **scopes)
        for basis in ("consent", "vital_interest", "legal_duty"):
            with pytest.raises(ConsentMissing):
                take(person, basis)
    page = sign_in("zinder.social").get(url(person)).content.decode()
    agree(person, photo_audio=True)
    with pytest.raises(ConsentMissing):
        take(person, "vital_interest")

    assert take(person).pk and 'type="file"' not in page
    with at("zinder.social"):
        assert PersonPhoto.objects.count() == 1, "the control"


def test_a_child_is_asked_by_the_step_it_is_on(make, agree, take, at):
    child = make(age=13)
    agree(child, "guardian", False, photo_audio=True)
    with pytest.raises(ConsentMissing):
        take(child)
    agree(child, "guardian", True, photo_audio=True)
    kept = take(child)
    with at("zinder.social"):
        Person.objects.filter(pk=child.pk).update(age_band="15-17")

    with pytest.raises(ConsentMissing):
        take(child)
    agree(child, "individual", photo_audio=True)
    assert take(child).pk != kept.pk


@pytest.mark.parametrize("how", ["whole", "part", "answer"])
def test_taking_that_consent_back_destroys_it_at_once_and_keeps_that_there_was_one(
    make, agree, take, at, told, sign_in, how
):
    person, other = make(), make()
    given = agree(person, photo_audio=True)
    agree(other, photo_audio=True)
    row, control = take(person), take(other)

    if how == "answer":
        agree(person, photo_audio=False)
    else:
        with at("zinder.cases") as work:
            scopes = ("photo_audio",) if how == "part" else ()
            withdraw_consent(work, [Withdrawal(**told(id=given.pk), scopes=scopes)])

    gone = again(at, row)
    assert bytes(gone.photo_sealed) == b"" and gone.removal == "consent"
    assert gone.removed_at <= timezone.now() and gone.removed_by is not None
    assert bytes(again(at, control).photo_sealed), "the control"
    with at("zinder.social") as work:
        work.keys.load([other.pk])
        assert picture(work, PersonPhoto.objects.get(pk=control.pk)) == face(40)
    page = unescape(sign_in("zinder.social").get(url(person)).content.decode())
    assert "Détruite" in page and 'type="file"' not in page


def test_other_answers_taken_back_leave_it_and_another_takes_its_place(make, agree, take, at, told, sign_in):
    person = make()
    given = agree(person, photo_audio=True, share_authorities=True)
    first = take(person)
    with at("zinder.social") as work:
        withdraw_consent(work, [Withdrawal(**told(id=given.pk), scopes=("share_authorities",))])
    assert bytes(again(at, first).photo_sealed)

    second = take(person)
    client = sign_in("zinder.social")
    sent = {"key": str(uuid.uuid4()), "version": "1", "why": "wish"}
    assert client.get(f"{url(person)}remove/").status_code == 200
    last = client.post(f"{url(person)}remove/", sent)
    assert last.status_code == 302, last.context["form"].problem

    assert [(again(at, row).removal, bytes(again(at, row).photo_sealed)) for row in (first, second)] == [
        ("replaced", b""), ("wish", b""),
    ]  # fmt: skip


def test_a_no_under_either_record_ends_the_photo_of_both(make, agree, take, at, told):
    kept, absorbed = make(), make()
    agree(kept, photo_audio=True)
    row = take(kept)
    agree(absorbed, photo_audio=False)

    def run(username, action, command, **envelope):
        with at(username) as work:
            return action(work, [command(**told(basis="vital_interest", **envelope))])[0]

    run("zinder.cases", judge, lambda **e: Judged(**e, other_id=absorbed.pk, same=True), id=kept.pk)
    merge = run("zinder.cases", ask_merges, lambda **e: MergeAsked(**e, absorbed_id=absorbed.pk), id=kept.pk)
    assert bytes(again(at, row).photo_sealed), "the control"
    run("zinder.supervisor", decide_merges, lambda **e: MergeDecided(**e, agrees=True), id=merge.pk, version=1)

    assert (again(at, row).removal, bytes(again(at, row).photo_sealed)) == ("consent", b"")
