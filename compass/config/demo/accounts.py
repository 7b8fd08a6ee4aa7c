"""The accounts one can try, as the terminal and the sign-in page list them. Needs no database."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PASSWORD = "compass-demonstration"  # noqa: S105 published: these accounts exist only in a demonstration


@dataclass(frozen=True)
class TryAs:
    """A post to try: `plain` is English for the terminal."""

    username: str
    plain: str
    label: str | Promise


POSTS = (
    TryAs("zinder.social", "Social worker, migrant centre of Zinder", _("Social worker, migrant centre of Zinder")),
    TryAs("zinder.cases", "Case worker and counsellor, Zinder", _("Case worker and counsellor, Zinder")),
    TryAs("zinder.supervisor", "Supervisor, Niger", _("Supervisor, Niger")),
    TryAs("zinder.travel", "Movement officer, Niger", _("Movement officer, Niger")),
    TryAs("zinder.clinic", "Partner clinic, Zinder", _("Partner clinic, Zinder")),
    TryAs("edo.reception", "Reception officer, Edo State", _("Reception officer, Edo State")),
    TryAs("edo.supervisor", "Supervisor, Nigeria", _("Supervisor, Nigeria")),
    TryAs("edo.monitoring", "Monitoring officer, Nigeria", _("Monitoring officer, Nigeria")),
    TryAs("niger.focal", "Focal point of a ministry, Niger", _("Focal point of a ministry, Niger")),
    TryAs("hague.desk", "Desk officer, The Hague", _("Desk officer, The Hague")),
    TryAs("geneva.protection", "Data protection officer", _("Data protection officer")),
    TryAs("geneva.results", "Results officer", _("Results officer")),
)


def table() -> str:
    """The accounts as lines of plain text."""
    width = max(len(post.username) for post in POSTS) + 2
    lines = [f"{'User name':<{width}}Post", f"{'-' * (width - 2):<{width}}{'-' * 40}"]
    lines += [f"{post.username:<{width}}{post.plain}" for post in POSTS]
    return "\n".join([*lines, f"\nPassword of all: {PASSWORD}"])
