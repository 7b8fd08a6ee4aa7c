from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation

from compass.ui import charts, maps, worldmap

DISCLAIMER = "The boundaries and names shown do not imply official endorsement or acceptance."


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def test_bars_start_at_zero_and_keep_their_proportion():
    html = charts.bars([charts.Bar("A", 50), charts.Bar("B", 25), charts.Bar("C", -5)], title="T", note="N")

    assert re.findall(r'class="m" y="3" width="([\d.]+)"', html) == ["100.0", "50.0", "0.0"]


def test_bars_carry_note_interval_target_and_the_same_figures_as_a_table():
    rows = [charts.Bar("<b>Kept</b>", 79, low=76, high=82, hot=True)]
    html = charts.bars(rows, title="Follow-up", note="October 2026.", unit="%", top=100, target=90)

    assert '<p class="src">October 2026.</p>' in html
    assert "&lt;b&gt;Kept&lt;/b&gt;" in html
    assert 'd="M90.0 0v20"' in html
    assert "M76.00 10H82.00" in html
    table = html[html.index("<details>") :]
    assert re.findall(r'<td class="n">([^<]+)</td>', table) == ["79%", "76%", "82%"]


def test_no_rows_is_no_error():
    assert "<figure" in charts.bars([], title="T", note="N")


def test_a_plot_leaves_a_gap_where_nothing_is_known():
    html = charts.plot(["a", "b", "c"], [charts.Series("S", [1, None, 3])], title="T", note="N", summary="Up")

    path = re.search(r'class="ln k1" d="(M[^"]+M[^"]+)"', html)
    assert path is not None
    assert "L" not in path[1]
    assert '<td class="n">–</td>' in html


def test_a_plot_is_mirrored_in_arabic_and_its_text_is_not():
    def first_x() -> float:
        html = charts.plot(["a", "b"], [charts.Series("S", [1, 2])], title="T", note="N", summary="Up")
        return float(re.findall(r"translate\(([\d.]+)", html)[0])

    left = first_x()
    with translation.override("ar"):
        right = first_x()

    assert left < 100 < right


def test_every_point_lies_on_the_sheet():
    series = [charts.Series("S", [68, 0, 100, 99.5])]
    html = charts.plot(["a", "b", "c", "d"], series, title="T", note="N", summary="Up", target=140)

    for x, y in re.findall(r'transform="translate\(([\d.]+) ([\d.]+)\)"', html):
        assert 60 <= float(x) <= 400
        assert 20 <= float(y) <= 150


def test_a_plot_of_zeroes_is_drawn():
    assert "<figure" in charts.plot(["a"], [charts.Series("S", [0])], title="T", note="N", summary="Flat")


def test_five_lines_are_too_many():
    with pytest.raises(ValueError, match="four"):
        charts.plot(["a"], [charts.Series("S", [1])] * 5, title="T", note="N", summary="Up")


def test_the_country_map_has_fourteen_shapes_a_disclaimer_and_a_table():
    html = charts.country_map(
        {"NE": 6120, "LY": 10}, title="T", note="N", summary="S", head="People", links={"NE": "/niger/"}
    )

    assert len(maps.country_shapes()) == 14
    assert html.count("<path") == 14
    assert html.count('class="none"') == 12
    assert '<a href="/niger/"' in html
    assert DISCLAIMER in html
    assert re.findall(r'scope="row">(\w+)<', html) == ["Niger", "Libya"]


def test_more_is_never_lighter():
    values = {"NE": 6120, "LY": 5240, "ET": 4870, "NG": 4410, "IQ": 3350, "DZ": 700}
    html = charts.country_map(values, title="T", note="N", summary="S", head="People")

    shades = dict(re.findall(r'class="s(\d)" d="[^"]+"><title>(\w+)', html))
    by_name = {name: int(level) for level, name in re.findall(r'class="s(\d)" d="[^"]+"><title>(\w+)', html)}
    ordered = [by_name[maps.name(code)] for code, _ in sorted(values.items(), key=lambda pair: pair[1])]
    assert shades
    assert ordered == sorted(ordered)


