from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from compass.commons.synthesis import missing_migrants as mm
from compass.commons.synthesis.regions import ELSEWHERE, region_of
from compass.commons.synthesis.rejections import WrongHeader

HEADER = b"year,cause,lon,lat,n\n"


@pytest.fixture(scope="module")
def published() -> mm.Parsed:
    return mm.load()


def only_rejection(line: bytes) -> tuple[int, str, str]:
    parsed = mm.parse(HEADER + b"2014,Drowning,27,37.3,12\n" + line + b"\n2015,Violence,14,31.8,13\n")
    assert [record.line for record in parsed.records] == [2, 4], "the good rows around a bad one are kept"
    assert len(parsed.rejections) == 1
    return parsed.rejections[0].line, parsed.rejections[0].code, parsed.rejections[0].reason


def test_the_published_file_gives_its_check_total(published: mm.Parsed) -> None:
    assert (len(published.records), published.people) == (1391, 53320)
    assert published.rejections == ()
    assert published.duplicates == ()


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        (b"2013,Drowning,27,37.3,12", "bad_year", "the year is outside 2014 to 2025"),
        (b"2026,Drowning,27,37.3,12", "bad_year", "the year is outside"),
        (b"20l4,Drowning,27,37.3,12", "not_a_number", "the year is not a whole number"),
        (b" 2014,Drowning,27,37.3,12", "not_a_number", "the year is not"),
        (b"2014,Drowning,27,37.3,twelve", "not_a_number", "the number of people is not a whole number"),
        (b"2014,Drowning,27,37.3,", "not_a_number", "the number of people is not"),
        (b"2014,Drowning,27,37.3,1_000", "not_a_number", "the number of people is not"),
        (b"2014,Drowning,27,37.3,12.0", "not_a_number", "the number of people is not"),
        ("2014,Drowning,27,37.3,١٢".encode(), "not_a_number", "the number of people is not"),
        (b"2014,Drowning,27,37.3,0", "not_positive", "the number of people is zero or negative"),
        (b"2014,Drowning,27,37.3,-5", "not_positive", "the number of people is zero or negative"),
        (b"2014,Drowning,27,37.3,99999", "too_many_people", "above 10000"),
        (b"2014,Drowning,27,37.3," + b"9" * 5000, "not_a_number", "the number of people is not"),
        (b"2014,Drowning,181,37.3,12", "outside_world", "the longitude is outside the world"),
        (b"2014,Drowning,27,-90.1,12", "outside_world", "the latitude is outside the world"),
        (b"2014,Drowning,nan,37.3,12", "not_a_number", "the longitude is not a decimal number"),
        (b"2014,Drowning,27,1e5,12", "not_a_number", "the latitude is not a decimal number"),
        (b"2014,Drowning,\"27,5\",37.3,12", "not_a_number", "the longitude is not"),
        (b"2014,Witchcraft,27,37.3,12", "unknown_cause", "the cause is not one that IOM uses"),
        (b"2014,,27,37.3,12", "unknown_cause", "the cause is not"),
        (b"2014,Drowningly,27,37.3,12", "unknown_cause", "the cause is not"),
        (b"2014,\"Drowning,\",27,37.3,12", "unknown_cause", "the cause is not"),
        (b"2014,=HYPERLINK(1),27,37.3,12", "unknown_cause", "the cause is not"),
        (b"2014,<script>,27,37.3,12", "unknown_cause", "the cause is not"),
        (b"2014,Drowning,27,37.3", "wrong_columns", "the line has 4 columns instead of 5"),
        (b"2014,Drowning,27,37.3,12,more", "wrong_columns", "the line has 6 columns instead of 5"),
        (b"", "empty_line", "the line is empty"),
        (b"2014,\"Drowning,27,37.3,12", "bad_quotes", "the quotation marks of the line do not close"),
        (b"2014,\"" + b"x" * 200_000 + b"\",27,37.3,12", "bad_quotes", "a cell is too long"),
        (b"2014,Drown\xff\xfe,27,37.3,12", "not_utf8", "the line is not valid UTF-8"),
        (b"2014,Drow\x00ning,27,37.3,12", "unknown_cause", "the cause is not"),
    ],
)  # fmt: skip
def test_a_bad_row_is_named_with_its_line_and_the_reason(line: bytes, code: str, words: str) -> None:
    number, found, reason = only_rejection(line)

    assert (number, found) == (3, code)
    assert words in reason


