"""Names that no public labelled set has. What is asked is 0.85 of the pairs at a precision of 0.95, and not every kind of
people comes to it yet: docs/matching.md says which. What was reached is held here.
"""

from __future__ import annotations

from hashlib import sha256

import pytest

from compass.people.tests.matching.tongues import TONGUES, registered
from compass.people.tests.matching.tongues.judged import judged

PEOPLE = 400
#: Digest of the records, and the share of the pairs that is found while 95 of 100 links are right.
FROZEN = {
    "arabic": ("9614a534cad18612", 0.87),
    "french": ("6e124ebdcd95813b", 0.85),
    "hausa": ("226778bc7c751fa0", 0.81),
    "amharic": ("55725d1c6184db41", 0.91),
    "dari": ("f65a96dbf2724e29", 0.80),
    "one_name": ("885bfcd0cba6df6d", 0.72),
}


@pytest.mark.parametrize("kind", TONGUES)
def test_no_kind_of_people_is_found_less_than_it_was(kind: str):
    _, bar = FROZEN[kind]

    assert judged(kind, PEOPLE).recall_at_95 >= bar


def test_the_people_are_those_that_were_frozen():
    digests = {kind: sha256(repr(registered(kind, PEOPLE)).encode()).hexdigest()[:16] for kind in TONGUES}

    assert digests == {kind: digest for kind, (digest, _) in FROZEN.items()}
