"""Finding people again: load rate, size of the index, and how long a search takes for common, rare and absent names.

Everyone is registered in one organisation through the action that a desk uses (sealing, index, trail). A search is a whole
unit of work: scope, digests, places, candidates opened and ranked, trail, commit. As many are made before, of other people.

A million people take most of an hour to register and a minute to search for: what was registered can be kept in a folder
(`--keep`) and asked again, when the machine is quiet or the search was changed.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from compass.config.bench.crowd import FIRST_YEAR, LAST_YEAR, Invented, crowd
from compass.config.bench.machine import Figures, connect, machine, place, quantile
from compass.config.embedded import Cluster, EmbeddedError

AT_A_TIME = 200
SEARCHES = 200
#: Seeds of the searches that are made before, and of those that are measured.
BEFORE, MEASURED = 8, 7
OFFICE = "zinder.social"
TRIED = (
    "ten people to a token, with which a thief who joins the time of arrival names 15.5 points of 120,000 people beyond the"
    " floor; a token for each person, here: 0.2. Eight tokens out of one digest: 0.9 instead of 5.4 microseconds for each."
    " Of a common name, 8,000 people, in turns on a busy machine: texts of queries kept, lists sent as arrays, and"
    " fewer candidates opened (whole levels of agreement only, a hundred instead of three hundred) took our own processor"
    " from 26 / 42 to 11 / 17 ms (p50 / p95). Chains read to 1,280 places each, whatever they are of: 148 / 502 ms for a"
    " common name among 541,000 people; now they are measured, narrowed by one attribute more, and 1,024 places read in all."
    " What narrows them in places of its own: 0.8 points for the thief instead of 0.2; it takes the room that was filled"
    " with nothing. Of 40,000 people: what is asked read once for all candidates, contact opened only for whoever asks by a"
    " number, and people as texts until they are asked for, took our own processor from 11.9 / 16.3 to 9.9 / 13.0 ms. The"
    " database kept 128 MB in its buffers, a sixteenth of this index; now an eighth of the memory."
)


#: The first results of a search that are on the page.
SHOWN = 20


def _register(people: Sequence[Invented]) -> tuple[float, list[UUID]]:
    """Seconds for registering these people, and under which identifier each was registered."""
    from django.utils import timezone

    from compass.access.actor import Actor
    from compass.access.models import User
    from compass.access.work import unit_of_work
    from compass.people.actions import Registration, register_people

    actor, each, started = Actor.of(User.objects.get(username=OFFICE)), iter(people), time.perf_counter()
    known: list[UUID] = []
    while chunk := list(islice(each, AT_A_TIME)):
        with unit_of_work(actor, "bench") as work:
            envelope: dict[str, Any] = {"occurred_at": timezone.now(), "basis": "vital_interest"}
            made = register_people(
                work,
                [
                    Registration(key=uuid4(), **envelope, sex=one.sex, identity=one.identity, contact=one.contact)
                    for one in chunk
                ],
            )
        known += [row.pk for row in made]
    return time.perf_counter() - started, known


#: What is asked, and whose number among the people is meant.
Asked = tuple[dict[str, Any], int | None]


def _searches(people: Sequence[Invented], seed: int) -> dict[str, list[Asked]]:
    """What is asked: names of the most and the least frequent, and of nobody, each with a year; of other people with
    another seed."""
    by_name: dict[str, list[int]] = {}
    for number, person in enumerate(people):
        by_name.setdefault(person.name, []).append(number)

    def told(number: int) -> Asked:
        identity = people[number].identity
        return {name: identity[name] for name in ("given", "family", "birth_year") if name in identity}, number

    ranked = sorted(by_name, key=lambda name: -len(by_name[name]))
    chance = random.Random(seed)  # noqa: S311 a seed, not a secret
    return {
        "common": [told(chance.choice(by_name[chance.choice(ranked[:5])])) for _ in range(SEARCHES)],
        "rare": [told(chance.choice(by_name[chance.choice(ranked[-100:])])) for _ in range(SEARCHES)],
        "absent": [
            ({"given": f"Z{chance.randrange(10**6):06}qx".translate(_LETTERS), "birth_year": _year(chance)}, None)
            for _ in range(SEARCHES)
        ],
    }


_LETTERS = str.maketrans("0123456789", "bdfglmnprt")


def _year(chance: random.Random) -> int:
    return chance.randint(FIRST_YEAR, LAST_YEAR)


def _time(asked: Sequence[Asked], known: Sequence[UUID]) -> tuple[list[float], list[float], list[int], float]:
    """Milliseconds, those of our own processor time (the database's come on top), and results of each search; and the share
    of those where somebody is meant that show whoever is meant."""
    from compass.access.actor import Actor
    from compass.access.models import User
    from compass.access.work import unit_of_work
    from compass.people.searching.finding import find
    from compass.people.searching.tokens import record_of

    actor = Actor.of(User.objects.get(username=OFFICE))
    times, busy, results, meant, shown = [], [], [], 0, 0
    for identity, number in asked:
        started, worked = time.perf_counter(), time.process_time()
        with unit_of_work(actor, "bench") as work:
            found = find(work, record_of(identity, {}), actor.organisation.pk)
            on_page = [each.person for each in found.candidates[:SHOWN]]
            work.saw(on_page)
        times.append((time.perf_counter() - started) * 1000)
        busy.append((time.process_time() - worked) * 1000)
        results.append(len(found.candidates))
        if number is not None:
            meant += 1
            shown += known[number] in {person.pk for person in on_page}
    return times, busy, results, shown / meant if meant else 1.0


def _registered(cluster: Cluster, invented: Sequence[Invented]) -> tuple[float, list[UUID]]:
    """As `_register`, or what it said of the same people when they were registered here before."""
    done, names = cluster.folder / "registered.json", cluster.folder / "registered.ids"
    if done.exists():
        was = json.loads(done.read_text())
        if was["people"] != len(invented):
            raise EmbeddedError(f"{cluster.folder} keeps {was['people']:,} people: say --people {was['people']}.")
        told = names.read_bytes()
        return was["seconds"], [UUID(bytes=told[at : at + 16]) for at in range(0, len(told), 16)]
    with cluster.connect("compass_owner", "compass") as owner:
        if owner.execute("SELECT EXISTS (SELECT FROM people_searchtoken)").fetchone() == (True,):
            raise EmbeddedError(f"{cluster.folder} keeps people of a run that was broken off: remove the folder.")
    spent, known = _register(invented)
    with cluster.connect("compass_owner", "compass") as owner:
        owner.execute("VACUUM ANALYZE")
    names.write_bytes(b"".join(each.bytes for each in known))
    done.write_text(json.dumps({"people": len(known), "seconds": spent}))
    return spent, known


def run(people: int, keep: Path | None = None) -> tuple[Figures, list[tuple[str, str, str]]]:
    """`people` in one organisation; in the folder `keep`, when there is one."""
    on = machine()
    with place(keep) as cluster:
        connect(cluster)
        invented = list(crowd(people, 1))
        spent, known = _registered(cluster, invented)
        with cluster.connect("compass_owner", "compass") as owner:
            places, size = owner.execute(
                "SELECT count(*), pg_total_relation_size('people_searchtoken') FROM people_searchtoken"
            ).fetchone() or (0, 0)
        figures: Figures = {
            "people": people,
            "registered_per_s": people / spent,
            "places_per_person": places / people,
            "index_mb": size / 1024**2,
            "index_bytes_per_person": size / people,
        }
        # A server that was just started reads what nobody asked for yet; offices search all day.
        for asked in _searches(invented, BEFORE).values():
            _time(asked, known)
        for kind, asked in _searches(invented, MEASURED).items():
            times, busy, results, shown = _time(asked, known)
            figures[f"{kind}_shown"] = shown
            figures[f"{kind}_busy_p95_ms"] = quantile(busy, 0.95)
            figures[f"{kind}_p50_ms"], figures[f"{kind}_p95_ms"] = quantile(times, 0.5), quantile(times, 0.95)
            figures[f"{kind}_found"] = sum(results) / len(results)
    rows = [
        (
            "people registered in a second, sealed and indexed",
            f"{figures['registered_per_s']:,.0f}",
            f"{people:,} people",
        ),
        (
            "size of the index",
            f"{figures['index_mb']:,.0f} MB",
            f"{figures['places_per_person']:.1f} places and {figures['index_bytes_per_person']:,.0f} bytes a person",
        ),
        *(
            (
                f"search for a {kind} name (ms)" if kind != "absent" else "search for an absent name (ms)",
                f"p50 {figures[f'{kind}_p50_ms']:.1f}, p95 {figures[f'{kind}_p95_ms']:.1f}",
                f"p95 of our own processor time {figures[f'{kind}_busy_p95_ms']:.1f};"
                f" {figures[f'{kind}_found']:.1f} candidates on average"
                + (
                    ""
                    if kind == "absent"
                    else f"; the person meant is among the first {SHOWN} of {figures[f'{kind}_shown']:.0%}"
                ),
            )
            for kind in ("common", "rare", "absent")
        ),
    ]
    return {"machine": on, **figures}, rows
