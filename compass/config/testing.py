"""The pytest plugin of the project (named in pyproject.toml).

One embedded PostgreSQL for the whole run; every worker gets a clone of one template.

Tests run as the app role. `owner` gives a connection that may look at everything.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from compass.config.embedded import Cluster
from compass.config.environment import create_secrets, environment, use

TEMPLATE = "compass_template"
FOLDER = "COMPASS_TEST_FOLDER"
CLUSTER = pytest.StashKey[Cluster]()
NAME = pytest.StashKey[str]()


def _prepare() -> Cluster:
    cluster = Cluster(Path(tempfile.mkdtemp(prefix="compass-")))
    cluster.folder.chmod(0o755)
    cluster.create()
    cluster.start(
        fsync="off", synchronous_commit="off", max_connections="120", max_wal_size="256MB", shared_buffers="128MB"
    )
    cluster.create_database(TEMPLATE)
    create_secrets(cluster.folder)
    env = {
        **os.environ,
        **environment(cluster, "owner", name=TEMPLATE),
        "COMPASS_DEMONSTRATION": "1",
        "COMPASS_STATIC": str(cluster.folder / "static"),
    }
    try:
        subprocess.run([sys.executable, "-m", "compass.config.demo.prepare", "owner", "0", "0"], env=env, check=True)
    except BaseException:
        _remove(cluster)
        raise
    return cluster


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Before Django reads its settings: start the cluster once, then give each worker its own clone."""
    if FOLDER not in os.environ:
        started = _prepare()
        os.environ[FOLDER] = str(started.folder)
        early_config.add_cleanup(lambda: _remove(started))
    cluster = Cluster(Path(os.environ[FOLDER]))
    name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'one')}_{os.getpid()}"
    cluster.create_database(name, template=TEMPLATE)
    # The accounts of the tests are the demonstration's: elsewhere they would have to set up a second factor first.
    use(
        {
            **environment(cluster, "app", name=name),
            "COMPASS_DEMONSTRATION": "1",
            "COMPASS_STATIC": str(cluster.folder / "none"),
            "COMPASS_SHORT_SET": "NE",
        }
    )
    early_config.stash[CLUSTER], early_config.stash[NAME] = cluster, name
    # Playwright keeps an event loop running in this thread; Django would take every query for one of its own.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    (cluster.folder / "none").mkdir(exist_ok=True)
    return (yield)


def _remove(cluster: Cluster) -> None:
    cluster.stop()
    shutil.rmtree(cluster.folder, ignore_errors=True)


def _record_proofs(config: pytest.Config, reporter: Any) -> None:
    """The long form writes what it did into the results, like a bench: only whole runs in which nothing failed."""
    passed = [each for each in reporter.stats.get("passed", []) if "proof" in each.keywords and each.when == "call"]
    if config.getoption("markexpr") != "proof" or config.args != config.getini("testpaths") or not passed:
        return
    if any(reporter.stats.get(outcome) for outcome in ("failed", "error", "skipped")):
        return
    from compass.config.bench.machine import machine, write_table

    rows = [
        (
            each.nodeid.rsplit("::", 1)[1].removeprefix("test_").replace("_", " "),
            f"{each.duration:.0f} s" if each.duration >= 1 else "under 1 s",
            "; ".join(f"{name}: {value}" for name, value in each.user_properties),
        )
        for each in passed
    ]
    tried = "the long form, `make proof`; where a line says so, something is spoiled on purpose and must be found."
    write_table(Path("bench/RESULTS.md"), "proof", machine(), rows, tried)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where nothing may be skipped (the project's own checks), a skipped test is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        _record_proofs(session.config, reporter)
    if os.environ.get("COMPASS_NO_SKIPS") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.write_line("Skipped tests count as failures here.", red=True)
