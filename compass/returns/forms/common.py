"""What the forms of a return share."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise

from compass.ui.forms import RecordForm


class StepForm(RecordForm):
    """A step of one return; return assistance rests on the person's consent, what ends or holds it may do without.

    `sometimes`: the fields that other answers may demand; they are not called optional.
    """

    basis = "consent"
    sometimes: Collection[str] = ()

    def envelope(self, basis: str, **more: Any) -> dict[str, Any]:
        """As everywhere, but it happens now: no page of a return is filled in without a connection, and an earlier hour
        would bring back what has run out since."""
        return super().envelope(basis, **more) | {"occurred_at": timezone.now()}

    def demand(self, name: str, message: str | Promise) -> None:
        """Say of a field that it is needed after what was answered elsewhere, when it is empty and not wrong already."""
        if name not in self.errors and self.cleaned_data.get(name) in (None, "", False):
            self.add_error(name, str(message))
