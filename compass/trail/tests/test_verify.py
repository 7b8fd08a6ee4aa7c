from __future__ import annotations

import hashlib
import json

import pytest

from compass.trail.chain import link, veil
from compass.trail.tests.conftest import register, rename
from compass.trail.verify import verify


def test_it_works(chain):
    assert chain.verify() is None
    assert chain.verify(chain.checkpoint()) is None


def test_an_empty_trail_is_right(chain):
    chain.run("DELETE FROM trail_subject")
    chain.run("DELETE FROM trail_entry")
    chain.run("UPDATE people_person SET identity_sealed = ''")
    chain.run("UPDATE trail_head SET seq = 0, hash = %s", hashlib.sha256(b"COMPASS trail").digest())

    assert chain.verify() is None


def test_an_edited_body_is_named(chain):
    chain.run('UPDATE trail_entry SET body = replace(body, \'"purpose":"test"\', \'"purpose":"best"\') WHERE seq = 4')

    assert chain.verify().seq == 4


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", "2020-01-01T00:00:00Z"),
        ("actor", "00000000-0000-7000-8000-000000000001"),
        ("organisation_id", "00000000-0000-7000-8000-000000000001"),
        ("purpose", "something.else"),
    ],
)
def test_an_edited_column_is_named(chain, column, value):
    chain.run(f"UPDATE trail_entry SET {column} = %s WHERE seq = 6", value)

    finding = chain.verify()
    assert finding.seq == 6
    assert "column" in finding.what


def test_an_edited_hash_is_named(chain):
    chain.run("UPDATE trail_entry SET hash = sha256(hash) WHERE seq = 3")

    assert chain.verify().seq == 3


def test_a_deleted_entry_is_named(chain):
    chain.run("DELETE FROM trail_subject WHERE entry_id = 5")
    chain.run("DELETE FROM trail_entry WHERE seq = 5")

    finding = chain.verify()
    assert (finding.seq, finding.what) == (5, "missing")


def test_two_entries_that_changed_places_are_named(chain):
    chain.run(
        """
        UPDATE trail_entry e SET body = o.body, at = o.at, actor = o.actor, hash = o.hash FROM trail_entry o
        WHERE (e.seq, o.seq) IN ((4, 7), (7, 4))
        """
    )

    assert chain.verify().seq == 4


def test_an_inserted_entry_is_named(chain):
    body = chain.owner.execute("SELECT body FROM trail_entry WHERE seq = 10").fetchone()[0]
    chain.run(
        "INSERT INTO trail_entry (seq, at, actor, organisation_id, purpose, body, hash)"
        " SELECT 11, at, actor, organisation_id, purpose, body, sha256(hash) FROM trail_entry WHERE seq = 10"
    )

    assert body
    assert chain.verify().seq == 11


def test_an_inserted_entry_with_the_right_arithmetic_is_named(chain):
    digest, body = chain.owner.execute("SELECT hash, body FROM trail_entry WHERE seq = 10").fetchone()
    chain.run(
        "INSERT INTO trail_entry (seq, at, actor, organisation_id, purpose, body, hash)"
        " SELECT 11, at, actor, organisation_id, purpose, body, %s FROM trail_entry WHERE seq = 10",
        link(bytes(digest), 11, body),
    )
    chain.run(
        "INSERT INTO trail_subject (subject_id, organisation_id, entry_id)"
        " SELECT subject_id, organisation_id, 11 FROM trail_subject WHERE entry_id = 10"
    )

    assert "head" in chain.verify().what


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM trail_subject WHERE entry_id = 8",
        "UPDATE trail_subject SET subject_id = gen_random_uuid() WHERE entry_id = 8",
        "UPDATE trail_subject SET organisation_id = gen_random_uuid() WHERE entry_id = 8",
        "INSERT INTO trail_subject (subject_id, entry_id) VALUES (gen_random_uuid(), 8)",
    ],
)
def test_a_changed_list_of_subjects_is_named(chain, statement):
    chain.run(statement)

    finding = chain.verify()
    assert finding.seq == 8
    assert "subjects" in finding.what


