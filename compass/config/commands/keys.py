"""`compass keys`: the root key of an operation in the hands of three custodians, any two of whom open it."""

from __future__ import annotations

import argparse
import os

import django

from compass.config.embedded import EmbeddedError


def words_argument(parser: argparse.ArgumentParser) -> None:
    """For every command that may have to ask two custodians."""
    parser.add_argument(
        "--words-fd",
        type=int,
        metavar="NUMBER",
        help="read the words of two custodians, one a line, from this file descriptor instead of the terminal",
    )


def pin_argument(parser: argparse.ArgumentParser) -> None:
    """For every command that a PKCS#11 token may open instead of two custodians."""
    parser.add_argument(
        "--pin-fd",
        type=int,
        metavar="NUMBER",
        help="read the PIN of the PKCS#11 token, one line, from this file descriptor instead of the terminal",
    )


def arguments(parser: argparse.ArgumentParser) -> None:
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
    steps.add_parser("create", help="make the root key of a new installation and show three custodians their words")
    for name, text in (
        ("try", "two custodians find out whether their words open this installation; nothing is changed"),
        ("escrow", "new words for three custodians of the same key, from the words of two"),
    ):
        step = steps.add_parser(name, help=text, description=text)
        words_argument(step)
    text = "let a PKCS#11 token and its PIN open this installation too, from the words of two custodians"
    step = steps.add_parser("token", help=text, description=text)
    step.add_argument("--forget", action="store_true", help="destroy the key on the token; only custodians open then")
    words_argument(step)
    pin_argument(step)


def run(options: argparse.Namespace) -> int:
    from compass.config import terminal

    prepare("owner" if os.environ.get("COMPASS_OWNER_URL") else "app")
    if options.step == "token":
        (forget_token if options.forget else put_on_token)(options)
    else:
        {"create": create, "try": attempt, "escrow": escrow}[options.step](getattr(options, "words_fd", None))
    terminal.say("")
    return 0


def prepare(process: str) -> None:
    """Django as `process`, in the language of the terminal, and without a trace of what will be typed."""
    os.environ["COMPASS_PROCESS"] = process
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "compass.config.settings")
    django.setup()
    from compass.config import terminal
    from compass.vault.root import leave_no_trace

    leave_no_trace()
    terminal.speak()


def refuse_while_locked() -> None:
    """Nobody brings their words to a server that may not use them. Raises Locked."""
    from compass.problems import Locked
    from compass.vault.locking import is_locked

    if is_locked():
        raise Locked


def create(words_fd: int | None) -> None:
    """Only for an installation that has none: a second key would open nothing that is already there."""
    from django.utils.translation import gettext as _

    from compass.config import custodians, terminal
    from compass.vault import custody, shares
    from compass.vault.crypto import new_key
    from compass.vault.root import HeldKey

    if custody.is_file() or custody.known().checks:
        raise EmbeddedError(
            _("This installation has a root key already. A new one takes its place with: compass rotate-keys")
        )
    key = new_key()
    custodians.show(shares.split(key))
    custody.note(1, HeldKey(key).check)
    terminal.say(
        _("Key 1 is made. Any two of the three custodians open it; the machine keeps no copy, only a check value.")
    )
    terminal.say(_("Keep the three sheets in three places. With two of them lost, every record is lost."))


def attempt(words_fd: int | None) -> None:
    from django.utils.translation import gettext as _

    from compass.config import custodians, terminal
    from compass.vault import custody
    from compass.vault.root import HeldKey

    key, _made = custodians.ask(words_fd)
    number = custody.number_of(HeldKey(key))
    terminal.say(_("These words open key %(number)d of this installation. Nothing was changed.") % {"number": number})


def escrow(words_fd: int | None) -> None:
    from django.utils.translation import gettext as _

    from compass.config import custodians, terminal
    from compass.vault import custody, shares
    from compass.vault.root import HeldKey

    key, earlier = custodians.ask(words_fd)
    number = custody.number_of(HeldKey(key))
    custodians.show(shares.split(key, unlike=earlier))
    terminal.say(_("Three new sheets open key %(number)d. Earlier sheets do not mix with them.") % {"number": number})
    terminal.say(
        _(
            "Two earlier sheets together still open the same key. Destroy those you have; if you cannot be sure of the"
            " others, make a new key with: compass rotate-keys"
        )
    )


def put_on_token(options: argparse.Namespace) -> None:
    """Two custodians give the key; the token seals it under one of its own."""
    from django.utils.translation import gettext as _

    from compass.config import custodians, terminal
    from compass.vault import custody, hsm
    from compass.vault.root import HeldKey

    _named()
    key, _made = custodians.ask(options.words_fd)
    number = custody.number_of(HeldKey(key))
    hsm.put(number, key, custodians.pin(options.pin_fd))
    terminal.say(
        _("From now on the token and its PIN open key %(number)d too. An earlier key of COMPASS on it is destroyed.")
        % {"number": number}
    )
    terminal.say(_("The words of the custodians go on opening it; keep the sheets: a token breaks."))


def forget_token(options: argparse.Namespace) -> None:
    from django.utils.translation import gettext as _

    from compass.config import custodians, terminal
    from compass.vault import hsm

    _named()
    hsm.forget(custodians.pin(options.pin_fd))
    terminal.say(_("The token opens this installation no more. Two custodians are asked from now on."))


def _named() -> None:
    from django.utils.translation import gettext as _

    from compass.vault import hsm

    if not hsm.is_named():
        raise EmbeddedError(_("Say where the token’s library is: set COMPASS_PKCS11_MODULE, and COMPASS_PKCS11_TOKEN."))
