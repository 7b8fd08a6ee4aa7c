"""`compass drill`: a lost key, a stolen machine, a restore, tried on a copy every half year.

Exit 0 when everything came out as it should, 1 when something did not, 2 when the drill could not be held. The live data
folder is refused; what is given is read, copied and left as it was. Words and identities come from the terminal or from
file descriptors. The report says what was tried and on which day; nobody's data stands in it.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from compass.config.commands.keys import prepare, words_argument
from compass.config.embedded import Cluster, EmbeddedError

if TYPE_CHECKING:
    from compass.config.drills import Counts, Report
    from compass.vault.shares import Words

#: Backups are nightly; one that is older than this was not made for a night.
FRESH = timedelta(hours=36)
LOST, STOLEN, RESTORE, COUNT = "lost-key", "stolen-machine", "restore", "count"


def arguments(parser: argparse.ArgumentParser) -> None:
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
    for name, text in (
        (LOST, "one custodian's words are lost: the other two open; with two lost, nothing does"),
        (STOLEN, "a copied data folder opens nothing with what lies in it, and one record with two custodians"),
    ):
        step = steps.add_parser(name, help=text, description=text)
        step.add_argument("copy", type=Path, metavar="FOLDER", help="a copy of the data folder, never the live one")
        _common(step)
    text = "the newest backup, restored elsewhere without whoever was erased, opens with two custodians"
    step = steps.add_parser(RESTORE, help=text, description=text)
    step.add_argument("backup", type=Path, help="a backup, or a folder of them (*.age), of which the newest is taken")
    step.add_argument("--erasures", type=Path, metavar="FILE", help="the newest list of erasures (erasures.jsonl)")
    step.add_argument("--public-key", type=Path, help="public key of the checkpoints, as an officer keeps it")
    step.add_argument("--counts", type=Path, metavar="FILE", help="what `compass drill count` said beside the backup")
    step.add_argument(
        "--identity-fd", type=int, metavar="NUMBER", help="read the age identity from this file descriptor"
    )
    _common(step)
    text = "how many rows the live database has, to compare a restored one with; numbers only, nothing is changed"
    steps.add_parser(COUNT, help=text, description=text)


def _common(step: argparse.ArgumentParser) -> None:
    step.add_argument("--report", type=Path, required=True, metavar="FILE", help="for the data protection officer; new")
    step.add_argument("--work", type=Path, metavar="FOLDER", help="where the scratch copy is made (default TMPDIR)")
    words_argument(step)


def run(options: argparse.Namespace) -> int:
    live = os.environ.get("COMPASS_OWNER_URL", "")
    prepare("owner")
    from compass.problems import Problem

    try:
        if options.step == COUNT:
            return _count(live)
        return _drilled(options, live)
    except (EmbeddedError, Problem) as error:
        print(f"compass: {error}", file=sys.stderr)
        return 2


def _count(live: str) -> int:
    from compass.config import terminal

    terminal.say(json.dumps(asdict(_live_counts(live)), indent=1))
    return 0


def _drilled(options: argparse.Namespace, live: str) -> int:
    from django.utils.translation import gettext as _

    from compass.config import terminal
    from compass.config.drills import Report

    if options.report.exists():
        raise EmbeddedError(_("%(file)s is there already. Give the report another name.") % {"file": options.report})
    titles = {
        LOST: _("Drill: a custodian’s words are lost"),
        STOLEN: _("Drill: the machine is stolen"),
        RESTORE: _("Drill: a backup is restored"),
    }
    report = Report(titles[options.step])
    steps: dict[str, Callable[[], None]] = {
        LOST: lambda: _lost_key(options, report),
        STOLEN: lambda: _stolen(options, report),
        RESTORE: lambda: _restore(options, report, live),
    }
    steps[options.step]()
    report.write(options.report)
    terminal.say(report.verdict)
    return 0 if report.passed else 1


def _words(words_fd: int | None) -> tuple[Words, Words]:
    from compass.config import custodians

    return custodians.two(words_fd)


def _key(report: Report, words: tuple[Words, Words]) -> bytes:
    """The key that two custodians give together; empty, and said, when they give none."""
    from django.utils.translation import gettext as _

    from compass.problems import Problem
    from compass.vault import shares

    try:
        return shares.join(*words)
    except Problem as problem:
        report.check(False, _("two custodians give no key: %(problem)s") % {"problem": problem})
        return b""


def _token(report: Report, folder: Path) -> None:
    from django.utils.translation import gettext as _

    if (folder / "token.json").exists():
        report.check(
            True,
            _("a token opens it too (token.json): with the machine, the token and its PIN no custodian is needed"),
        )


def _lost_key(options: argparse.Namespace, report: Report) -> None:
    from django.utils.translation import gettext as _

    from compass.config import drills

    drills.refuse_live(options.copy)
    with drills.scratch(options.work) as folder:
        drills.copy(options.copy, folder)
        with drills.database(folder) as connection:
            vault = drills.Vault.of(connection)
            words = _words(options.words_fd)
            if key := _key(report, words):
                opened = len(vault.by_root(key))
                report.check(
                    opened == len(vault.organisations),
                    _("one custodian lost: the other two open %(opened)d of %(count)d keys")
                    % {"opened": opened, "count": len(vault.organisations)},
                )
                report.check(
                    drills.opens_a_person(connection, key),
                    _("one custodian lost: the other two open one person’s record"),
                )
            for number, one in enumerate(words, 1):
                report.check(
                    not drills.with_one_alone(one, vault),
                    _("two custodians lost: the words of custodian %(number)d alone open nothing") % {"number": number},
                )
        _token(report, folder)


def _stolen(options: argparse.Namespace, report: Report) -> None:
    from django.utils.translation import gettext as _

    from compass.config import drills

    drills.refuse_live(options.copy)
    with drills.scratch(options.work) as folder:
        drills.copy(options.copy, folder)
        with drills.database(folder) as connection:
            vault = drills.Vault.of(connection)
            opens = drills.what_opens(folder, vault)
            report.check(
                not opens,
                _("a key lies on the disk and opens it: %(files)s") % {"files": ", ".join(sorted(opens))}
                if opens
                else _("what lies on the disk opens none of %(count)d keys") % {"count": len(vault.organisations)},
            )
            words = _words(options.words_fd)
            if key := _key(report, words):
                report.check(
                    drills.opens_a_person(connection, key),
                    _("with two custodians one person’s record opens (the counter-check)"),
                )
                told = drills.where(folder, [key, *vault.by_root(key)], words)
                report.check(
                    not told,
                    _("a key or words of a custodian lie in: %(files)s") % {"files": ", ".join(sorted(told))}
                    if told
                    else _("no key of an office, no root key and no words of these custodians lie in any file"),
                )
        _token(report, folder)


def _identities(identity_fd: int | None) -> list[Any]:
    from django.utils.translation import gettext as _

    from compass.config import archive, terminal

    if identity_fd is None:
        if not terminal.is_one():
            raise EmbeddedError(
                _("Somebody must type the identity of the backup: start this at a terminal, or see --identity-fd.")
            )
        try:
            return archive.identities_of(
                [terminal.hidden(_("Identity of the backup, from its safe (AGE-SECRET-KEY-1…):"))]
            )
        except EOFError as error:
            raise EmbeddedError(_("The terminal was closed; nothing was changed.")) from error
    try:
        with os.fdopen(identity_fd) as source:
            return archive.identities_of(source.read().splitlines())
    except OSError as error:
        raise EmbeddedError(_("Nothing can be read from the file descriptor that --identity-fd names.")) from error


def _newest(backup: Path) -> Path:
    from django.utils.translation import gettext as _

    if not backup.is_dir():
        return backup
    found = sorted(backup.glob("*.age"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise EmbeddedError(_("There is no backup (*.age) in %(folder)s.") % {"folder": backup})
    return found[-1]


def _restore(options: argparse.Namespace, report: Report, live: str) -> None:
    """Each step says what it found; the first that cannot be taken ends the drill, which failed then."""
    from django.utils.translation import gettext as _

    from compass.config import archive, drills
    from compass.config.commands.restore import _ledger, _public
    from compass.config.restoring import Order, restore

    path, by = _newest(options.backup), _identities(options.identity_fd)
    words = _words(options.words_fd)
    public = _public(options.public_key)
    try:
        manifest, small = archive.checked(path, by, public)
        report.check(True, _("the identity opens the backup %(file)s, and it is whole") % {"file": path.name})
        age = datetime.now(UTC) - manifest.at
        report.check(
            age <= FRESH,
            _("the newest backup is of %(at)s UTC, %(hours)d hours old")
            % {"at": f"{manifest.at:%Y-%m-%d %H:%M}", "hours": age.total_seconds() // 3600},
        )
        if options.erasures is None:
            report.check(False, _("no list of erasures was given: whoever was erased since the backup would come back"))
            return
        ledger = _ledger(options.erasures, small, public)
        with drills.scratch(options.work) as folder:
            url = _empty(folder)
            ended = restore(Order(path, by, manifest, ledger, small), url)
            with psycopg.connect(url) as connection:
                _look(report, connection, [line.subject for line in ledger], ended.finding)
                if key := _key(report, words):
                    report.check(
                        drills.opens_a_person(connection, key),
                        _("two custodians open one person’s record in what was restored"),
                    )
                    _blobs(report, url, key)
                here = drills.Counts.of(connection)
            _compare(report, here, manifest.seq, _counts(options.counts, live), len(ledger))
    except (EmbeddedError, psycopg.Error) as error:
        said = str(error) if isinstance(error, EmbeddedError) else _("the database did not take what was restored")
        report.check(False, said)


def _empty(folder: Path) -> str:
    cluster = Cluster(folder)
    cluster.create()
    cluster.start()
    cluster.create_database()
    return cluster.url("compass_owner")


def _look(report: Report, connection: Any, erased: list[Any], finding: Any) -> None:
    from django.utils.translation import gettext as _

    from compass.config import drills

    report.check(
        finding is None,
        _("the restored trail is not right: %(finding)s") % {"finding": finding}
        if finding
        else _("the restored trail is right, with every checkpoint of the backup"),
    )
    left = drills.keys_of(connection, erased)
    report.check(
        left == 0,
        _("erased records on the list: %(count)d; their keys that came back: %(left)d")
        % {"count": len(erased), "left": left},
    )


def _blobs(report: Report, url: str, key: bytes) -> None:
    from django.utils.translation import gettext as _

    from compass.trail.verify import verify
    from compass.vault.veil import Veil

    with psycopg.connect(url, autocommit=True) as connection:
        finding = verify(connection, veil=Veil.by_root(connection, key))
    report.check(
        finding is None,
        _("what is sealed is not what the trail says: %(finding)s") % {"finding": finding}
        if finding
        else _("what is sealed is what the restored trail says"),
    )


def _live_counts(live: str) -> Counts:
    from django.utils.translation import gettext as _

    from compass.config.drills import Counts

    if not live:
        raise EmbeddedError(
            _("The live rows are not known: set COMPASS_OWNER_URL to the live database, or name a file with --counts.")
        )
    try:
        with psycopg.connect(live) as connection:
            return Counts.of(connection)
    except psycopg.Error as error:
        raise EmbeddedError(_("The database does not answer. Check COMPASS_OWNER_URL.")) from error


def _counts(path: Path | None, live: str) -> Counts:
    from django.utils.translation import gettext as _

    from compass.config.drills import Counts

    if path is None:
        return _live_counts(live)
    try:
        said = json.loads(path.read_text())
        tables = {str(name): int(count) for name, count in said["tables"].items()}
        return Counts(int(said["seq"]), int(said["erased"]), tables)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise EmbeddedError(_("The file of --counts cannot be read: `compass drill count` writes one.")) from error


def _compare(report: Report, here: Counts, seq: int, live: Counts, erased: int) -> None:
    """Nothing written since: every table has as many rows. Otherwise the trail says how much came later.

    A restore adds one entry to the trail, and leaves out the keys of whoever was erased.
    """
    from django.utils.translation import gettext as _

    report.check(
        live.erased <= erased,
        _("the live system knows %(live)d erasures, the list %(count)d") % {"live": live.erased, "count": erased},
    )
    later = live.seq - seq
    restored = {**here.tables, "trail_entry": here.tables.get("trail_entry", 0) - 1}
    differ = {
        name: (restored.get(name, 0), count) for name, count in live.tables.items() if restored.get(name) != count
    }
    lost = {
        name: pair
        for name, pair in differ.items()
        if name not in restored or (later <= 0 and not _keys_less(name, pair))
    }
    told = ", ".join(f"{name} {mine}/{theirs}" for name, (mine, theirs) in sorted((lost or differ).items()))
    if later < 0:
        report.check(False, _("the live rows were counted before the backup was made: count them again"))
    elif lost:
        report.check(False, _("rows are missing or too many (restored/live): %(tables)s") % {"tables": told})
    elif differ:
        said = _(
            "%(count)d entries were written since the backup; tables that differ since (restored/live): %(tables)s"
        )
        report.check(True, said % {"count": later, "tables": told})
    else:
        report.check(True, _("each of %(count)d tables has as many rows as live") % {"count": len(live.tables)})


def _keys_less(name: str, pair: tuple[int, int]) -> bool:
    """Whether it is a table of people's keys, which an erasure makes shorter."""
    return name.startswith("vault_") and pair[0] < pair[1]
