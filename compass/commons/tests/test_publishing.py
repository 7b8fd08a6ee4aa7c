"""The narrow door, the loading command, and what the public role can and cannot read."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import date, timedelta

import psycopg
import pytest

from compass.commons import views
from compass.commons.actions import (
    FactsFile,
    MissingMigrantsFile,
    publish_facts,
    publish_missing_migrants,
    publish_newest,
)
from compass.commons.models import Edition, MissingMigrants, PublishedFigure
from compass.commons.synthesis import facts, missing_migrants
from compass.config.commands.load_public import load
from compass.config.environment import environment
from compass.problems import Denied, Invalid
from compass.programme.actions import Publication, publish, refresh_figures
from compass.programme.models import Figure
from compass.programme.tests.rows import record

READABLE = {"commons_edition", "commons_publishedfact", "commons_publishedfigure", "commons_missingmigrants"}
PUBLIC_SIDE = """
import gzip, django
django.setup()
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.test import Client
from compass.vocabulary import countries

assert settings.COMPASS_ROOT_KEY_FILE == settings.COMPASS_SCOPE_KEY_FILE == ""
assert not [name for name in settings.MIDDLEWARE if "session" in name.lower() or "auth" in name.lower()]
rooms = {c.label for c in apps.get_app_configs()}
assert rooms == {"commons", "ui", "vocabulary", "problems", "staticfiles", "forms", "csp"}, rooms
try:
    import compass.people.models
except RuntimeError:
    pass
else:
    raise AssertionError("the models of people can be used")
with connection.cursor() as cursor:
    cursor.execute("SELECT current_user")
    assert cursor.fetchone() == ("compass_public",)
    try:
        cursor.execute("SELECT 1 FROM people_person")
    except Exception as error:
        assert "permission denied" in str(error), error
    else:
        raise AssertionError("people can be read")
pages = ["/", "/missing-migrants/", "/about/", *(f"/countries/{c.alpha2.lower()}/" for c in countries())]
for language in ("fr", "en", "ar"):
    for page in pages:
        answer = Client().get(page, headers={"accept-language": language})
        assert answer.status_code == 200, (page, answer.status_code)
        assert f'lang="{language}"'.encode() in answer.content
        assert not answer.cookies and "Cookie" not in answer["Vary"], answer["Vary"]
        assert "max-age" in answer["Cache-Control"]
        assert len(gzip.compress(answer.content)) < 50_000, page
        assert b"style=" not in answer.content and b"<script>" not in answer.content
assert b'lang="fr"' in Client().get("/", headers={"accept-language": "nl"}).content
assert b':8000?lang=ar">' in Client().get("/?lang=ar").content
assert Client().get("/countries/xx/").status_code == 404
assert Client().get("/countries/..%2f/").status_code == 404
for language, heading in (("fr", "Cette adresse"), ("en", "This address"), ("ar", "هذا العنوان")):
    refused = Client().post("/", headers={"accept-language": language})
    assert refused.status_code == 405 and heading in refused.content.decode(), language
assert Client().get("/health").json() == {"status": "ok"}
for page in ("/results/", "/people/", "/accounts/login/", "/cases/"):
    assert Client().get(page).status_code == 404, page
