"""The sheet of the world map: where a place lies on it.

Natural Earth projection (Tom Patterson; polynomial by Bojan Šavrič, 2011), from 57° south to 84° north.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

WIDTH = 1000
_SOUTH, _NORTH = -57.0, 84.0
#: Half the width of the projection at the equator, for longitude 180°.
_HALF = 0.8707 * math.pi
_SCALE = WIDTH / (2 * _HALF)


@dataclass(frozen=True)
class World:
    """Paths in units of the sheet: by ISO 3166 alpha-3 code ("" for land without one), and the disputed lines."""

    width: int
    height: int
    countries: dict[str, str]
    disputed: str


def _vertical(lat: float) -> float:
    phi = math.radians(lat)
    square = phi * phi
    quartic = square * square
    return phi * (1.007226 + square * (0.015085 + quartic * (-0.044475 + 0.028874 * square - 0.005916 * quartic)))


def project(lon: float, lat: float) -> tuple[float, float]:
    """A place (degrees) on the sheet: x from the left edge, y from the top, in units.

    Latitudes outside the sheet are moved to its edge.
    """
    lat = min(max(lat, _SOUTH), _NORTH)
    square = math.radians(lat) ** 2
    quartic = square * square
    width = 0.8707 - 0.131979 * square + quartic * (-0.013791 + quartic * (0.003971 * square - 0.001529 * quartic))
    return (math.radians(lon) * width + _HALF) * _SCALE, (_vertical(_NORTH) - _vertical(lat)) * _SCALE


HEIGHT = math.ceil((_vertical(_NORTH) - _vertical(_SOUTH)) * _SCALE)


@lru_cache(maxsize=1)
def world() -> World:
    """The map of the world, read once."""
    return World(**json.loads((Path(__file__).parent / "data" / "world.json").read_text(encoding="utf-8")))
