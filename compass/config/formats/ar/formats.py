"""Arabic with the digits 0 to 9: Django leaves its numbers ungrouped, and long ones cannot be read."""

from __future__ import annotations

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
