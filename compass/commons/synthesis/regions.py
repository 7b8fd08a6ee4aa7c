"""Regions of the world by coordinates.

**Our grouping by coordinates, not IOM's.** The published aggregate names no region, only points, many rounded to a
whole degree. Each region is a rough polygon; the first one that holds a point, in the order of `REGIONS`, has it.
Routes over sea come before the lands around them, because that is where people die and how the routes are known.
The polygons are drawn generously along coasts: "Mediterranean" means the sea and its shores. They are no boundaries
and imply no opinion on any.
"""

from __future__ import annotations

from dataclasses import dataclass

Point = tuple[float, float]
ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class Region:
    """A named polygon. `corners` are (longitude, latitude) in degrees, in order."""

    code: str
    corners: tuple[Point, ...]

    def holds(self, lon: float, lat: float) -> bool:
        """Whether a point is inside (even-odd rule; of two polygons that share an edge, one has a point on it)."""
        inside = False
        x1, y1 = self.corners[-1]
        for x2, y2 in self.corners:
            if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
                inside = not inside
            x1, y1 = x2, y2
        return inside


def _box(west: float, south: float, east: float, north: float) -> tuple[Point, ...]:
    return ((west, south), (east, south), (east, north), (west, north))


# A polygon is read as a line around a place; one corner a line would hide its shape.
# fmt: off
REGIONS: tuple[Region, ...] = (
    Region("english_channel", _box(-2.5, 49.3, 3.0, 51.6)),
    Region(
        "atlantic_route",
        ((-36, 8), (-12.5, 8), (-13, 9.5), (-15.3, 11), (-16.2, 13), (-16.5, 15), (-15.8, 18), (-16.2, 21),
         (-15, 24), (-12.6, 26.7), (-10, 28.7), (-9, 30.3), (-8.8, 32), (-6.4, 33.8), (-5.9, 35.4),
         (-5.9, 36.6), (-8.5, 37.2), (-36, 37.2)),
    ),
    Region(
        "mediterranean",
        ((-5.9, 34.9), (-1.5, 34.9), (1, 35.5), (4, 36), (9, 36.4), (9.6, 35), (9.6, 33.4), (11.3, 32.5),
         (15, 31.7), (16, 30.5), (19, 29.9), (20.6, 30.8), (20.6, 31.9), (22, 32.2), (25, 31.2), (29, 30.5),
         (33, 30.7), (34.4, 31), (35.2, 32.9), (36.2, 34.7), (36, 36), (36.4, 37), (32, 36.5), (30, 37.2),
         (28.6, 37.4), (27.9, 39.2), (26.4, 40.2), (24, 40.9), (22.6, 40.5), (22.8, 38), (21.5, 39.3),
         (19.6, 41.5), (14, 45.7), (12, 45.7), (12.3, 44), (16, 41), (17.5, 40.2), (15.9, 39.6), (12.5, 42),
         (8.5, 44.5), (3.5, 43.6), (2.8, 41.7), (-0.5, 39.5), (-1, 37.9), (-4.4, 36.9), (-5.9, 36.6)),
    ),
    Region(
        "red_sea_gulf_of_aden",
        ((32.3, 30), (35.1, 29.6), (37.5, 24.5), (39.8, 20.6), (42.6, 16.8), (43.4, 13.6), (43.7, 12.9),
         (45.3, 13.4), (52, 16), (54.6, 14.5), (54.6, 12), (52, 10.8), (47, 10.8), (44, 10.2), (42.6, 11.3),
         (42.6, 12.8), (39.4, 15), (37, 18.5), (35, 22), (33, 27)),
    ),
    Region("northern_africa", _box(-13.2, 29, 34.4, 37.4)),
    Region(
        "sahara",
        ((-16.2, 16), (37, 16), (36, 22), (33.2, 27.5), (33.2, 29), (-13.2, 29)),
    ),
    Region("western_africa", _box(-18, 4, 15, 16)),
    Region(
        "eastern_africa_horn",
        ((22, 16), (22, 8.5), (28.8, 4), (28.8, -5), (52, -5), (52, 12.2), (43.3, 12.2), (40, 16)),
    ),
    Region("central_africa", _box(8, -13, 30, 16)),
    Region("southern_africa_indian_ocean", _box(10, -36, 60, -5)),
    Region(
        "middle_east",
        ((34, 29), (38, 22), (42, 12.2), (54, 12.2), (60.5, 22.5), (56.4, 26.5), (50, 28.8), (48.3, 30.2),
         (45.9, 33.5), (45, 36.5), (44.3, 39.4), (44.5, 41.2), (41.5, 41.8), (26.5, 41.8), (26.2, 36),
         (34, 31.5)),
    ),
    Region(
        "bay_of_bengal",
        ((86, 5.5), (95, 4), (98.6, 4.5), (100.6, 6), (99.5, 9), (98.6, 12), (98, 15.6), (97.6, 16.8),
         (96.9, 16.9), (95.3, 16.6), (94.6, 19.5), (93.3, 21.3), (92.3, 23), (89, 22.6), (86, 20)),
    ),
    Region(
        "southern_asia",
        ((44, 40), (44, 36), (47, 30), (56, 26.3), (61, 22), (72, 5), (82, 5), (92.5, 20), (92.5, 27),
         (75, 39.8), (54, 39.8)),
    ),
    Region(
        "south_eastern_asia",
        ((92.2, 23), (94, -12), (142, -12), (131, 20), (108.5, 20), (108, 23.3), (101, 23.3), (97.5, 28)),
    ),
    Region("eastern_central_asia", _box(50, 20, 150, 56)),
    Region("europe", _box(-30, 35.5, 68, 72)),
    Region(
        "us_mexico_border",
        ((-118, 31.9), (-113, 30.6), (-108, 30.3), (-104.5, 28.4), (-101.5, 27.4), (-99.8, 25.6),
         (-96.8, 25.6), (-96.8, 28.5), (-98.2, 30), (-102, 30.8), (-104.5, 32.8), (-118, 33.8)),
    ),
    Region(
        "caribbean",
        ((-89, 21.8), (-84, 17), (-81.9, 15.5), (-80.5, 12), (-75.5, 11.2), (-72, 12.6), (-70.2, 11.4),
         (-62.8, 9.5), (-60, 9.5), (-58, 14), (-58, 32), (-80, 32), (-80.6, 26.8), (-83, 25.5), (-88, 25.5)),
    ),
    Region(
        "central_america_mexico",
        ((-120, 33), (-120, 12), (-84, 5.5), (-77.3, 7), (-76, 9.6), (-80, 13), (-85.5, 22), (-90, 26),
         (-97, 31)),
    ),
    Region("south_america", _box(-93, -57, -33, 13)),
    Region("northern_america", _box(-170, 24, -50, 75)),
)
# fmt: on


def region_of(lon: float, lat: float) -> str:
    """Code of the region that holds a point in degrees; `elsewhere` when none does."""
    return next((region.code for region in REGIONS if region.holds(lon, lat)), ELSEWHERE)
