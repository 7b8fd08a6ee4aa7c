"""`compass reindex --as USERNAME`."""

from __future__ import annotations

import pytest

from compass.config.cli import parser
from compass.people.models import SearchToken

pytestmark = pytest.mark.django_db


@pytest.fixture
def reindex(monkeypatch, capsys):
    """Run the command; gives its exit code and what it said."""

    def run(username):
        monkeypatch.setenv("COMPASS_PROCESS", "app")
        options = parser().parse_args(["reindex", "--as", username])
        code = options.run(options)
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def test_it_works(reindex, make, at):
    person, erased = (make(identity={"given": given, "family": "Osagie"}) for given in ("Ese", "Osas"))
    with at("zinder.social") as work:
        SearchToken.objects.all().delete()
        work.keys.destroy([erased.pk])

    code, said = reindex("zinder.supervisor")

    assert code == 0 and "can be found: 1." in said and "any more: 1." in said
    with at("zinder.social"):
        assert SearchToken.objects.filter(person_id=person.pk).exists()
        assert not SearchToken.objects.filter(person_id=erased.pk).exists()


@pytest.mark.parametrize(("username", "words"), [("nobody", "no such account"), ("zinder.social", "Your role")])
def test_it_is_refused_in_words(reindex, username, words):
    code, said = reindex(username)

    assert code == 1 and words in said
