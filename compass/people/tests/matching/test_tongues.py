"""Names that no public labelled set has. What is asked is 0.85 of the pairs at a precision of 0.95. These six
offices come to it; not every office does: docs/matching.md says which. What was reached is held here.
"""

from __future__ import annotations

from hashlib import sha256

import pytest

from compass.people.tests.matching.tongues import TONGUES, registered
from compass.people.tests.matching.tongues.judged import judged

PEOPLE = 400
#: Digest of the records, and the share of the pairs that is found while 95 of 100 links are right.
FROZEN = {
    "arabic": ("143b29aca8917095", 0.95),
    "french": ("b4022ba37bdba25e", 0.93),
    "hausa": ("94d25e00353ae5a1", 0.85),
    "amharic": ("b71714fc8354d36c", 0.86),
    "dari": ("6e495030a9775088", 0.86),
    "one_name": ("19ba96a82ab56c38", 0.89),
}


@pytest.mark.parametrize("kind", TONGUES)
def test_no_kind_of_people_is_found_less_than_it_was(kind: str):
    _, bar = FROZEN[kind]

    assert judged(kind, PEOPLE).recall_at_95 >= bar


def test_the_people_are_those_that_were_frozen():
    digests = {kind: sha256(repr(registered(kind, PEOPLE)).encode()).hexdigest()[:16] for kind in TONGUES}

    assert digests == {kind: digest for kind, (digest, _) in FROZEN.items()}
