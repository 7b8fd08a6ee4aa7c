"""`compass bench NAME`: measure on this machine; JSON to stdout, a table in bench/RESULTS.md."""

from __future__ import annotations

import argparse
import importlib
import json
from pathlib import Path

NAMES = ("vault", "trail", "start", "pages", "thin", "search", "match", "linkers", "uniqueness")
#: People that are loaded when nobody says how many.
PEOPLE = {"start": 1000, "pages": 1000, "search": 20_000, "match": 20_000, "uniqueness": 120_000}


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", choices=(*NAMES, "all"))
    parser.add_argument("--results", type=Path, default=Path("bench/RESULTS.md"), help="where the table goes")
    parser.add_argument(
        "--people", type=int, help="people loaded (start, pages: 1,000; search, match: 20,000; uniqueness: 120,000)"
    )
    parser.add_argument("--keep", type=Path, help="search: keep the people in this folder, and ask those who are there")


def run(options: argparse.Namespace) -> int:
    from compass.config.bench.machine import write_table

    kept = {"search": {"keep": options.keep}} if options.keep else {}
    for name in NAMES if options.name == "all" else (options.name,):
        module = importlib.import_module(f"compass.config.bench.{name}")
        figures, rows = (
            module.run(options.people or PEOPLE[name], **kept.get(name, {})) if name in PEOPLE else module.run()
        )
        print(json.dumps({"bench": name, **figures}, indent=2))
        write_table(options.results, name, figures["machine"], rows, module.TRIED)
    return 0
