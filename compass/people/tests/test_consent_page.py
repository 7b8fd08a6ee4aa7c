from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.utils.html import escape

from compass.people.actions import ConsentGiven, give_consent
from compass.people.content.consent import SCOPES, notice
from compass.people.models import Consent, Person
from compass.people.queries import allowances, consent_of
from compass.problems import StandardNotMet
from compass.vocabulary import code_list
from compass.vocabulary.retention import later

pytestmark = pytest.mark.django_db


def url(person, query=""):
    return f"/people/{person.pk}/consent/{query}"


def consents(at, person):
    with at("zinder.social"):
        return list(Consent.objects.filter(person=person))


def test_it_works(make, sign_in, answers, at):
    person = make()
    client = sign_in("zinder.social")

    response = client.post(url(person, "?intake"), answers(scope_share_authorities="no"))

    assert response.status_code == 302, response.content.decode()
    assert response["Location"] == f"/people/{person.pk}/identity/?intake"
    (given,) = consents(at, person)
    assert (given.language, given.scopes["data_processing"], given.scopes["share_authorities"]) == ("ha", True, False)
    assert "share_family" not in given.scopes
    assert b"Zouera" not in bytes(given.detail_sealed)
    with at("zinder.social"):
        assert Person.objects.get(pk=person.pk).consent_due_at is None


def test_nothing_is_chosen_beforehand_and_voices_say_what_they_are(make, sign_in):
    page = sign_in("zinder.social").get(url(make())).content.decode()

    assert re.findall(r'<input[^>]* name="(\w+)"[^>]* checked', page) == ["term"]
    assert page.count("<audio") >= 24
    assert "voices/ha/who_we_are.ogg" in page


def test_a_missing_item_is_refused_in_words_and_keeps_what_was_typed(make, sign_in, answers, at):
    person = make()

    page = sign_in("zinder.social").post(url(person), answers(information=["purpose_told"])).content.decode()

    assert "CM-02" in page
    assert 'value="Zouera"' in page
    assert consents(at, person) == []


def test_all_that_is_missing_is_said_at_once_before_anything_else(make, sign_in, answers, at):
    person = make()
    told = answers(information=None, certified=None, interpreter="", scope_duplicate_check=None)

    page = sign_in("zinder.social").post(url(person), told).content.decode()
    panel = page.partition('<main id="main"')[2].partition("<h1>")[0]

    assert "data-errors" in panel
    for name in ("information", "certified", "interpreter", "scope_duplicate_check"):
        assert f'href="#id_{name}' in panel, name
    assert re.findall(r'class="std">([^<]+)<', panel) == ["CM-02", "CM-03"]
    assert consents(at, person) == []


def test_another_language_keeps_what_was_answered(make, sign_in, answers, at):
    person = make(age=9)
    client = sign_in("zinder.social")
    told = answers(given_by="other", adult="Aunt", child_agrees="no", scope_share_family="no")

    page = client.post(url(person), {**told, "language": "ha", "talk": "ar", "show": "1"}).content.decode()

    assert consents(at, person) == []
    assert "data-errors" not in page
    assert told["key"] in page
    assert 'name="language" value="ar"' in page
    assert {'value="Zouera"', 'value="Aunt"'} <= set(re.findall(r'value="[^"]*"', page))
    chosen = re.findall(r'<input[^>]*name="(\w+)"[^>]* checked', page)
    assert chosen.count("information") == 7
    assert {"certified", "mode", "given_by", "child_agrees", "scope_share_family"} <= set(chosen)
    assert client.post(url(person), {**told, "language": "ar"}).status_code == 302
    assert [given.language for given in consents(at, person)] == ["ar"]


def test_enter_in_a_field_saves_and_does_not_change_the_language(make, sign_in):
    page = sign_in("zinder.social").get(url(make(), "?intake")).content.decode().partition('<main id="main"')[2]

    outside, form = page.partition('<form method="post" class="stack" id="ask"')[::2]
    buttons = re.findall(r'<button[^>]*form="ask"[^>]*>', outside) + re.findall("<button[^>]*>", form)

    assert "name=" not in buttons[0]
    assert [re.search(r'name="(\w+)"', each)[1] for each in buttons if "name=" in each] == ["show", "later"]


