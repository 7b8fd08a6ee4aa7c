from __future__ import annotations

import uuid
from datetime import UTC, date, timedelta

import pytest
from django.utils.formats import date_format

from compass.programme.actions import refresh_figures, yesterday
from compass.programme.models import Figure, Snapshot
from compass.programme.tests.rows import record

pytestmark = pytest.mark.django_db


@pytest.fixture
def snapshot(at, told) -> Snapshot:
    rows = [(n, "female", "adult", "NE", "H", date(2024, 3, 5)) for n in range(30)]
    rows += [(100 + n, "male", "child", "NG", "RI", date(2023, 7, 8)) for n in range(20)]
    record(at, told, rows)
    return refresh_figures()


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_it_works(sign_in, snapshot, language):
    page = sign_in("hague.desk").get("/results/", headers={"accept-language": language}).content.decode()

    assert f'lang="{language}"' in page
    assert '<b class="num">50</b>' in page


def test_a_year_shows_its_own_figures(sign_in, snapshot):
    page = sign_in("hague.desk").get("/results/?year=2023").content.decode()

    assert '<b class="num">20</b>' in page


@pytest.mark.parametrize("year", ["1999", "²³²³", "x", "-1", "99999", "٢٠٢٣"])
def test_a_year_that_is_none_shows_everything(sign_in, snapshot, year):
    assert '<b class="num">50</b>' in sign_in("hague.desk").get("/results/", {"year": year}).content.decode()


def test_a_ministry_sees_its_own_country_only(sign_in, snapshot):
    client = sign_in("niger.focal")
    ours, theirs, whole = (
        Figure.objects.get(snapshot=snapshot, granularity="all", country=code, service_class="", breakdown="total")
        for code in ("NE", "NG", "")
    )

    assert '<b class="num">30</b>' in client.get("/results/").content.decode()
    assert client.get(f"/results/figure/{ours.pk}/").status_code == 200
    assert client.get(f"/results/figure/{theirs.pk}/").status_code == 404
    assert client.get(f"/results/figure/{whole.pk}/").status_code == 404


def test_every_figure_says_how_it_was_counted(sign_in, snapshot):
    client = sign_in("hague.desk")
    for figure in Figure.objects.filter(snapshot=snapshot)[:40]:
        page = client.get(f"/results/figure/{figure.pk}/", headers={"accept-language": "en"})
        assert page.status_code == 200
        assert "counted once" in page.content.decode()


def test_a_moment_called_utc_is_in_utc(sign_in, snapshot):
    """The focal point's own clock is an hour ahead."""
    client, moment = sign_in("niger.focal"), date_format(snapshot.taken_at.astimezone(UTC), "H:i")
    figure = Figure.objects.get(snapshot=snapshot, granularity="all", country="NE", service_class="", breakdown="total")

    for address in ("/results/", f"/results/figure/{figure.pk}/"):
        assert f"{moment} (UTC)" in client.get(address).content.decode()


def test_a_chart_without_a_figure_draws_and_tabulates_nothing(sign_in, at, told):
    record(at, told, [(n, "female", "adult", "NE", "H", date(2024, 3, 5)) for n in range(6)])
    refresh_figures()

    page = sign_in("hague.desk").get("/results/").content.decode()

    assert "<table" not in page
    assert "/results/figure/" in page


def test_no_count_yet_says_what_happens_next(sign_in):
    assert sign_in("hague.desk").get("/results/").status_code == 200


@pytest.mark.parametrize("username", ["zinder.social", "zinder.cases", "zinder.clinic", "edo.reception"])
def test_who_helps_people_does_not_need_the_figures(sign_in, snapshot, username):
    assert sign_in(username).get("/results/").status_code == 403


def test_a_made_up_figure_is_not_found(sign_in, snapshot):
    assert sign_in("hague.desk").get(f"/results/figure/{uuid.uuid4()}/").status_code == 404


