"""The ten busiest pages: 50 users each ask every 3 s for a minute, warm; the client on another core where there is one.

Times are from the request sent to the last byte read on loopback, so a little more than at the server.
"""

from __future__ import annotations

import gzip
import http.client
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from compass.config.bench.machine import Figures, connect, machine, quantile
from compass.config.bench.start import demonstration, folder
from compass.config.embedded import Cluster

USERS, PAUSE, SECONDS, WARM = 50, 3.0, 60.0, 5.0
TRIED = (
    "prepared statements on the server (no gain); switching the garbage collector off (no gain); one read of a "
    "child's ladder a page instead of three, marks drawn once a language instead of once a row, one round trip less a"
    " unit of work; the file of a case read once and shared by standards and chapters (36 queries of a case page became"
    " 27), addresses made only where they are shown, only the figures that are shown. Sampled, half of the processor "
    "time of the work list was Django making the text of the same queries anew: texts are kept now (`access/prepared`,"
    " work list and case page a third less), lists to choose from are drawn in Python (`ui/drawn`: 11 ms of the list of"
    " arrivals became 1), timestamps read by the standard library. What is left is the making of the other queries (a "
    "quarter) and the templates (a third). Threads of one process wait for each other: p50 / p95 of two processes of four"
    " threads, as they run, 53 / 173 ms; switching between threads ten times as often 45 / 151; four processes of two"
    " threads with that 49 / 153; four of one thread 41 / 111. In turns of 30 seconds on"
    " one machine these differences went away again (two of four threads 52 / 179, ten minutes later 34 / 90; four of one"
    " 39 / 111 and 43 / 122): they were the machine's, and nothing was changed. The server has one core here, shared with"
    " PostgreSQL."
)
# (page, colleague): {table} is a row of the colleague's office.
PAGES = (
    ("cases:today", "zinder.cases", ""),
    ("cases:list", "zinder.cases", ""),
    ("cases:team", "zinder.supervisor", ""),
    ("cases:case", "zinder.cases", "cases_case"),
    ("people:person", "zinder.cases", "people_person"),
    ("reception:arrivals", "zinder.social", ""),
    ("cases:referrals", "zinder.clinic", ""),
    ("returns:list", "zinder.cases", ""),
    ("reintegration:list", "edo.reception", ""),
    ("programme:figures", "geneva.results", ""),
)


def _prepare(cluster: Cluster) -> list[tuple[str, str, str]]:
    """(page, address, session) of every page."""
    connect(cluster)
    from django.test import Client
    from django.urls import reverse

    from compass.access.models import User

    found = []
    with cluster.connect("compass_owner", "compass") as owner:
        for name, username, table in PAGES:
            user = User.objects.get(username=username)
            row = (
                owner.execute(
                    f"SELECT id FROM {table} WHERE organisation_id = %s ORDER BY id DESC LIMIT 1",  # noqa: S608 a name of this file
                    [user.organisation_id],
                ).fetchone()
                if table
                else None
            )
            client = Client()
            client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
            url = reverse(name, args=[row[0]] if row else [])
            found.append((name, url, client.cookies["compass_session"].value))
    return found


def _get(port: int, url: str, session: str) -> tuple[int, bytes]:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        link.request(
            "GET",
            url,
            headers={"Cookie": f"compass_session={session}", "Accept-Encoding": "gzip", "Host": f"localhost:{port}"},
        )
        response = link.getresponse()
        return response.status, response.read()
    finally:
        link.close()


def first_load(port: int, url: str, session: str) -> int:
    """Bytes over the line of a page and all it names, gzip as sent."""
    status, body = _get(port, url, session)
    total = len(body)
    text = (gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body).decode()
    for part in set(re.findall(r'(?:src|href)="(/static/[^"]+\.(?:js|css|svg|png|woff2))"', text)):
        total += len(_get(port, urlsplit(part).path, session)[1])
    return total if status == 200 else 0


def ask(port: int, pages: list[tuple[str, str, str]]) -> dict[str, list[float]]:
    """Seconds of every answer by page, after warming up. Raises when a page does not answer 200."""
    times: dict[str, list[float]] = {name: [] for name, _, _ in pages}
    begun = time.perf_counter()
    wrong: list[tuple[str, int]] = []

    def user(number: int) -> None:
        chance = random.Random(number)  # noqa: S311 a seed, not a secret
        time.sleep(chance.random() * PAUSE)
        while (now := time.perf_counter()) - begun < WARM + SECONDS:
            name, url, session = chance.choice(pages)
            status, _ = _get(port, url, session)
            spent = time.perf_counter() - now
            if status != 200:
                wrong.append((name, status))
            elif now - begun > WARM:
                times[name].append(spent)
            time.sleep(max(0.0, PAUSE - spent))

    threads = [threading.Thread(target=user, args=(number,)) for number in range(USERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise RuntimeError(f"pages did not answer: {sorted(set(wrong))}")
    return times


def run(people: int) -> tuple[Figures, list[tuple[str, str, str]]]:
    """p50 and p95 in milliseconds over all pages and for each; bytes of the first load."""
    on = machine()
    cores = sorted(os.sched_getaffinity(0))
    with folder() as path:
        before = ["taskset", "-c", ",".join(map(str, cores[:-1]))] if len(cores) > 1 else []
        with demonstration(path, people, before=before) as (port, _):
            done = subprocess.run(
                [
                    *(["taskset", "-c", str(cores[-1])] if len(cores) > 1 else []),
                    sys.executable,
                    "-m",
                    "compass.config.bench.pages",
                    str(path),
                    str(port),
                ],
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
    measured = json.loads(done.stdout)
    rows = [
        (
            f"all pages, {people:,} people, p50 / p95",
            f"{measured['p50_ms']:.0f} / {measured['p95_ms']:.0f} ms",
            f"budget p95 100 ms; {measured['requests']:,} answers in {SECONDS:.0f} s; server on {len(cores) - 1 or 1} core",
        ),
        *(
            (
                name,
                f"{p['p50_ms']:.0f} / {p['p95_ms']:.0f} ms",
                f"first load {p['first_load_bytes'] / 1024:.0f} KB gz (budget 60)",
            )
            for name, p in measured["pages"].items()
        ),
    ]
    return {"machine": on, "people": people, **measured}, rows


def main() -> int:
    """The client's half, in a process of its own so that it can be pinned apart."""
    cluster, port = Cluster(Path(sys.argv[1])), int(sys.argv[2])
    pages = _prepare(cluster)
    weights = {name: first_load(port, url, session) for name, url, session in pages}
    times = ask(port, pages)
    together = [value * 1000 for values in times.values() for value in values]
    sys.stdout.write(
        json.dumps(
            {
                "requests": len(together),
                "p50_ms": quantile(together, 0.5),
                "p95_ms": quantile(together, 0.95),
                "pages": {
                    name: {
                        "p50_ms": quantile(values, 0.5) * 1000,
                        "p95_ms": quantile(values, 0.95) * 1000,
                        "first_load_bytes": weights[name],
                    }
                    for name, values in times.items()
                    if values
                },
            }
        )
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
