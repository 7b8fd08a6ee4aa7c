"""Filters that show the label of a stored code in the reader's language.

An empty value shows nothing. A value that its list no longer has is shown as it is stored and recorded as a fault of
the data: a page about a person must not fail because of one old code.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django import template

from compass.vocabulary.codes import label_of
from compass.vocabulary.languages import language
from compass.vocabulary.nationalities import nationalities
from compass.vocabulary.places import area, country

register = template.Library()
logger = logging.getLogger(__name__)


def _shown(value: object, kind: str, name: Callable[[str], str]) -> str:
    if value is None or value == "":
        return ""
    try:
        return name(str(value))
    except KeyError:
        logger.warning("a stored code is not in the vocabulary: %s", kind)
        return str(value)


@register.filter
def label(value: object, list_id: str) -> str:
    """`{{ case.risk|label:"risk_level" }}`"""
    return _shown(value, list_id, lambda code: label_of(list_id, code))


@register.filter
def country_name(value: object) -> str:
    """`{{ code|country_name }}`: a country of the programme or any other of ISO 3166-1."""

    def name(code: str) -> str:
        try:
            return country(code).label
        except KeyError:
            return nationalities().require(code).label

    return _shown(value, "country", name)


@register.filter
def area_name(value: object) -> str:
    """`{{ code|area_name }}` by ISO 3166-2 code."""
    return _shown(value, "area", lambda code: area(code).label)


@register.filter
def language_name(value: object) -> str:
    """`{{ code|language_name }}`"""
    return _shown(value, "language", lambda code: language(code).label)


@register.filter
def nationality_name(value: object) -> str:
    """`{{ code|nationality_name }}`"""
    return _shown(value, "nationality", lambda code: nationalities().require(code).label)
