"""One catalogue of numbered refusals. The page, the API and the device client show the same text."""

from compass.problems.catalogue import *  # noqa: F403
from compass.problems.catalogue import Problem

__all__ = ["Problem"]
