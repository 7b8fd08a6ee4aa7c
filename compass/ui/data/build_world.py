"""Build `world.json` from IOM's world map (TopoJSON) and its disputed lines.

    python -m compass.ui.data.build_world WORLD_MAP DISPUTED_BLACK DISPUTED_WHITE > compass/ui/data/world.json

Natural Earth projection on a sheet 1000 units wide; shared borders are simplified once (Visvalingam, on the
projected sheet), so that neighbours never part; rings too small to see are left out. Run it again only when the
source changes: the result is part of the project.
"""

from __future__ import annotations

import heapq
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from compass.ui.worldmap import HEIGHT, WIDTH, project

Point = tuple[float, float]

#: Square units of the sheet: a corner that matters less than this goes, a ring smaller than this is left out.
CORNER = 1.0
RING = 1.6


def main(world: str, *disputed: str) -> None:
    """Write the map to standard output; arguments are the paths of the sources."""
    topology = json.loads(Path(world).read_text())
    arcs = [simplify(arc) for arc in decoded(topology)]
    countries: dict[str, str] = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        iso = geometry["properties"]["iso3c"] or ""
        path = "".join(drawn(rings_of(polygon, arcs)) for polygon in polygons(geometry))
        if path:
            countries[iso] = countries.get(iso, "") + path
    dotted = "".join(line_path(line) for name in disputed for line in lines(json.loads(Path(name).read_text())))
    result = {"width": WIDTH, "height": HEIGHT, "countries": dict(sorted(countries.items())), "disputed": dotted}
    sys.stdout.write(json.dumps(result, separators=(",", ":"), ensure_ascii=False) + "\n")


def decoded(topology: dict[str, Any]) -> Iterator[list[Point]]:
    """Arcs as projected points; quantised arcs are summed up first."""
    transform = topology.get("transform")
    for arc in topology["arcs"]:
        points, x, y = [], 0, 0
        for first, second in arc:
            if transform:
                x, y = x + first, y + second
                lon = x * transform["scale"][0] + transform["translate"][0]
                lat = y * transform["scale"][1] + transform["translate"][1]
            else:
                lon, lat = first, second
            points.append(project(lon, lat))
        yield points


def simplify(points: list[Point]) -> list[Point]:
    """Take corners away, the least important first; the ends stay."""
    before = list(range(-1, len(points) - 1))
    after = list(range(1, len(points) + 1))
    gone = [False] * len(points)

    def weight(index: int) -> float:
        return area([points[before[index]], points[index], points[after[index]]])

    heap = [(weight(index), index) for index in range(1, len(points) - 1)]
    current = {index: value for value, index in heap}
    heapq.heapify(heap)
    while heap and heap[0][0] < CORNER:
        value, index = heapq.heappop(heap)
        if gone[index] or current[index] != value:
            continue
        gone[index] = True
        after[before[index]], before[after[index]] = after[index], before[index]
        for neighbour in (before[index], after[index]):
            if 0 < neighbour < len(points) - 1:
                current[neighbour] = max(value, weight(neighbour))
                heapq.heappush(heap, (current[neighbour], neighbour))
    return [point for index, point in enumerate(points) if not gone[index]]


def polygons(geometry: dict[str, Any]) -> list[list[list[int]]]:
    """The polygons of a geometry, each a list of rings of arc numbers."""
    arcs: list[Any] = geometry["arcs"]
    return [arcs] if geometry["type"] == "Polygon" else arcs


def rings_of(polygon: list[list[int]], arcs: list[list[Point]]) -> Iterator[list[Point]]:
    """The rings of a polygon as points."""
    for ring in polygon:
        points: list[Point] = []
        for number in ring:
            arc = arcs[number] if number >= 0 else arcs[~number][::-1]
            points += arc[1:] if points else arc
        yield points


def drawn(rings: Iterator[list[Point]]) -> str:
    """The path of the rings large enough to see."""
    return "".join(line_path(ring) + "z" for ring in rings if area(ring) >= RING)


def line_path(points: list[Point]) -> str:
    """A path in whole units, relative, without points that fall together."""
    whole = [(round(x), round(y)) for x, y in points]
    path, (x, y) = f"M{whole[0][0]} {whole[0][1]}", whole[0]
    steps = []
    for next_x, next_y in whole[1:]:
        if (next_x, next_y) != (x, y):
            steps.append(f"{next_x - x} {next_y - y}")
            x, y = next_x, next_y
    return path + ("l" + " ".join(steps).replace(" -", "-") if steps else "")


def lines(topology: dict[str, Any]) -> Iterator[list[Point]]:
    """The lines of every geometry of a topology, simplified."""
    arcs = [simplify(arc) for arc in decoded(topology)]
    for collection in topology["objects"].values():
        for geometry in collection["geometries"]:
            if geometry["type"] is None:
                continue
            parts = geometry["arcs"] if geometry["type"] == "MultiLineString" else [geometry["arcs"]]
            for part in parts:
                yield next(rings_of([part], arcs))


def area(ring: list[Point]) -> float:
    """The area of a ring in square units."""
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2


if __name__ == "__main__":
    main(*sys.argv[1:])