print("all is well")
"""


def _people(at, told):
    rows = [(n, "female", "adult", "NE", "H", date(2024, 3, 5)) for n in range(30)]
    rows += [(100 + n, "male", "child", "SD", "RI", date(2023, 7, 8)) for n in range(3)]
    record(at, told, rows)


@pytest.mark.django_db
def test_it_works(at, told):
    _people(at, told)
    snapshot = refresh_figures()

    with at("geneva.results") as work:
        publish(work, [Publication(**told(basis="public_interest", id=snapshot.pk))])

    edition = Edition.objects.get(kind="figures")
    assert edition.rows == edition.figures.count() > 0
    small = PublishedFigure.objects.get(edition=edition, granularity="all", country="SD", service_class="")
    assert (small.withheld, small.people, small.services) == (True, None, None)
    assert not Figure.objects.filter(snapshot=snapshot, withheld=True).exclude(people=None).exists()


@pytest.mark.django_db
def test_counting_and_publishing_in_one_step_makes_one_edition(at, told):
    _people(at, told)

    with at("geneva.results") as work:
        first = publish_newest(work, Publication(**told(basis="public_interest")))
        again = publish_newest(work, Publication(**told(basis="public_interest")))

    assert first.pk == again.pk


@pytest.mark.django_db
@pytest.mark.parametrize("username", ["zinder.supervisor", "hague.desk", "niger.focal", "geneva.protection"])
def test_nobody_else_publishes(at, told, username):
    with at(username) as work, pytest.raises(Denied):
        publish_facts(work, [FactsFile(**told(basis="public_interest"), content=facts.SOURCE.read_bytes())])


@pytest.mark.django_db
def test_the_same_content_makes_no_second_edition(at, told):
    content = missing_migrants.SOURCE.read_bytes()

    def publish(work, content, as_of=missing_migrants.AS_OF):
        file = MissingMigrantsFile(**told(basis="public_interest"), content=content, as_of=as_of)
        return publish_missing_migrants(work, [file])[0]

    with at("geneva.results") as work:
        first, again = publish(work, content), publish(work, content)
        other = publish(work, b"\n".join(content.splitlines()[:50]))
        corrected = publish(work, content, date(2025, 3, 11))
        with pytest.raises(Invalid):
            publish(work, content, work.today + timedelta(days=1))

    assert first.pk == again.pk != other.pk
    assert corrected.pk != first.pk and corrected.as_of == date(2025, 3, 11)
    assert MissingMigrants.objects.filter(edition=first).count() == 1391
    assert MissingMigrants.objects.filter(edition=other).count() == 49


@pytest.mark.django_db
def test_loading_names_every_line_it_leaves_out(tmp_path, capsys):
    lines = missing_migrants.SOURCE.read_text().splitlines()
    lines[1:1] = ["2020,Drowning,500,3,12", "2020,=cmd(),5,3,12"]
    file = tmp_path / "some.csv"
    file.write_text("\n".join(lines))

    assert load("geneva.results", missing_file=file, as_of=missing_migrants.AS_OF) == 0

    said = capsys.readouterr().out
    assert "some.csv: line 2: " in said
    assert "some.csv: line 3: " in said
    assert Edition.objects.get(kind="missing_migrants").rejected == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00", b"year,cause,lon,lat,n\nx,y,z\n2020,Drowning,5,3,12\n"]
)
def test_a_file_that_is_mostly_wrong_is_refused_whole(tmp_path, capsys, content):
    file = tmp_path / "bad-2025-03-10.csv"
    file.write_bytes(content)

    assert load("geneva.results", missing_file=file) == 1

    assert "bad-2025-03-10.csv" in capsys.readouterr().out
    assert not Edition.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "as_of", "said"),
    [
        ("aggregate.csv", None, "--as-of"),
        ("aggregate-2025-13-40.csv", None, "--as-of"),
        ("mmp-2025-03-10.csv", date(2026, 1, 5), "Correct one of them"),
    ],
)
def test_a_file_that_does_not_say_its_day_is_refused(tmp_path, capsys, name, as_of, said):
    file = tmp_path / name
    file.write_bytes(missing_migrants.SOURCE.read_bytes())

    assert load("geneva.results", missing_file=file, as_of=as_of) == 1
    assert name in (told := capsys.readouterr().out) and said in told
    assert not Edition.objects.exists()


@pytest.mark.django_db
@pytest.mark.urls("compass.config.urls_public")
@pytest.mark.parametrize(("day", "said"), [("2025-06-30", "ends on 30 June 2025"), ("2025-12-31", "")])
def test_another_file_is_shown_as_of_its_own_day(tmp_path, client, day, said):
    file = tmp_path / f"mmp-{day}.csv"
    file.write_bytes(missing_migrants.SOURCE.read_bytes().rstrip() + b"\n2025,Drowning,5,35.9,33\n")
    command = load("geneva.results", missing_file=file)
    pages = [
        client.get(path, headers={"accept-language": "en"}).content.decode()
        for path in ("/missing-migrants/", "/missing-migrants/data.csv", "/about/")
    ]

    assert command == 0
    assert [edition.rejected for edition in Edition.objects.filter(kind="missing_migrants")] == [0]
    assert not [page for page in pages if "10 March" in page]
    assert [page for page in pages if said not in page or ("ends on" in page) != bool(said)] == []


@pytest.mark.django_db
@pytest.mark.parametrize("username", ["nobody.here", "zinder.social"])
def test_loading_needs_a_results_officer(username, capsys):
    assert load(username) == 1
    assert not Edition.objects.exists()


def test_a_formula_in_a_cell_is_disarmed():
    assert [views.disarm(text) for text in ("=1+1", "@x", "-2", "+3", "Drowning", "")] == [
        "'=1+1",
        "'@x",
        "'-2",
        "'+3",
        "Drowning",
        "",
    ]


@pytest.mark.django_db
@pytest.mark.urls("compass.config.urls_public")
def test_the_download_carries_credit_and_limits_and_every_row(client):
    load("geneva.results")

    answer = client.get("/missing-migrants/data.csv", headers={"accept-language": "en"})
    lines = answer.content.decode("utf-8-sig").splitlines()

    assert "IOM Missing Migrants Project" in lines[0]
    assert any("minimum estimates" in line for line in lines[:9])
    assert len([line for line in lines if not line.startswith(("#", '"#'))]) == 1391 + 1


@pytest.mark.django_db
@pytest.mark.urls("compass.config.urls_public")
def test_what_contradicts_or_is_cumulative_says_so(client):
    load("geneva.results")

    page = client.get("/?lang=en", headers={"accept-language": "en"}).content.decode()

    assert "Higher than the years added together" in page
    assert "Several years together" in page
    assert "derived by us" in page
    assert "30,392" in page


@pytest.mark.django_db
@pytest.mark.urls("compass.config.urls_public")
@pytest.mark.parametrize(
    ("title", "heads", "row"),
    [
        ("The four regions with most deaths, year by year", "Mediterranean Sea", "2016 4,869 169 56 14"),
        ("The four named causes, year by year", "Drowning", "2016 4,795"),
    ],
)
def test_the_years_are_drawn_by_region_and_by_cause(client, title, heads, row):
    load("geneva.results")

    page = client.get("/missing-migrants/", headers={"accept-language": "en"}).content.decode()
    (figure,) = [part for part in re.findall(r"<figure.*?</figure>", page, re.S) if title in part]

    assert figure.partition("</svg>")[0].count('class="ln k') == 4
    said = re.sub(r"[\s\u202f\u00a0]+", " ", re.sub(r"<[^>]*>", " ", figure))
    assert heads in said
    assert row in said
    assert "Mixed or unknown" not in said


@pytest.mark.django_db
@pytest.mark.urls("compass.config.urls_public")
@pytest.mark.parametrize(
    ("language", "stated", "returns"),
    [
        ("en", "As stated in June 2024.", "up to 6 February 2024"),
        ("fr", "Tel qu’annoncé en juin 2024.", "jusqu’au 6 février 2024"),
        ("ar", "كما أُعلن في يونيو 2024.", "حتى 6 فبراير 2024"),
    ],
)
def test_when_a_figure_was_stated_and_how_far_it_goes_is_said_in_the_readers_language(
    client, language, stated, returns
):
    load("geneva.results")

    assert stated in client.get("/", headers={"accept-language": language}).content.decode()
    assert returns in client.get("/countries/ng/", headers={"accept-language": language}).content.decode()


@pytest.mark.django_db
@pytest.mark.urls("compass.config.urls_public")
def test_a_country_shows_its_phases_its_totals_and_no_empty_chart(client, at, told):
    _people(at, told)
    # Nigeria is withheld beside Sudan, so that subtracting does not find it.
    record(at, told, [(n, "male", "adult", "NG", "H", date(2024, 3, 5)) for n in range(20)])
    with at("geneva.results") as work:
        publish_newest(work, Publication(**told(basis="public_interest")))

    niger, sudan = (client.get(f"/countries/{code}/", headers={"accept-language": "en"}) for code in ("ne", "sd"))

    assert [phase.number for phase in niger.context["phases"]] == [1, 2]
    assert [phase.number for phase in sudan.context["phases"]] == [2]
    assert '<b class="num">30</b>people helped since 2021' in niger.content.decode()
    assert "people helped since 2021" not in sudan.content.decode()
    assert '<ul class="bars">' not in sudan.content.decode()


@pytest.mark.django_db
@pytest.mark.urls("compass.config.urls_public")
@pytest.mark.parametrize("page", ["/", "/missing-migrants/", "/about/", "/countries/ne/"])
def test_nothing_loaded_yet_is_said_in_words(client, page):
    assert client.get(page).status_code == 200


def test_the_public_role_reads_what_is_published_and_nothing_else(cluster, request, owner):
    from compass.config.testing import NAME

    tables = [row[0] for row in owner.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()]
    with cluster.connect("compass_public", request.config.stash[NAME]) as public:
        readable = set()
        for table in tables:
            try:
                public.execute(f'SELECT 1 FROM "{table}" LIMIT 1')
            except psycopg.errors.InsufficientPrivilege:
                continue
            readable.add(table)
        for statement in (
            "DELETE FROM commons_edition",
            "UPDATE commons_publishedfact SET value = 1",
            "SELECT compass_take_snapshot(current_date - 1)",
            "SELECT * FROM compass_figures('all')",
            "CREATE TABLE mine (a int)",
            "CREATE TEMP TABLE mine (a int)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                public.execute(statement)

    assert len(tables) > 20
    assert readable == READABLE


def test_the_public_process_has_no_key_no_session_and_no_way_to_people(cluster, fresh_database):
    name = fresh_database()
    base = {k: v for k, v in os.environ.items() if not k.startswith("COMPASS_") and k != "DJANGO_SETTINGS_MODULE"}
    empty = {"COMPASS_STATIC": str(cluster.folder / "nothing"), "COMPASS_HOSTS": "testserver"}
    command = [sys.executable, "-m", "compass.config.cli", "load-public", "--as", "geneva.results"]
    for _ in range(2):
        subprocess.run(command, env={**base, **empty, **environment(cluster, "app", name=name)}, check=True)

    done = subprocess.run(
        [sys.executable, "-c", PUBLIC_SIDE],
        env={**base, **empty, **environment(cluster, "public", name=name)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.strip() == "all is well", done.stderr[-2000:]
