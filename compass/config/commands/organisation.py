"""`compass organisation`: offices, partners, ministries, the funder, and the centres of an office. As the owner."""

from __future__ import annotations

import argparse
import os

from compass.config.commands.keys import prepare, words_argument
from compass.config.embedded import EmbeddedError

KINDS = ("office", "partner", "unhcr", "ministry", "donor")


def arguments(parser: argparse.ArgumentParser) -> None:
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
    create = steps.add_parser("create", help="make an organisation and its key; asks two custodians")
    create.add_argument("name", metavar="NAME", help="as it is known where it is")
    create.add_argument("--kind", choices=KINDS, required=True)
    create.add_argument("--country", default="", metavar="CODE", help="two letters, of a country of the programme")
    create.add_argument("--quick-exit", default="", metavar="URL", help="where the quick exit leads for its colleagues")
    words_argument(create)
    centre = steps.add_parser("centre", help="make a centre of an office, with its own list of arrivals")
    centre.add_argument("name", metavar="NAME")
    centre.add_argument("--of", required=True, metavar="ORGANISATION")
    centre.add_argument(
        "--area", required=True, metavar="CODE", help="of the first administrative level, for example NE-7"
    )
    revoke = steps.add_parser("revoke", help="take an organisation out of the programme, at once; asks nobody's words")
    revoke.add_argument("name", metavar="NAME")
    steps.add_parser("list", help="every organisation with its kind and country")


def run(options: argparse.Namespace) -> int:
    as_owner()
    return {"create": create, "centre": centre, "revoke": revoke, "list": show}[options.step](options)


def as_owner() -> None:
    """Django as the owner. Raises EmbeddedError without its address."""
    if not os.environ.get("COMPASS_OWNER_URL"):
        raise EmbeddedError("Set COMPASS_OWNER_URL to the database address of the role compass_owner.")
    prepare("owner")


def create(options: argparse.Namespace) -> int:
    from django.core.exceptions import ValidationError
    from django.core.validators import URLValidator
    from django.utils.translation import gettext as _

    from compass.access.accounts import create_organisation
    from compass.config import custodians, terminal
    from compass.vocabulary import countries

    known = [country.alpha2 for country in countries()]
    if options.country not in known and (options.country or (options.kind != "donor" and options.kind != "office")):
        raise EmbeddedError(_("Choose a country of the programme: %(codes)s.") % {"codes": ", ".join(known)})
    if options.quick_exit:
        try:
            URLValidator(schemes=["https"])(options.quick_exit)
        except ValidationError as error:
            raise EmbeddedError(_("The quick exit needs an address that begins with https://.")) from error
    custodians.take(options.words_fd)
    made = create_organisation(options.name, options.kind, options.country, options.quick_exit)
    terminal.say(_("Made: %(name)s. It has a key of its own.") % {"name": made.name})
    return 0


def centre(options: argparse.Namespace) -> int:
    from django.utils.translation import gettext as _

    from compass.access.accounts import noted, organisation_named
    from compass.access.models import OrganisationKind
    from compass.config import terminal
    from compass.problems import NameTaken
    from compass.reception.install import add_centre
    from compass.reception.models import Centre
    from compass.vocabulary.places import areas

    office = organisation_named(options.of)
    codes = [area.code for area in areas(office.country)] if office.country else []
    if office.kind != OrganisationKind.OFFICE or not codes:
        raise EmbeddedError(_("Only an office with a country has centres."))
    if options.area not in codes:
        raise EmbeddedError(_("Choose an area of that country: %(codes)s.") % {"codes": ", ".join(codes)})
    if Centre._base_manager.filter(organisation_id=office.pk, name=options.name).exists():
        raise NameTaken
    made = Centre(organisation_id=office.pk, name=options.name, country=office.country, area=options.area)
    with noted("access.centre.created", office, [made.pk]):
        add_centre(made)
    terminal.say(_("Made: %(name)s. Its list of arrivals is empty.") % {"name": made.name})
    return 0


def revoke(options: argparse.Namespace) -> int:
    from django.utils.translation import gettext as _

    from compass.access import revoking
    from compass.access.accounts import noted, organisation_named
    from compass.config import terminal

    found = organisation_named(options.name)
    with noted("access.revoked", found, [found.pk]):
        ended = revoking.revoke(found, as_owner=True)
    terminal.say(
        _("%(name)s has no access any more. Sessions that ended: %(count)d.") % {"name": found.name, "count": ended}
    )
    terminal.say(_("Two custodians open it again: compass unlock --of; roles are then granted anew."))
    return 0


def show(options: argparse.Namespace) -> int:
    from django.utils.translation import gettext as _

    from compass.access.models import Organisation
    from compass.config import terminal
    from compass.vault.models import Lock

    locks = dict(Lock.objects.filter(opened_at=None).values_list("organisation_id", "revoked"))
    words = {True: _("taken out"), False: _("locked")}
    for each in Organisation.objects.order_by("kind", "name"):
        state = f"  {words[locks[each.pk]]}" if each.pk in locks else ""
        terminal.say(f"{each.kind:<9} {each.country or '-':<3} {each.name}{state}")
    return 0
