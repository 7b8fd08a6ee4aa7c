"""Whatever there is of addresses, jobs, commands and files handed out stands in the tables of `consent_paths`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from django.urls import get_resolver

import compass
from compass.config import urls_public
from compass.config.cli import COMMANDS
from compass.config.tests import consent_paths, doors
from compass.vocabulary import code_list


@cache
def everything():
    from procrastinate.contrib.django import app

    public = doors.addresses(get_resolver(urls_public.__name__).url_patterns)
    addresses = {name for name, _route, _pattern in (*doors.addresses(), *public)}
    names = {name for name in addresses if not name.startswith(doors.DEMONSTRATION)}
    return names, set(app.tasks), set(COMMANDS), set(consent_paths.exports(Path(compass.__file__).parent))


def test_every_address_job_command_and_export_stands_in_a_table():
    assert consent_paths.unlisted(*everything()) == set()


def test_nothing_stands_in_two_tables():
    listed = consent_paths.addresses_listed()

    assert len(listed) == len(set(listed))
    assert not set(consent_paths.COMMANDS) & set(consent_paths.DISCLOSING_COMMANDS)


def test_each_way_says_what_covers_it_and_what_holds_it():
    scopes = set(code_list("consent_scope").values)
    for way in (*consent_paths.DISCLOSING.values(), *consent_paths.DISCLOSING_COMMANDS.values()):
        assert bool(way.scopes) != bool(way.ground), way
        assert set(way.scopes) <= scopes
        assert way.held == consent_paths.MACHINE or Path(way.held).is_file(), way


def test_what_is_handed_out_stands_among_the_addresses():
    handed_out = {name for names in consent_paths.EXPORTS.values() for name in names}

    assert handed_out <= set(consent_paths.addresses_listed())


@pytest.mark.parametrize(
    "left_out",
    [
        "cases:referral", "compass.trail.checkpoint", "backup", "rotate-keys", "public speech of the office",
        "compass.people.views.summary.printed",
    ],
)  # fmt: skip
def test_what_is_left_out_is_found(left_out, monkeypatch):
    for name in ("DISCLOSING", "INSIDE", "JOBS", "COMMANDS", "DISCLOSING_COMMANDS", "EXPORTS"):
        monkeypatch.delitem(getattr(consent_paths, name), left_out, raising=False)

    assert consent_paths.unlisted(*everything())