def test_only_the_talk_is_open_at_first_then_what_needs_another_look(make, sign_in, answers):
    client, where = sign_in("zinder.social"), url(make(age=9))
    child = answers(given_by="caregiver", child_agrees=None)

    def open_parts(page):
        return [int(number) for number in re.findall(r'part" open><summary>(?:<span id="asked">)?(\d)', page)]

    assert open_parts(client.get(where).content.decode()) == [1]
    assert open_parts(client.post(where, child).content.decode()) == [3]
    assert open_parts(client.post(where, answers(scope_data_processing=None)).content.decode()) == [3, 4]


def test_the_worker_reads_what_is_said_to_the_child(make, sign_in):
    page = sign_in("zinder.social").get(url(make(age=9))).content.decode()

    said = page.partition('aria-labelledby="child"')[2].partition("</section>")[0]

    heard, own = (notice(code).for_child(9) for code in ("ha", "fr"))
    for sentence, meaning in zip([*heard.sentences, heard.question], [*own.sentences, own.question], strict=True):
        pair = f'lang="ha" dir="ltr">{escape(sentence)}</p><p class="hint">{escape(meaning)}</p>'
        assert pair in said


def test_each_sentence_stands_above_what_it_says_in_the_workers_language(make, sign_in):
    """The person's language first and large, the worker's below it; nothing of it is folded away."""
    page = sign_in("zinder.social").get(url(make())).content.decode()

    heard, own = notice("ha"), notice("fr")
    for section in heard.sections:
        for sentence, meaning in zip(section.sentences, own.section(section.code).sentences, strict=True):
            assert (
                f'<p class="lead-in" lang="ha" dir="ltr">{escape(sentence)}</p><p class="hint">{escape(meaning)}'
                in page
            )
    for scope in SCOPES:
        assert page.index(escape(heard.question(scope).if_no)) < page.index(escape(own.question(scope).question))


def test_a_talk_in_the_workers_language_says_everything_once(make, sign_in):
    page = sign_in("zinder.social").get(url(make(languages=("fr",)))).content.decode()

    assert page.count(escape(notice("fr").section("take_back").sentences[0])) == 1


def test_the_summary_read_aloud_is_understood_by_who_reads_it(make, sign_in):
    client, where = sign_in("zinder.social"), f"/people/{make().pk}/summary/"
    heard, own = (notice(code).section("take_back").sentences[0] for code in ("ha", "fr"))

    both = client.get(where).content.decode()
    one = client.get(f"{where}?language=fr").content.decode()

    assert both.index(escape(heard)) < both.index(escape(own))
    assert one.count(escape(own)) == 1 and escape(heard) not in one


def test_what_is_needed_is_never_called_optional(make, sign_in, answers):
    person = make(age=9)
    client = sign_in("zinder.social")

    part = client.get(url(person)).content.decode().partition('id="asked"')[0]

    assert not re.search(r"[(](optional|facultatif)[)]", part)
    assert not re.search(r'<input[^>]*name="(interpreter|adult)"[^>]* required', part)
    alone = answers(interpreter_mode="not_needed", interpreter="", given_by="caregiver", child_agrees="yes")
    assert client.post(url(person), alone).status_code == 302


def test_spoken_consent_without_the_workers_word_is_refused(make, sign_in, answers, at):
    person = make()

    page = sign_in("zinder.social").post(url(person), answers(certified=None)).content.decode()

    assert "CM-03" in page
    assert consents(at, person) == []


def test_of_a_sheet_or_a_recording_it_is_said_where_it_is_kept(make, sign_in, answers, at, told):
    person, where = make(), "Armoire fermée, classeur 12, feuille 8"
    client = sign_in("zinder.social")
    for mode in ("written", "audio_recorded", "video_recorded"):
        page = client.post(url(person), answers(mode=mode, evidence="")).content.decode()
        assert "CM-03" in page and 'href="#id_evidence' in page, mode
    with at("zinder.social") as work, pytest.raises(StandardNotMet, match="CM-03"):
        seven = code_list("consent_information").values
        said = ConsentGiven(
            **told(id=person.pk),
            mode="written",
            certified=True,
            information=tuple(seven),
            scopes={"data_processing": True},
        )
        give_consent(work, [said])
    assert consents(at, person) == []

    assert client.post(url(person), answers(mode="written", certified=None, evidence=where)).status_code == 302

    (given,) = consents(at, person)
    assert where.encode() not in bytes(given.detail_sealed)
    page = f"/people/{person.pk}/"
    assert where not in client.get(page).content.decode()
    assert where in client.post(page, {"reason": "contact"}).content.decode()


def test_each_first_question_needs_an_answer(make, sign_in, answers, at):
    person = make()

    response = sign_in("zinder.social").post(url(person), answers(scope_duplicate_check=None))

    assert response.status_code == 200
    assert consents(at, person) == []