def cut(chain, after):
    chain.run("DELETE FROM trail_subject WHERE entry_id > %s", after)
    chain.run("DELETE FROM trail_entry WHERE seq > %s", after)
    chain.run("UPDATE trail_head SET (seq, hash) = (SELECT seq, hash FROM trail_entry WHERE seq = %s)", after)
    for person in chain.people[after:]:
        chain.run("DELETE FROM people_person WHERE id = %s", person)


def test_a_cut_end_is_named_when_a_checkpoint_left_the_machine(chain):
    checkpoint = chain.checkpoint()
    cut(chain, 7)

    finding = chain.verify(checkpoint)
    assert finding.seq == 8
    assert "cut off" in finding.what


def test_a_careless_cut_is_named_without_any_checkpoint(chain):
    chain.run("DELETE FROM trail_subject WHERE entry_id > 7")
    chain.run("DELETE FROM trail_entry WHERE seq > 7")

    finding = chain.verify()
    assert finding.seq == 8
    assert "head" in finding.what


def test_a_cut_after_the_last_checkpoint_is_the_stated_window(chain):
    checkpoint = chain.checkpoint()
    with chain.at("zinder.social") as work:
        chain.people.append(register(work, {"given": "Last"}))
    cut(chain, 10)

    assert chain.verify(checkpoint) is None


def rewrite(chain, first):
    """What an owner of the database can do: change an entry and compute every hash after it anew."""
    previous = bytes(chain.owner.execute("SELECT hash FROM trail_entry WHERE seq = %s", [first - 1]).fetchone()[0])
    rows = chain.owner.execute("SELECT seq, body FROM trail_entry WHERE seq >= %s ORDER BY seq", [first]).fetchall()
    for seq, body in rows:
        said = {**json.loads(body), "session": "another"} if seq == first else json.loads(body)
        text = json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        previous = link(previous, seq, text)
        chain.run("UPDATE trail_entry SET body = %s, hash = %s WHERE seq = %s", text, previous, seq)
    chain.run("UPDATE trail_head SET hash = %s", previous)


def test_a_chain_written_anew_is_named_by_a_checkpoint_only(chain):
    checkpoint = chain.checkpoint()
    rewrite(chain, 5)

    assert chain.verify() is None
    finding = chain.verify(checkpoint)
    assert finding.seq == 10
    assert "written anew" in finding.what


@pytest.mark.parametrize(
    "spoiled",
    [
        "identity_sealed || '\\x00'",
        "substring(identity_sealed FROM 1 FOR length(identity_sealed) - 1)",
        "set_bit(identity_sealed, 300, 1 - get_bit(identity_sealed, 300))",
        "(SELECT o.identity_sealed FROM people_person o WHERE o.id = %s)",
    ],
    ids=["longer", "cut", "flipped", "of another row"],
)
def test_a_replaced_blob_is_named(chain, spoiled):
    other = [chain.people[7]] if "%s" in spoiled else []
    chain.run(f"UPDATE people_person SET identity_sealed = {spoiled} WHERE id = %s", *other, chain.people[3])

    finding = chain.verify()
    assert finding.seq == 4
    assert "people_person.identity_sealed" in finding.what


def test_an_old_copy_put_back_is_named(chain):
    with chain.at("zinder.social") as work:
        before = rename(work, chain.people[3], {"given": "Amina"})
    assert chain.verify() is None

    chain.run("UPDATE people_person SET identity_sealed = %s WHERE id = %s", before, chain.people[3])

    assert chain.verify().seq == 11


