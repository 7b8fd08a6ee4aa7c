"""The reason for opening what is sealed."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from compass.people.queries import WITHOUT_CONSENT
from compass.ui.forms import BaseForm
from compass.ui.widgets import Radios

REVEAL_REASONS = (
    ("present", _("The person is with me")),
    ("contact", _("To reach the person")),
    ("service", _("To arrange a service the person agreed to")),
    ("correct", _("To correct the record")),
    ("danger", _("A life or a child is at risk")),
)


class RevealForm(BaseForm):
    """Why what is sealed must be opened now."""

    reason = forms.ChoiceField(label=_("Why do you need it now?"), widget=Radios, choices=REVEAL_REASONS)

    def without_consent(self) -> RevealForm:
        """Offer only the reasons that do not rest on consent, and refuse the others in words."""
        self.offer("reason", [row for row in REVEAL_REASONS if row[0] in WITHOUT_CONSENT])
        self.fields["reason"].error_messages["invalid_choice"] = _(
            "The person no longer agrees to the use of their details. Choose one of the reasons below, or ask again."
        )
        return self
