"""An operation's root key in the hands of three custodians: made, asked for, lost, and nowhere on the machine."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from compass.config import terminal
from compass.config.tests.custody_steps import (
    Operation,
    Typist,
    family,
    in_files,
    in_processes,
    inside,
    key_of,
    operation,
    secrets_of,
    session_of,
)


@pytest.fixture(scope="module")
def office() -> Iterator[Operation]:
    with operation() as made:
        yield made


def elsewhere(folder: Path) -> dict[str, str]:
    """A new installation: no key noted, no database."""
    return {"COMPASS_CUSTODIANS_FILE": str(folder / "custodians.json"), "COMPASS_DATABASE_URL": "postgresql:///none"}


def shown_on(screen: str) -> str:
    """The numbered words of one screen, in their order."""
    return " ".join(word for _, word in sorted((int(n), word) for n, word in re.findall(r"(\d+)  ([a-z]+)", screen)))


def misspelt(sheet: str) -> str:
    words = sheet.split()
    return " ".join([*words[:4], "qqqqqq", *words[5:]])


def another_key() -> list[str]:
    from compass.vault import shares
    from compass.vault.crypto import new_key

    return shares.split(new_key())


# Made


def test_the_machine_keeps_a_number_and_a_check_value_and_nothing_else(office):
    kept = (office.folder / "custodians.json").read_text()

    assert re.fullmatch(r'\{"keys":\[\{"number":1,"check":"[0-9a-f]{32}"\}\]\}', re.sub(r"\s", "", kept))
    assert in_files(office.folder, secrets_of(office.sheets)) == set()


@pytest.mark.parametrize("form", ["key", "words"])
def test_a_key_or_words_on_the_disk_would_be_found(office, form):
    path = office.folder / "careless"
    path.write_bytes(key_of(office.sheets) if form == "key" else office.sheets[2].encode())

    found = in_files(office.folder, secrets_of(office.sheets))
    path.unlink()

    assert found == {"careless"}


def test_each_custodian_sees_only_their_own_words_and_none_stay_on_the_screen(tmp_path, office):
    typist = Typist("keys", "create", env=office.env(**elsewhere(tmp_path)))
    sheets = [typist.sheet() for _ in range(3)]

    assert typist.end() == 0
    screens = [shown_on(screen) for screen in typist.seen.split(terminal.CLEAR)]
    assert [screen for screen in screens if screen] == sheets
    assert screens[-1] == ""


def test_whoever_wrote_a_word_wrong_sees_the_words_again(tmp_path, office):
    typist = Typist("keys", "create", env=office.env(**elsewhere(tmp_path)))
    typist.expect(r"when ready\.")
    typist.type()
    typist.expect(r"cleared\.")
    typist.type()
    typist.expect(r"Word \d+:")
    typist.type("wrong")
    typist.expect(r"shown once more")
    typist.kill()

    assert not (tmp_path / "custodians.json").exists()


def test_a_second_key_is_not_made_beside_the_first(office):
    code, said = office.plain("keys", "create")

    assert code == 1
    assert "rotate-keys" in said


def test_words_are_not_shown_away_from_a_terminal(tmp_path, office):
    code, said = office.plain("keys", "create", **elsewhere(tmp_path))

    assert code == 1
    assert "at a terminal only" in said
    assert not (tmp_path / "custodians.json").exists()


# Asked for


@pytest.mark.parametrize("pair", [(0, 1), (2, 0), (1, 2)])
def test_any_two_custodians_open_the_key(office, pair):
    code, said = office.run("keys", "try", words=[office.sheets[place] for place in pair])

    assert (code, "open key 1" in said) == (0, True)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda sheets: [misspelt(sheets[0]), sheets[1]], "Word 5 is not one of the words"),
        (lambda sheets: [sheets[0], sheets[0]], "the same custodian again"),
        (lambda sheets: [sheets[0], another_key()[1]], "were not made together"),
        (lambda sheets: another_key()[:2], "not the key of this installation"),
        (lambda sheets: [sheets[0], " ".join(sheets[1].split()[:-1])], "These are 32 words; a custodian has 33"),
        (lambda sheets: [sheets[0]], "two lines"),
        (lambda sheets: [], "two lines"),
    ],
)
def test_wrong_words_open_nothing_and_are_not_repeated(office, spoil, sentence):
    nothing_opens(office, spoil(office.sheets), sentence, "keys", "try")


@pytest.mark.parametrize("args", [("serve", "--port", "1"), ("worker",)], ids=["serve", "worker"])
def test_with_wrong_words_nothing_starts(office, args):
    nothing_opens(office, [misspelt(office.sheets[0]), office.sheets[1]], "Word 5 is not one of the words", *args)


def nothing_opens(office: Operation, words: list[str], sentence: str, *args: str) -> None:
    before = office.log.stat().st_size if office.log.exists() else 0
    child = office.start(*args, words=words)
    out, err = child.communicate(timeout=60)
    said = (err or b"").decode() or office.log.read_bytes()[before:].decode()

    assert child.returncode == 1
    assert sentence in said
    assert "Traceback" not in said
    assert not [pair for sheet in words for pair in pairwise(sheet.split()) if " ".join(pair) in said]
    assert "qqqqqq" not in said


@pytest.mark.parametrize(
    ("language", "sentence"), [("fr_FR.UTF-8", "Le mot 5"), ("ar_NE.UTF-8", "الكلمة رقم 5")], ids=["fr", "ar"]
)
def test_the_operator_is_told_in_the_language_of_the_terminal(office, language, sentence):
    code, said = office.run("keys", "try", words=[misspelt(office.sheets[0]), office.sheets[1]], LC_ALL=language)

    assert code == 1
    assert sentence in said


def test_at_a_terminal_nothing_typed_is_shown_and_a_mistake_may_be_mended(office):
    typist = Typist("keys", "try", env=office.env())
    typist.expect("first custodian:")
    typist.type(misspelt(office.sheets[2]))
    typist.expect("Word 5 is not one")
    typist.expect("first custodian:")
    typist.type(office.sheets[2])
    typist.expect("second custodian:")
    typist.type(office.sheets[2])
    typist.expect("the same custodian again")
    typist.expect("second custodian:")
    typist.type(" ".join(word[:4] for word in office.sheets[0].split()))

    assert typist.end() == 0
    assert "open key 1" in typist.seen
    assert not [pair for sheet in office.sheets for pair in pairwise(sheet.split()) if " ".join(pair) in typist.seen]
    assert "qqqqqq" not in typist.seen


def test_new_words_for_a_custodian_who_left_open_the_same_key_and_do_not_mix_with_the_old(office):
    typist = Typist("keys", "escrow", env=office.env())
    typist.expect("first custodian:")
    typist.type(office.sheets[0])
    typist.expect("second custodian:")
    typist.type(office.sheets[1])
    sheets = [typist.sheet() for _ in range(3)]

    assert typist.end() == 0
    assert "Two earlier sheets together still open the same key" in " ".join(typist.seen.split())
    assert office.run("keys", "try", words=sheets[1:])[0] == 0
    assert office.run("keys", "try", words=office.sheets[1:])[0] == 0
    assert "were not made together" in office.run("keys", "try", words=[sheets[0], office.sheets[1]])[1]


# Used


def test_the_served_processes_hold_the_key_and_show_it_nowhere(office, settings, django_db_blocker, tmp_path):
    with django_db_blocker.unblock(), inside(office, settings):
        from compass.access.models import User
        from compass.access.staff import name_of

        cookie = session_of("zinder.social")
        name = name_of(User.objects.get(username="zinder.social"))
    web = office.serve(office.sheets[1:])
    worker = office.start("worker", words=office.sheets[:2])
    office.children.append(worker)
    time.sleep(3)
    careless = subprocess.Popen(["/bin/sleep", "60"], env={"WORDS": office.sheets[0]})
    try:
        status, page = office.ask("/arrivals/", cookie)

        processes = [*family(web.pid), *family(worker.pid)]
        assert len(processes) >= 4
        assert worker.poll() is None
        assert (status, name in page) == (200, True)
        assert in_processes(processes, secrets_of(office.sheets)) == set()
        assert in_processes([careless.pid], secrets_of(office.sheets)) == {f"/proc/{careless.pid}/environ"}
        assert in_files(office.folder, secrets_of(office.sheets)) == set()
    finally:
        careless.kill()
        careless.wait()
        office.stop()


def test_no_core_dump_and_no_look_by_others_of_the_same_user(office):
    web = office.serve(office.sheets[:2], workers=1)
    try:
        for pid in family(web.pid):
            limits = Path(f"/proc/{pid}/limits").read_text()
            assert re.search(r"Max core file size\s+0\s+0", limits)
        if os.geteuid() == 0:
            nobody = subprocess.run(
                ["/bin/ls", f"/proc/{web.pid}/fd"], user="nobody", group="nogroup", capture_output=True, check=False
            )
            assert nobody.returncode
    finally:
        office.stop()


def test_outside_a_demonstration_a_file_is_refused(office, tmp_path):
    path = tmp_path / "root.key"
    path.write_bytes(os.urandom(32))
    path.chmod(0o400)
    for command in ("serve", "worker", "check"):
        code, said = office.plain(command, COMPASS_ROOT_KEY_FILE=str(path))
        assert (code, "The root key is a file" in said) == (1, True), command


def test_without_a_terminal_and_without_words_nothing_starts(office):
    code, said = office.plain("serve", "--port", "1")

    assert code == 1
    assert "--words-fd" in said


def test_what_is_sealed_is_compared_with_the_trail_where_two_custodians_open_it(office):
    code, said = office.plain("verify-trail", kind="owner")
    assert (code, "The trail is right" in said, "was not compared" in said) == (0, True, True), said
    code, said = office.run("verify-trail", words=office.sheets[:2], kind="owner")
    assert (code, "The trail is right" in said, "was not compared" in said) == (0, True, False), said
    code, said = office.run("verify-trail", words=another_key()[:2], kind="owner")
    assert (code, "The trail is right" in said) == (2, False), said


def test_a_token_and_its_pin_open_in_the_place_of_two_custodians(office, settings, django_db_blocker, soft_token):
    with django_db_blocker.unblock(), inside(office, settings):
        cookie = session_of("zinder.social")
    try:
        code, said = office.run("keys", "token", words=office.sheets[:2], pin=soft_token.pin, **soft_token.env)
        assert (code, "open key 1 too" in said) == (0, True), said
        office.serve(pin=soft_token.pin, **soft_token.env)
        assert office.ask("/arrivals/", cookie)[0] == 200
        office.stop()

        code, said = office.run("worker", pin="000000", **soft_token.env)
        assert (code, "did not take this PIN" in said) == (1, True), said
        # The disk without the token, and the token of another installation.
        away = soft_token.env | {"COMPASS_PKCS11_TOKEN": "another"}
        code, said = office.run("worker", pin=soft_token.pin, **away)
        assert (code, "cannot be reached (NoSuchToken)" in said) == (1, True), said
        assert in_files(office.folder, secrets_of(office.sheets)) == set()
        assert office.run("keys", "token", "--forget", pin=soft_token.pin, **soft_token.env)[0] == 0
        code, said = office.run("worker", pin=soft_token.pin, **soft_token.env)
        assert (code, "--words-fd" in said) == (1, True), said
    finally:
        office.stop()
        (office.folder / "token.json").unlink(missing_ok=True)


# Drills


@pytest.fixture(scope="module")
def copied(office: Operation, django_db_blocker: Any) -> Iterator[Path]:
    """A copy of the data folder, in which one person is written down."""
    from django.conf import settings

    from compass.access.actor import Actor
    from compass.access.models import User
    from compass.access.work import unit_of_work
    from compass.config.tests.access_world import told
    from compass.people.actions import Registration, register_people

    with django_db_blocker.unblock(), inside(office, settings):
        social = Actor.of(User.objects.get(username="zinder.social"))
        with unit_of_work(social, "test") as work:
            register_people(work, [Registration(**told(basis="vital_interest"), identity={"given": "Ese"})])
    folder = Path(f"{office.folder}-stolen")
    office.copy_to(folder)
    yield folder
    shutil.rmtree(folder)


def drilled(office: Operation, step: str, folder: Path, words: list[str], **more: str) -> tuple[int, str, str]:
    """The exit code of a drill, what it said and the report that it left."""
    report = Path(tempfile.mkdtemp()) / "report"
    code, said = office.run("drill", step, str(folder), "--report", str(report), words=words, kind="owner", **more)
    kept = report.read_text() if report.exists() else ""
    shutil.rmtree(report.parent)
    return code, said, kept


def test_a_stolen_machine_of_custodians_opens_nothing(office, copied):
    """A key file beside it, packed or not, and a sheet in two files, are found: the positive controls."""
    code, said, report = drilled(office, "stolen-machine", copied, office.sheets[1:])
    assert (code, "what lies on the disk opens none of" in said) == (0, True), said
    assert "with two custodians one person’s record opens" in report
    assert "The drill succeeded." in report and f"{datetime.now(UTC):%Y-%m-%d}" in report
    assert not any(word in report for sheet in office.sheets for word in [" ".join(sheet.split()[:4])])

    careless = {
        "secrets/root.key": key_of(office.sheets),
        "notes.gz": gzip.compress(b"root = " + key_of(office.sheets).hex().encode()),
        "one.txt": f"1 {office.sheets[0]}".encode(),
        "two.txt": office.sheets[1].encode(),
    }
    for name, content in careless.items():
        (copied / name).write_bytes(content)
    code, said, report = drilled(office, "stolen-machine", copied, office.sheets[1:])
    for name in careless:
        (copied / name).unlink()
    assert code == 1
    (line,) = [line for line in report.splitlines() if "a key lies on the disk and opens it" in line]
    assert line.startswith("WRONG") and all(name in line for name in careless), report
    (line,) = [line for line in report.splitlines() if "a key or words of a custodian lie in" in line]
    assert line.startswith("WRONG") and all(name in line for name in careless if name != "one.txt"), report
    assert "The drill failed." in said


def test_with_one_custodian_lost_the_others_open_and_with_two_lost_nothing_does(office, copied):
    code, said, report = drilled(office, "lost-key", copied, [office.sheets[0], office.sheets[2]])
    assert code == 0, said
    assert "one custodian lost: the other two open one person’s record" in report
    assert report.count("alone open nothing") == 2

    (copied / "token.json").write_text("{}")
    code, said, report = drilled(office, "lost-key", copied, another_key()[:2], LC_ALL="fr_FR.UTF-8")
    (copied / "token.json").unlink()
    assert code == 1
    assert "FAUX: un dépositaire perdu\u00a0: clés que les deux autres ouvrent\u00a0: 0 sur" in report
    assert "token.json" in report


def test_a_drill_is_not_held_on_the_live_folder(office, copied):
    own = drilled(office, "stolen-machine", office.folder, office.sheets[:2])
    used = drilled(office, "lost-key", office.folder, office.sheets[:2], COMPASS_DATA=str(copied))

    assert (own[0], "the data folder of this installation" in own[1], own[2]) == (2, True, "")
    assert (used[0], "A server runs in that folder" in used[1], used[2]) == (2, True, "")


def test_migrating_again_asks_nobody(office):
    assert office.plain("migrate", "-v", "0", kind="owner") == (0, "")


def test_a_database_that_knows_another_key_is_not_prepared_with_this_one(office, settings, django_db_blocker):
    from compass.problems import WordsOfAnotherKey
    from compass.vault import custody
    from compass.vault.crypto import new_key
    from compass.vault.root import HeldKey

    with django_db_blocker.unblock(), inside(office, settings), pytest.raises(WordsOfAnotherKey):
        custody.register(1, HeldKey(new_key()))


def test_public_data_is_loaded_without_custodians(office):
    """Nothing about a person is opened for that."""
    code, said = office.plain("load-public", "--as", "geneva.results")

    assert (code, "rejected" in said) == (0, True)


def test_a_served_process_ends_with_its_signal(office):
    web = office.serve(office.sheets[:2], workers=1)
    web.send_signal(signal.SIGTERM)

    assert web.wait(20) == 0
    office.children.clear()
