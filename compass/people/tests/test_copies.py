"""A copy of all that is held about a person: complete, without what belongs to others, and only into their own hands."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from dataclasses import replace
from html import unescape

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils import translation

from compass.access.models import Opening
from compass.cases.actions.assessment import Assessed, assess
from compass.cases.actions.case import CaseOpening, RiskSet, open_cases, set_risk
from compass.people import held
from compass.people.actions import CopyAsked, record_copies
from compass.people.actions.copies import BY_ONE_COLLEAGUE, OF_ONE_PERSON
from compass.people.copies import gather, in_words
from compass.people.held import Column
from compass.people.locked import key_of
from compass.people.models import CopyMade
from compass.problems import CopiedTooOften
from compass.trail.models import Entry
from compass.vocabulary import code_list

pytestmark = pytest.mark.django_db
TALK = {"talk": "in_person", "checked": "known"}
IDENTITY = {"given": "Ese", "family": "Osagie", "place_of_origin": "Uromi"}
CONTACT = {
    "phone": "+227 90 12 34 56", "safe_to_call": True, "must_not_know": "Blessing the husband",
    "trusted_person": "Aunt Mercy", "safe_to_carry_paper": False,
}  # fmt: skip
OTHERS = ("Amina", "Blessing", "Mercy", "Zinder Clinic")


@pytest.fixture
def someone(at, told, make):
    """A person with a case, an assessment, two notes, and a sister in the same household."""

    def made(**contact):
        person = make(identity=IDENTITY, sex="female", contact={**CONTACT, **contact}, languages=("en",))
        make(identity={"given": "Amina"}, household_id=person.household_id, relation="sibling")
        with at("zinder.social") as work:
            (case,) = open_cases(work, [CaseOpening(**told(id=person.pk), risk_level="low")])
            set_risk(work, [RiskSet(**told(id=case.pk), level="high", reason="Amina says he follows them")])
            needs = {"safety_security": "unmet_severe"}
            assess(work, [Assessed(**told(id=case.pk), needs=needs, narrative="Left Benin in March")])
        return person

    return made


def steps(client, person, **given):
    """Both pages; the second answer."""
    page = f"/people/{person.pk}/copy/"
    first = client.send(page, TALK)
    html = unescape(first.content.decode())
    hidden = dict(re.findall(r'name="(number|talk|checked|key|version)" value="([^"]*)"', html))
    notes = {label.split(" · ")[-1].strip(): key for key, label in re.findall(NOTE, html)}
    ticked = [key for text, key in notes.items() if text in given.pop("notes", ("Left Benin in March",))]
    answer = client.post(page, {**hidden, "language": "en", "how": "screen", "words": ticked, **given})
    return html, hidden, answer


NOTE = r'name="words" value="([^"]+)"[^>]*>(?:<[^>]+>|\s)*([^<]+)'


def test_every_table_and_column_about_a_person_says_whether_a_copy_tells_it(monkeypatch):
    assert held.unsaid() == [], "say in the room's holding.py whether a copy tells it, or which kind it is left out as"

    monkeypatch.delitem(held._held, "people.Service")
    monkeypatch.setitem(
        held._held, "cases.RiskChange", held.Held("cases.RiskChange", "x", apart={"case_id": "internal"})
    )
    assert {"people.Service", "cases.RiskChange.level", "cases.RiskChange.reason_sealed"} <= set(held.unsaid())
    kinds = set(code_list("copy_withheld").values)
    assert {kind for each in held.held() for kind in each.apart.values()} | {
        k for k, _ in held._apart.values()
    } <= kinds
    lists = {
        column.codes for each in held.held() for column in each.columns().values() if isinstance(column.codes, str)
    }
    for name in lists - {"", "country", "language", "nationality", "area", "organisation"}:
        code_list(name)


def unspoken() -> set[str]:
    """Keys of sealed answers that a model's docstring names and that a copy would say by their name in the program."""
    found = set()
    for each in held.held():
        for column in each.sealed.keys() - each.read.keys():
            named = re.search(rf"\b{column}: \{{(.*?)\}}", each.table.__doc__ or "", re.S)
            said = {*each.parts.get(column, ()), *(name.partition(".")[2] for name in (*each.words, *each.apart))}
            found |= {f"{each.model}.{column}.{key}" for key in re.findall(r'"(\w+)"', named[1] if named else "")
                      if key not in said}  # fmt: skip
    return found


def test_every_sealed_answer_of_a_copy_has_a_label(monkeypatch):
    assert unspoken() == set(), (
        "label these keys in `parts` of the room's holding.py, or say there why they are left out"
    )

    numbers = held._held["people.AgencyNumber"]
    parts = {"detail_sealed": {"number": numbers.parts["detail_sealed"]["number"]}}
    monkeypatch.setitem(held._held, "people.AgencyNumber", replace(numbers, parts=parts))
    assert unspoken() == {"people.AgencyNumber.detail_sealed.issued_by"}


def test_it_tells_all_but_what_belongs_to_others(at, sign_in, someone):
    person = someone()

    review, _hidden, answer = steps(sign_in("zinder.cases"), person)

    assert "Amina says he follows them" in review and "Left Benin in March" in review
    shown = unescape(answer.content.decode())
    for words in ("Ese", "Osagie", "Uromi", "+227 90 12 34 56", "Left Benin in March", "High"):
        assert words in shown
    assert not [name for name in OTHERS if name in shown]
    assert "Notes in which somebody else is spoken of" in shown and "Names of colleagues" in shown
    with at("zinder.cases") as work:
        rows = list(
            CopyMade.objects.filter(person=person).order_by("recorded_at", "id").values_list("how", "words", "checked")
        )
        assert rows == [("read", 2, "known"), ("screen", 1, "known")]
        with translation.override("en"):
            data = json.loads(gather(work, person).as_data(work, person))
        assert [event["action"] for event in json.loads(Entry.objects.order_by("-seq")[0].body)["events"]] == [
            "people.copy"
        ]
    assert data["tables"]["people.Person"]["rows"][0]["identity_sealed"]["given"] == "Ese"
    assert data["tables"]["cases.RiskChange"]["columns"]["level"] == "Then"
    assert data["codes"]["risk_level"]["high"] and "reason_sealed" not in data["tables"]["cases.RiskChange"]["rows"][-1]
    assert {"words", "colleagues", "protect"} <= {row["kind"] for row in data["withheld"]}
    assert not [name for name in (*OTHERS, "Left Benin") if name in json.dumps(data)]


