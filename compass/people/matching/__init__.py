"""Finding records of one person: keys for the blind index, order of a search, the nightly linker.

Pure functions on `Record`; no Django, no database, nothing written anywhere. See `linker.link`, `keys.index_tokens`,
`keys.search_tokens` and `ranking.rank`.
"""

from __future__ import annotations

from compass.people.matching.fields import NAMES as FIELD_NAMES
from compass.people.matching.keys import index_tokens, search_tokens
from compass.people.matching.linker import Link, link
from compass.people.matching.ranking import Ranked, rank
from compass.people.matching.records import Name, Record

__all__ = ["FIELD_NAMES", "Link", "Name", "Ranked", "Record", "index_tokens", "link", "rank", "search_tokens"]