def test_a_child_of_five_needs_an_adult(make, sign_in, answers, at):
    person = make(age=5)
    client = sign_in("zinder.social")

    refused = client.post(url(person), answers(given_by="individual"))
    taken = client.post(url(person), answers(given_by="caregiver"))

    assert refused.status_code == 200
    assert taken.status_code == 302
    assert [c.ladder for c in consents(at, person)] == ["0-5"]


def test_a_child_of_nine_is_asked_too_and_a_no_outweighs_the_adult(make, sign_in, answers, at):
    person = make(age=9)
    client = sign_in("zinder.social")

    unasked = client.post(url(person), answers(given_by="other", adult="Aunt"))
    asked = client.post(url(person), answers(given_by="other", adult="Aunt", child_agrees="no"))
    said = client.get(asked["Location"]).content.decode()

    assert unasked.status_code == 200
    assert asked.status_code == 302
    assert "L’enfant a dit non" in said and "Les réponses sont enregistrées" not in said
    with at("zinder.social"):
        reasons = {row.scope: row.answer.reason for row in allowances(consent_of(person.pk))}
    assert set(reasons.values()) == {"child_refused"}


def test_sent_twice_counts_once(make, sign_in, answers, at):
    person = make()
    client = sign_in("zinder.social")
    data = answers()

    for _ in range(2):
        assert client.post(url(person), data).status_code == 302

    assert len(consents(at, person)) == 1


def test_not_now_leaves_the_hours_running(make, sign_in, at):
    person = make()

    response = sign_in("zinder.social").post(url(person, "?intake"), {"later": "1"})

    assert response["Location"].endswith("/identity/?intake")
    with at("zinder.social"):
        assert Person.objects.get(pk=person.pk).consent_due_at is not None


def test_no_to_keeping_details_skips_names(make, sign_in, answers):
    person = make()
    client = sign_in("zinder.social")

    response = client.post(url(person, "?intake"), answers(scope_data_processing="no"))
    page = client.get(f"/people/{person.pk}/identity/").content.decode()

    assert response["Location"].endswith("/household/?intake")
    assert 'name="given"' not in page


def test_a_standard_is_said_in_words_before_its_code(make, at, told):
    person = make()

    with at("zinder.social") as work, pytest.raises(StandardNotMet) as refused:
        give_consent(work, [ConsentGiven(**told(basis="consent", id=person.pk), certified=True)])

    said = str(refused.value.details["standards"])
    assert said.endswith("(CM-02)") and not said.startswith("CM-")


@pytest.mark.parametrize("username", ["edo.reception", "zinder.clinic"])
def test_others_are_told_there_is_no_such_person(make, sign_in, username):
    person = make()
    client = sign_in(username)

    for name in ("", "consent/", "identity/", "contact/", "household/", "withdraw/", "summary/", "summary/fr.pdf"):
        response = client.get(f"/people/{person.pk}/{name}")
        assert response.status_code in ((404,) if username == "edo.reception" else (403, 404)), name
        assert person.code not in response.content.decode()


def test_a_machine_that_cannot_read_hausa_informs_nobody(make, sign_in, answers, at):
    person = make()

    response = sign_in("zinder.social").post(url(person), answers(interpreter_mode="recorded_voice"))

    assert response.status_code == 200
    assert consents(at, person) == []


def test_a_language_without_a_text_is_said_and_somebody_must_have_spoken_it(make, sign_in, answers, at):
    client = sign_in("zinder.social")
    zarma, both, hausa, bambara = (make(languages=spoken) for spoken in (("dje",), ("dje", "fr"), ("ha",), ("bm",)))
    page = {person: unescape(client.get(url(person)).content.decode()) for person in (zarma, both, hausa, bambara)}

    assert "Aucun texte dans une langue de cette personne : Zarma" in page[zarma].replace("\xa0", " ")
    assert "Il faut un interprète" in page[zarma] and "(langue du texte : Français)" in page[zarma].replace("\xa0", " ")
    assert "Aucun texte dans la première langue de cette personne" in page[both] and "Il faut un" not in page[both]
    assert all("Aucun texte" not in page[person] for person in (hausa, bambara))
    assert "voices/bm/who_we_are.ogg" in page[bambara] and 'lang="bm" dir="ltr">Aw ni sen.' in page[bambara]
    assert "Aucune de ses 28 parties" in page[bambara] and "Aucune de ses" not in page[zarma]

    other = client.post(url(hausa), {**answers(), "talk": "fr", "show": "1"}).content.decode()
    assert "Il existe dans une de ses langues" in unescape(other)
    for silent in ("not_needed", "recorded_voice"):
        refused = client.post(url(zarma), answers(interpreter_mode=silent)).content.decode()
        assert "choisissez qui le lui a dit" in refused and consents(at, zarma) == []
    assert client.send(url(both), answers(interpreter_mode="not_needed", interpreter="")).status_code == 302
    assert client.send(url(zarma), answers()).status_code == 302
    assert client.send(url(bambara), answers()).status_code == 302
    assert [(row.language, row.interpreter_mode) for row in consents(at, zarma)] == [("fr", "in_person")]
    assert [row.language for row in consents(at, bambara)] == ["bm"]