def test_blobs_that_changed_rows_are_named(chain):
    a, b = chain.people[1], chain.people[8]
    chain.run(
        "UPDATE people_person p SET identity_sealed = o.identity_sealed FROM people_person o"
        " WHERE (p.id, o.id) IN ((%s, %s), (%s, %s))",
        a,
        b,
        b,
        a,
    )

    assert chain.verify().seq == 2


def test_a_blob_written_without_an_entry_is_named(chain):
    chain.run("UPDATE people_person SET contact_sealed = '\\x0102' WHERE id = %s", chain.people[0])

    finding = chain.verify()
    assert finding.seq is None
    assert "contact_sealed" in finding.what
    assert "without an entry" in finding.what


def test_a_removed_row_is_named(chain):
    chain.run("DELETE FROM people_person WHERE id = %s", chain.people[6])

    finding = chain.verify()
    assert finding.seq == 7
    assert "gone" in finding.what


def test_what_a_form_undid_is_not_in_the_trail(chain):
    from compass.problems import Invalid

    class Form:
        def add_error(self, field, text):
            self.text = text

    with chain.at("zinder.social") as work:
        with work.attempt(Form()):
            rename(work, chain.people[3], {"given": "Amina"})
            raise Invalid(what="a test")
        rename(work, chain.people[4], {"given": "Khadija"})

    assert chain.verify() is None


def test_it_reads_one_snapshot_while_others_write(chain):
    before = chain.owner.execute("SELECT count(*) FROM trail_entry").fetchone()[0]
    with chain.at("zinder.social") as work:
        register(work, {"given": "Meanwhile"})

        assert chain.verify() is None

    assert chain.verify() is None
    assert chain.owner.execute("SELECT count(*) FROM trail_entry").fetchone()[0] == before + 1


def told(chain) -> list[str]:
    """What the trail's tables tell of the tables of people: identifiers, and digests of what is sealed there."""
    texts = [body for (body,) in chain.owner.execute("SELECT body FROM trail_entry")]
    texts += [str(name) for (name,) in chain.owner.execute("SELECT subject_id FROM trail_subject")]
    sealed = chain.owner.execute("SELECT identity_sealed FROM people_person").fetchall()
    known = [*map(str, chain.people), *(hashlib.sha256(blob).hexdigest()[:32] for (blob,) in sealed)]
    return [each for each in known if any(each in text for text in texts)]


def test_the_trail_leads_to_no_row_and_no_sealed_value_without_the_key(chain):
    assert told(chain) == []

    plain = chain.people[2]
    chain.run("UPDATE trail_subject SET subject_id = %s WHERE entry_id = 3", plain)
    assert told(chain) == [str(plain)], "the positive control: one name that is not veiled is found"


def test_without_the_key_the_chain_is_verified_and_what_is_sealed_is_not(chain):
    chain.run("UPDATE people_person SET identity_sealed = '\\x0102' WHERE id = %s", chain.people[0])
    assert verify(chain.owner, veil=None) is None
    assert verify(chain.owner, veil=veil()) is not None

    chain.run("UPDATE trail_entry SET purpose = 'x' WHERE seq = 2")
    assert verify(chain.owner, veil=None).seq == 2


def test_a_key_of_somebody_erased_that_was_put_back_is_named(chain):
    """From an old copy of the disk: the key alone, and the key with its line of the list taken out."""
    someone = chain.people[0]
    chain.run(f"CREATE TEMP TABLE kept AS SELECT * FROM vault_subjectkey WHERE subject_id = '{someone}'")
    with chain.at("zinder.social") as work:
        assert work.keys.destroy([someone]) == 1
    assert verify(chain.owner, veil=veil(), erased=[someone]) is None

    chain.run("INSERT INTO vault_subjectkey SELECT * FROM kept")
    assert str(someone) in chain.verify().what and "vault_subjectkey has a key" in chain.verify().what
    chain.run("DELETE FROM vault_erasure WHERE subject_id = %s", someone)
    assert "the exported list names" in verify(chain.owner, veil=veil(), erased=[someone]).what
