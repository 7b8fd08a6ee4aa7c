"""The clock on an office's wall. Moments are stored in UTC and shown in the time of the colleague's country.

Source: IANA time zone database, zone1970.tab; one zone for each country of the programme.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

ZONES = {
    "AF": "Asia/Kabul",
    "DZ": "Africa/Algiers",
    "EG": "Africa/Cairo",
    "ET": "Africa/Addis_Ababa",
    "IQ": "Asia/Baghdad",
    "LB": "Asia/Beirut",
    "LY": "Africa/Tripoli",
    "MA": "Africa/Casablanca",
    "ML": "Africa/Bamako",
    "NE": "Africa/Niamey",
    "NG": "Africa/Lagos",
    "SD": "Africa/Khartoum",
    "TD": "Africa/Ndjamena",
    "TN": "Africa/Tunis",
}


def zone_of(country: str) -> ZoneInfo:
    """The zone of a country of the programme (alpha-2); UTC for headquarters and the funder."""
    return ZoneInfo(ZONES.get(country, "UTC"))