def test_one_value_everywhere_is_one_class():
    html = charts.country_map({"NE": 5, "LY": 5}, title="T", note="N", summary="S", head="People")

    assert len(set(re.findall(r'class="s(\d)"', html))) == 1


def test_the_projection_keeps_what_is_known_of_it():
    assert worldmap.project(-180, 0)[0] == pytest.approx(0)
    assert worldmap.project(180, 0)[0] == pytest.approx(1000)
    assert worldmap.project(0, 45)[0] == pytest.approx(500)
    assert worldmap.project(90, 60)[0] < worldmap.project(90, 0)[0]
    assert worldmap.project(0, 90) == worldmap.project(0, 84)
    assert 0 <= worldmap.project(0, -90)[1] <= worldmap.HEIGHT


@pytest.mark.parametrize(("language", "expected"), [("en", "Chad"), ("fr", "Tchad"), ("ar", "تشاد")])
def test_a_country_on_the_map_is_named_in_the_readers_language(language, expected):
    with translation.override(language):
        html = maps.countries({}, {}, None, "S")

    written = re.findall(r"<text[^>]*>([^<]+)</text>", html)
    assert len(written) == 14 and expected in written
    assert not any(re.fullmatch("[A-Z]{2}", text) for text in written)


def test_the_names_on_the_map_do_not_meet_on_a_small_phone(chromium):
    sheet = (Path(maps.__file__).parent / "static" / "ui" / "compass.css").read_text()
    page = chromium.new_page(viewport={"width": 360, "height": 700})
    for language in ("en", "fr", "ar"):
        with translation.override(language):
            page.set_content(f"<style>{sheet}</style><main><figure>{maps.countries({}, {}, None, 'S')}</figure></main>")
        found = page.evaluate("""() => {
            const map = document.querySelector(".map").getBoundingClientRect();
            const all = [...document.querySelectorAll(".map text")].map((one) => one.getBoundingClientRect());
            const out = all.filter((one) => one.left < map.left || one.right > map.right).length;
            const beside = (a, b) => a.left < b.right + 4 && b.left < a.right + 4;
            const meet = (a, b) => beside(a, b) && a.top + 2 < b.bottom && b.top + 2 < a.bottom;
            return out + all.filter((a, n) => all.slice(n + 1).some((b) => meet(a, b))).length;
        }""")
        assert found == 0, language
    page.close()


def test_the_world_is_small_and_its_countries_lie_where_they_are():
    world = worldmap.world()
    x, y = worldmap.project(8.1, 17.6)  # Agadez region, Niger
    numbers = [int(value) for value in re.findall(r"-?\d+", world.countries["NER"].split("l")[0])]

    assert (Path(worldmap.__file__).parent / "data" / "world.json").stat().st_size <= 35 * 1024
    assert len(world.countries) > 150
    assert abs(numbers[0] - x) < 40
    assert abs(numbers[1] - y) < 40
    assert world.disputed.startswith("M")


def test_dots_are_drawn_in_proportion_and_only_inside_the_box():
    dots = [maps.Dot(13, 35, 400, "Central"), maps.Dot(14, 36, 100), maps.Dot(-100, 30, 900)]
    html = charts.world_map(
        dots, title="T", note="N", summary="S", table=(["Region", "People"], [["Central", 500]]), box=(-25, -2, 60, 48)
    )

    radii = [float(value) for value in re.findall(r' r="([\d.]+)"', html)]
    assert len(radii) == 2
    assert radii[0] / radii[1] == pytest.approx(2, rel=0.05)
    assert "<title>Central</title>" in html
    assert DISCLAIMER in html


def test_no_chart_carries_style_or_script():
    html = charts.world_map([maps.Dot(13, 35, 4)], title="T", note="N", summary="S", table=(["R"], []))
    html += charts.bars([charts.Bar("A", 50)], title="T", note="N")

    assert "style=" not in html
    assert "<script" not in html