def test_one_more_purpose_is_asked_from_the_answers_that_stand(make, sign_in, answers, at):
    person = make()
    client = sign_in("zinder.social")
    client.post(url(person), answers(scope_share_authorities="no"))
    (before,) = consents(at, person)
    nothing = {f"scope_{scope}": None for scope in SCOPES}

    page = unescape(client.get(url(person)).content.decode())
    assert "Ce que vous ne redemandez pas" in page and "Enregistrement et utilisation de mes données: Oui" in page
    assert re.findall(r'<input[^>]* name="(\w+)"[^>]* checked', page) == ["term"]
    empty = client.send(url(person), answers(**nothing))
    one_more = client.send(url(person), answers(**{**nothing, "scope_photo_audio": "yes"}))

    assert empty.status_code == 200 and len(consents(at, person)) == 2
    assert one_more.status_code == 302
    after = max(consents(at, person), key=lambda row: row.occurred_at)
    assert after.scopes == {**before.scopes, "photo_audio": True}
    assert after.expires_on == before.expires_on, "what nobody asked again lasts no longer"


def test_after_consent_was_taken_back_every_question_is_asked_anew(make, sign_in, answers, at):
    person = make()
    client = sign_in("zinder.social")
    client.post(url(person), answers())
    client.send(f"/people/{person.pk}/withdraw/", {"key": str(uuid4()), "purposes": ["everything"]})

    refused = client.send(url(person), answers(scope_data_processing=None))

    assert refused.status_code == 200 and b'id="id_scope_data_processing_error"' in refused.content


def test_the_person_names_how_long_the_yes_holds_and_nobody_makes_it_longer_unasked(make, sign_in, answers, at):
    """A term, a day of one's own, what cannot be one; a talk about one purpose more, and a renewal."""
    client = sign_in("zinder.social")
    with at("zinder.social") as work:
        today = work.today
    for term, months in (("half", 6), ("quarter", 3)):
        person = make()
        assert client.post(url(person), answers(term=term)).status_code == 302
        assert consents(at, person)[0].expires_on == later(today, months), term
    person, named = make(), today + timedelta(days=9)
    for until in ("", today - timedelta(days=1), today + timedelta(days=366)):
        refused = client.send(url(person), answers(term="day", until=str(until)))
        assert refused.status_code == 200 and b'id="id_until_error"' in refused.content, until
    unchosen = client.send(url(person), answers(term="year", until=str(named)))
    assert unchosen.status_code == 200 and consents(at, person) == []

    saved = client.send(url(person), answers(term="day", until=str(named)))
    assert saved.status_code == 302 and consents(at, person)[0].expires_on == named
    assert "Le oui est valable jusqu’au" in unescape(client.get(f"/people/{person.pk}/").content.decode())

    nothing = {f"scope_{scope}": None for scope in SCOPES}
    page = client.get(url(person)).content.decode()
    assert 'value="before"' in page and not re.search(r"<input[^>]* checked", page)
    unasked = client.send(url(person), answers())
    assert unasked.status_code == 200 and b'id="id_term_error"' in unasked.content
    one_more = answers(**{**nothing, "scope_photo_audio": "yes"}, term="year")
    assert client.send(url(person), one_more).status_code == 302
    assert {row.expires_on for row in consents(at, person)} == {named}, "the answers that were not asked again"
    assert client.send(url(person), answers(scope_photo_audio="yes", term="before")).status_code == 302
    assert {row.expires_on for row in consents(at, person)} == {named}
    assert client.send(url(person), answers(scope_photo_audio="yes", term="year")).status_code == 302
    assert max(row.expires_on for row in consents(at, person)) == today + timedelta(days=365)
