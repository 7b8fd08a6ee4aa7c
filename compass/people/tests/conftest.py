from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from compass.people.actions import Registration, register_people
from compass.people.models import Person
from compass.vocabulary import code_list

SEVEN = list(code_list("consent_information").values)
CORE = (
    "case_management_services",
    "data_processing",
    "share_other_organizations",
    "share_non_identifiable_reporting",
    "duplicate_check",
)


@pytest.fixture
def make(at, told) -> Callable[..., Person]:
    """Register someone at Zinder on vital interest: `make(age=30)`."""

    def register(username: str = "zinder.social", age: int | None = 30, **more: Any) -> Person:
        with at(username) as work:
            identity = more.pop("identity", {})
            if age is not None:
                identity = {"birth_year": work.now.year - age, "birth_estimated": True, **identity}
            envelope = told(basis="vital_interest")
            (person,) = register_people(
                work, [Registration(**envelope, identity=identity, **{"languages": ("ha",), **more})]
            )
        return person

    return register


@pytest.fixture
def answers() -> Callable[..., dict[str, Any]]:
    """What the consent page posts; overrides by keyword, None leaves a field out."""

    def post(**changes: Any) -> dict[str, Any]:
        data: dict[str, Any] = {
            "key": str(uuid.uuid4()),
            "information": SEVEN,
            "interpreter_mode": "in_person",
            "interpreter": "Zouera",
            "mode": "verbal_certified",
            "certified": "on",
            **{f"scope_{scope}": "yes" for scope in CORE},
            **changes,
        }
        return {name: value for name, value in data.items() if value is not None}

    return post