def test_a_locked_file_holds_nothing_readable_and_opens_with_its_number(sign_in, someone, chromium, tmp_path):
    _review, hidden, answer = steps(sign_in("zinder.cases"), someone(), how="file")

    assert answer["Content-Disposition"] == 'attachment; filename="document.html"'
    assert not [word for word in ("Osagie", "Uromi", "COMPASS", "zinder") if word in answer.content.decode()]
    sealed = json.loads(re.search(r'id="sealed">(.*?)</script>', answer.content.decode(), re.S)[1])
    key = key_of(hidden["number"], b64decode(sealed["salt"]))
    inside = json.loads(AESGCM(key).decrypt(b64decode(sealed["nonce"]), b64decode(sealed["sealed"]), None))
    assert json.loads(inside["data"])["format"] == "compass-copy"

    file = tmp_path / "document.html"
    file.write_bytes(answer.content)
    page = chromium.new_page(viewport={"width": 360, "height": 740})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    page.fill("input", "0000 0000 0000 0000 0000")
    page.click("button")
    page.get_by_role("alert").get_by_text("This number does not open it.").wait_for()
    page.fill("input", hidden["number"].translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")))
    page.click("button")
    page.get_by_text("Osagie").wait_for()
    assert asked == [file.as_uri()]
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as data (JSON)").click()
    assert json.loads(saved.value.path().read_text())["person"]
    page.close()


def test_paper_only_where_it_is_safe(sign_in, someone, make):
    client, safe = sign_in("zinder.cases"), someone(safe_to_carry_paper=True)

    paper = steps(client, safe, how="paper")[2]
    refused = steps(client, make(identity=IDENTITY), how="paper")[2]

    assert paper["Content-Type"] == "application/pdf" and "document.pdf" in paper["Content-Disposition"]
    assert paper.content.startswith(b"%PDF") and b"COMPASS" not in paper.content
    assert refused["Content-Type"].startswith("text/html") and b"Osagie" not in refused.content


def test_a_husband_who_asks_for_her_file_gets_none(at, told, sign_in, someone):
    person = someone()
    page = f"/people/{person.pk}/copy/"
    assert sign_in("zinder.social").get(page).status_code == 403
    assert sign_in("edo.reception").get(page).status_code in {403, 404}
    client = sign_in("zinder.cases")
    hand = {"how": "screen", "language": "en", "number": "1234 5678 9012 3456 7890"}
    nothing = [client.post(page, {"how": ""})]

    for talk in ({"talk": "not_private"}, {"talk": "own_contact"}, {"checked": "not_sure"}):
        nothing += [client.send(page, {**TALK, **talk}), client.post(page, {**hand, **TALK, **talk})]
    with at("zinder.cases") as work:
        assert not CopyMade.objects.exists()
        # Once more through the notes is counted too, and nobody carries an office off copy by copy.
        more = [told(id=person.pk, basis="legal_duty") for _turn in range(OF_ONE_PERSON - 1)]
        record_copies(work, [CopyAsked(**each, how="screen", **TALK) for each in more])
    again = client.send(page, {**hand, **TALK, "how": ""})
    assert "Left Benin" in again.content.decode()
    nothing += [client.send(page, {**hand, **TALK, "how": ""}), client.send(page, TALK)]

    for answer in nothing:
        assert b"Osagie" not in answer.content and b"Left Benin" not in answer.content
    with at("zinder.cases") as work:
        assert CopyMade.objects.filter(how="read").count() == 1
        with pytest.raises(CopiedTooOften):
            record_copies(work, [CopyAsked(**told(id=person.pk, basis="legal_duty"), how="screen", **TALK)])
    assert OF_ONE_PERSON < BY_ONE_COLLEAGUE


def test_what_is_sent_again_is_a_copy_more_and_gives_nobody_elses(at, sign_in, someone):
    """A key that was used passes no copy by those that are written down, nor by the people whose openings count."""
    hers, other = someone(), someone()
    client = sign_in("zinder.cases")
    _review, hidden, answer = steps(client, hers)
    sent = {**hidden, "language": "en", "how": "screen"}
    assert "Osagie" in answer.content.decode()

    again, elsewhere = (client.post(f"/people/{each.pk}/copy/", sent) for each in (hers, other))

    assert "Osagie" in again.content.decode() and "Osagie" in elsewhere.content.decode()
    with at("zinder.cases"):
        made = {
            each: list(CopyMade.objects.filter(person=each).values_list("how", flat=True)) for each in (hers, other)
        }
        assert sorted(made[hers]) == ["read", "screen", "screen"] and made[other] == ["screen"]
        assert Opening.objects.count() == 2


def test_a_number_that_looks_like_a_day_stands_as_it_is():
    assert in_words(Column("Number"), "2024-31-99", {}) == "2024-31-99"
    assert in_words(Column("Since when"), "2024-05-07", {}) != "2024-05-07"
    assert in_words(Column("Since when"), "2024-05", {}) == "2024-05"