def test_only_a_results_officer_counts(sign_in, snapshot):
    assert sign_in("hague.desk").post("/results/count/").status_code == 403


def test_counting_too_soon_is_said_in_words(sign_in, snapshot, at, told):
    record(at, told, [(n, "female", "adult", "NE", "H", date(2024, 3, 5)) for n in range(30)])
    client = sign_in("geneva.results")

    page = client.post(
        "/results/count/", {"key": str(uuid.uuid4())}, follow=True, headers={"accept-language": "en"}
    ).content.decode()

    assert "The last count stays." in page
    assert '<b class="num">50</b>' in page
    assert Snapshot.objects.count() == 1


def test_the_page_says_to_which_day_it_counts(sign_in, snapshot):
    page = sign_in("hague.desk").get("/results/", headers={"accept-language": "en"}).content.decode()

    assert f"up to the end of {date_format(yesterday(), 'j F Y')} (UTC)" in page


def test_the_night_counts_a_month_once(at, told):
    from compass.programme.jobs import count_last_month

    record(at, told, [(n, "male", "adult", "NE", "H", date(2024, 3, 5)) for n in range(30)])
    first = count_last_month(timestamp=0)
    record(at, told, [(n, "female", "adult", "NE", "H", date(2024, 3, 5)) for n in range(30)])

    assert count_last_month(timestamp=0) == first
    assert Snapshot.objects.get().as_of == yesterday().replace(day=1) - timedelta(days=1)


def test_the_queue_knows_the_nightly_count():
    from procrastinate.contrib.django import app

    assert "compass.programme.count_last_month" in app.tasks
    assert [task.task.name for task in app.periodic_registry.periodic_tasks.values()].count(
        "compass.programme.count_last_month"
    ) == 1


def test_quarters_that_are_all_withheld_are_not_drawn(sign_in, at, told):
    rows = [(n, "female", "adult", "NE", "H", date(2024, 3, 5)) for n in range(6)]
    rows += [(100 + n, "male", "adult", "NE", "H", date(2023, 7, 8)) for n in range(6)]
    record(at, told, rows)
    refresh_figures()

    shown = sign_in("hague.desk").get("/results/")

    assert "<polyline" not in shown.content.decode()
    assert shown.context["ticks"] == []


def test_words_in_place_of_a_withheld_figure_may_wrap(sign_in, at, told):
    record(at, told, [(n, "female", "adult", "NE", "H", date(2024, 3, 5)) for n in range(6)])
    refresh_figures()

    page = sign_in("hague.desk").get("/results/", headers={"accept-language": "en"}).content.decode()

    assert "<b>fewer than 10, or protected</b>people helped" in page


MORE = "add up to more than the total"
ROUNDED = "the parts do not add up exactly to the total"


def results(sign_in) -> str:
    return str(sign_in("hague.desk").get("/results/", headers={"accept-language": "en"}).content.decode())


def test_parts_that_do_not_overlap_are_not_said_to_exceed_the_total(sign_in, snapshot):
    page = results(sign_in)

    assert "counted once in each of them" in page
    assert MORE not in page
    assert ROUNDED not in page


def test_kinds_of_help_that_overlap_are_said_to_exceed_the_total(sign_in, at, told):
    rows = [(n, "female", "adult", "NE", kind, date(2024, 3, 5)) for n in range(40) for kind in "HC"]
    record(at, told, rows)
    refresh_figures()

    assert MORE in results(sign_in)


def test_parts_that_only_rounding_makes_differ_from_the_total_say_so(sign_in, at, told):
    rows = [(n, "female", "adult", "NE", "H", date(2024, 3, 5)) for n in range(18)]
    record(at, told, [*rows, *((100 + n, "male", "adult", "NE", "H", date(2024, 3, 5)) for n in range(48))])
    refresh_figures()

    page = results(sign_in)

    assert '<b class="num">65</b>' in page
    assert page.count(ROUNDED) == 1
    assert MORE not in page