def test_an_unclosed_quotation_mark_cannot_swallow_the_rows_after_it() -> None:
    parsed = mm.parse(HEADER + b'2014,"Drowning,27,37.3,12\n' + b"2014,Drowning,27,37.3,12\n" * 2)

    assert [rejection.line for rejection in parsed.rejections] == [2]
    assert len(parsed.records) == 2


def test_a_rejection_shows_the_line_without_control_characters() -> None:
    rejection = mm.parse(HEADER + b"2014,\x1b[31mred,27,37.3,12\n").rejections[0]

    assert "\x1b" not in str(rejection)
    assert str(rejection).startswith("line 2: the cause is not one that IOM uses: 2014,\\x1b[31mred")


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"cause,year,lon,lat,n\n2014,Drowning,1,1,10\n", b"<!doctype html>", b"PK\x03\x04"]
)
def test_a_file_of_another_form_is_refused_whole(content: bytes) -> None:
    with pytest.raises(WrongHeader, match="the first line must be 'year,cause,lon,lat,n'"):
        mm.parse(content)


def test_windows_line_ends_and_a_byte_order_mark_are_read() -> None:
    parsed = mm.parse(b"\xef\xbb\xbfyear,cause,lon,lat,n\r\n2014,Drowning,27,37.3,12\r\n\r\n")

    assert (len(parsed.records), parsed.people, parsed.rejections) == (1, 12, ())


def test_a_repeated_row_is_flagged_and_still_counted() -> None:
    parsed = mm.parse(HEADER + b"2014,Drowning,27,37.3,12\n2014,Violence,27,37.3,12\n2014,Drowning,27.0,37.3,12\n")

    assert parsed.duplicates == (mm.Duplicate(line=4, first_line=2),)
    assert parsed.people == 36


@pytest.mark.parametrize(
    ("published_words", "cause"),
    [
        ("Drowning", "drowning"),
        ("  DROWNING ", "drowning"),
        ("Drowning,Drowning", "drowning"),
        ("Sickness, accidents and harsh conditions", "sickness_accidents_harsh_conditions"),
        ("Drowning,Mixed or unknown", "mixed_or_unknown"),
        ("Drowning,Harsh environmental conditions / lack of adequate shelter, food, water", "mixed_or_unknown"),
        (
            "Harsh environmental conditions / lack of adequate shelter, food, water,"
            "Sickness / lack of access to adequate healthcare",
            "sickness_accidents_harsh_conditions",
        ),
    ],
)
def test_known_causes_are_brought_to_one_word(published_words: str, cause: str) -> None:
    assert mm.normal_cause(published_words) == cause


def test_several_causes_keep_their_published_words(published: mm.Parsed) -> None:
    several = [record for record in published.records if record.published_cause == "Drowning,Violence"]

    assert [record.cause for record in several] == ["mixed_or_unknown"]


@pytest.mark.parametrize(
    ("place", "lon", "lat", "region"),
    [
        ("off Lampedusa", 12.6, 35.3, "mediterranean"),
        ("off Zuwara", 12.1, 33.1, "mediterranean"),
        ("Aegean Sea, off Lesvos", 26.5, 39.2, "mediterranean"),
        ("Strait of Gibraltar", -5.5, 35.9, "mediterranean"),
        ("off Nouadhibou", -17.2, 20.8, "atlantic_route"),
        ("off Gran Canaria", -15.3, 27.5, "atlantic_route"),
        ("north of Agadez", 8.5, 19.5, "sahara"),
        ("Kufra", 23.3, 24.2, "sahara"),
        ("Bani Walid", 14.0, 31.7, "northern_africa"),
        ("Niamey", 2.1, 13.5, "western_africa"),
        ("Benin City, Edo", 5.6, 6.3, "western_africa"),
        ("N'Djamena", 15.05, 12.1, "central_africa"),
        ("Addis Ababa", 38.7, 9.0, "eastern_africa_horn"),
        ("Khartoum", 32.5, 15.6, "eastern_africa_horn"),
        ("off Obock", 43.3, 12.0, "red_sea_gulf_of_aden"),
        ("off Mayotte", 45.2, -12.8, "southern_africa_indian_ocean"),
        ("Sa'dah", 43.7, 17.0, "middle_east"),
        ("Baghdad", 44.4, 33.3, "middle_east"),
        ("Tehran", 51.4, 35.7, "southern_asia"),
        ("Kabul", 69.2, 34.5, "southern_asia"),
        ("off Maungdaw", 92.3, 20.8, "bay_of_bengal"),
        ("Strait of Malacca", 101.0, 3.0, "south_eastern_asia"),
        ("Dover Strait", 1.5, 51.0, "english_channel"),
        ("Vienna", 16.4, 48.2, "europe"),
        ("Eagle Pass", -100.5, 28.7, "us_mexico_border"),
        ("Windward Passage", -74.0, 20.0, "caribbean"),
        ("Darién", -77.6, 8.4, "central_america_mexico"),
        ("Lima", -77.0, -12.0, "south_america"),
        ("middle of the Pacific", -150.0, -40.0, ELSEWHERE),
    ],
)
def test_known_places_fall_in_their_region(place: str, lon: float, lat: float, region: str) -> None:
    assert region_of(lon, lat) == region, place


