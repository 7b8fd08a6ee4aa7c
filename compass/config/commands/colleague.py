"""`compass colleague`: who may sign in, for what, and no longer. As the owner; no custodian is needed."""

from __future__ import annotations

import argparse

from compass.config.commands.organisation import as_owner

LANGUAGES = ("fr", "en", "ar")


def arguments(parser: argparse.ArgumentParser) -> None:
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
    for name, text in (
        ("invite", "make an account and tell the code of its first sign-in, once"),
        ("grant", "give a colleague more roles, there or in another organisation"),
        ("renew", "a new code for who lost password or phone; second factors and sessions end"),
        ("close", "end every role and session of a colleague, now"),
    ):
        step = steps.add_parser(name, help=text, description=text)
        step.add_argument("username", metavar="USERNAME", help="names a post, not a person: zinder.social")
        if name in {"invite", "grant"}:
            step.add_argument("--of", required=True, metavar="ORGANISATION")
            step.add_argument("--role", action="append", required=True, dest="roles", metavar="ROLE")
        if name == "invite":
            step.add_argument("--language", choices=LANGUAGES, default="fr")
    steps.add_parser("list", help="every colleague with roles, and who has not followed the invitation yet")


def run(options: argparse.Namespace) -> int:
    as_owner()
    return {"invite": invite, "grant": grant, "renew": renew, "close": close, "list": show}[options.step](options)


def _tell(code: str) -> None:
    from django.utils.translation import gettext as _

    from compass.access.accounts import INVITED_FOR
    from compass.config import terminal

    hours = int(INVITED_FOR.total_seconds() // 3600)
    terminal.say(_("Code of the first sign-in: %(code)s") % {"code": code})
    terminal.say(
        _(
            "Tell it to the colleague yourself, by voice; it is not shown again. They type it as their password on the"
            " sign-in page within %(hours)d hours, then choose a password of their own and a second factor."
        )
        % {"hours": hours}
    )


def invite(options: argparse.Namespace) -> int:
    from compass.access import accounts

    office = accounts.organisation_named(options.of)
    _tell(accounts.invite(options.username, office, options.roles, options.language))
    return 0


def grant(options: argparse.Namespace) -> int:
    from django.utils.translation import gettext as _

    from compass.access import accounts
    from compass.config import terminal

    user = accounts.colleague_named(options.username)
    accounts.grant(user, accounts.organisation_named(options.of), options.roles)
    terminal.say(_("Granted. It counts from the next page that the colleague opens."))
    return 0


def renew(options: argparse.Namespace) -> int:
    from compass.access import accounts

    _tell(accounts.renew(accounts.colleague_named(options.username)))
    return 0


def close(options: argparse.Namespace) -> int:
    from django.utils.translation import gettext as _

    from compass.access import accounts
    from compass.config import terminal

    count = accounts.close(accounts.colleague_named(options.username))
    terminal.say(_("Closed. Roles that ended: %(count)d. It counts from the next page on.") % {"count": count})
    return 0


def show(options: argparse.Namespace) -> int:
    from django.utils.translation import gettext as _

    from compass.access.models import Grant, User
    from compass.config import terminal

    held: dict[object, list[str]] = {}
    for each in Grant.objects.filter(valid_to__isnull=True).select_related("organisation").order_by("role"):
        held.setdefault(each.user_id, []).append(f"{each.role} ({each.organisation})")
    for user in User.objects.order_by("username"):
        state = "" if user.is_active else _("closed")
        if user.invited_until:
            state = _("invited until %(moment)s") % {"moment": f"{user.invited_until:%Y-%m-%d %H:%M} UTC"}
        terminal.say("  ".join(filter(None, (f"{user.username:<24}", ", ".join(held.get(user.pk, [])), state))))
    return 0