def test_no_published_row_is_left_without_a_region(published: mm.Parsed) -> None:
    assert [record for record in published.records if record.region == ELSEWHERE] == []


@pytest.mark.parametrize("table", [mm.by_year_and_region, mm.by_year_and_cause])
def test_every_table_adds_up_to_the_whole(table: object, published: mm.Parsed) -> None:
    assert callable(table)
    sums = table(published.records)

    assert sum(sums.values()) == 53320
    assert sorted({year for year, _ in sums}) == list(range(2014, 2026))


def test_the_year_and_cause_table_matches_a_count_by_hand() -> None:
    parsed = mm.parse(HEADER + b"2014,Drowning,27,37.3,12\n2014,Drowning,14,34,40\n2015,Violence,14,31.8,13\n")

    assert mm.by_year_and_cause(parsed.records) == {(2014, "drowning"): 52, (2015, "violence"): 13}
    assert mm.by_year_and_region(parsed.records) == {(2014, "mediterranean"): 52, (2015, "northern_africa"): 13}


def test_the_map_squares_add_up_and_hold_their_points(published: mm.Parsed) -> None:
    squares = mm.cells(published.records)

    assert sum(square.people for square in squares) == 53320
    assert sum(square.rows for square in squares) == 1391
    assert squares[0].people == max(square.people for square in squares)
    assert all(abs(square.lon) <= 179 and abs(square.lat) <= 89 for square in squares)


@pytest.mark.parametrize(
    ("lon", "lat", "centre"),
    [(0, 0, (1, 1)), (-0.1, -0.1, (-1, -1)), (2, 3.9, (3, 3)), (180, 90, (179, 89)), (-180, -90, (-179, -89))],
)
def test_a_point_falls_in_the_square_around_it(lon: float, lat: float, centre: tuple[float, float]) -> None:
    parsed = mm.parse(HEADER + f"2014,Drowning,{lon},{lat},12\n".encode())

    square = mm.cells(parsed.records)[0]

    assert (square.lon, square.lat) == centre


def test_the_limit_on_small_events_is_true_of_the_file(published: mm.Parsed) -> None:
    assert min(record.people for record in published.records) == 10
    assert "no_event_below_ten_people" in mm.LIMITS


def test_the_licence_lies_beside_the_file() -> None:
    folder: Path = mm.SOURCE.parent

    assert "MIT License" in (folder / "LICENSE").read_text(encoding="utf-8")
    assert mm.CREDIT in (folder / "ORIGIN.md").read_text(encoding="utf-8")


def test_a_row_may_be_of_the_year_of_its_file_and_of_none_after():
    row = HEADER + b"2026,Drowning,27,37.3,12\n"

    assert mm.parse(row, date(2026, 6, 30)).people == 12
    assert [each.code for each in mm.parse(row).rejections] == ["bad_year"]


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("mmp-2025-03-10.csv", date(2025, 3, 10)),
        ("2026-06-30.csv", date(2026, 6, 30)),
        ("mmp.csv", None),
        ("mmp-2025-13-40.csv", None),
        ("mmp-12025-03-101.csv", None),
    ],
)
def test_the_day_of_a_file_stands_in_its_name(name, day):
    assert mm.day_of(Path(name)) == day
