"""A copy of what is held: how the colleague talked and knew the person; then what is given, and how."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from compass.people.copies import Text
from compass.people.forms.common import listed
from compass.ui.forms import RecordForm
from compass.ui.widgets import Boxes, Radios


class CopyAskedForm(RecordForm):
    """How they talked, and how the colleague knew that it is this person. Why the copy is wanted is never asked."""

    basis = "legal_duty"
    talk = forms.ChoiceField(label=_("How do you talk now?"), widget=Radios, choices=listed("erasure_talk"))
    checked = forms.ChoiceField(
        label=_("How do you know that it is this person?"), widget=Radios, choices=listed("identity_check")
    )


class CopyGivenForm(RecordForm):
    """Which notes reveal nobody else, in which language and how the copy is given. The first answers come along."""

    basis = "legal_duty"
    talk = forms.CharField(widget=forms.HiddenInput)
    checked = forms.CharField(widget=forms.HiddenInput)
    number = forms.RegexField(r"(?:[0-9]{4} ){4}[0-9]{4}", widget=forms.HiddenInput)
    words = forms.MultipleChoiceField(
        label=_("Notes that may be given"),
        help_text=_(
            "Tick what speaks of nobody but this person. What is not ticked is left out, and the copy says so."
        ),
        widget=Boxes,
        required=False,
    )
    language = forms.ChoiceField(label=_("Language of the copy"))
    how = forms.ChoiceField(label=_("How is it given?"), widget=Radios)

    def __init__(
        self, *args: Any, texts: Sequence[Text], languages: Sequence[tuple[str, Any]], paper: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if texts:
            self.offer("words", [(text.key, f"{text.of} · {text.label} · {text.said}") for text in texts])
        else:
            del self.fields["words"]
        self.offer("language", languages)
        ways = [("screen", _("Shown on this screen, beside the person")), ("paper", _("On paper"))]
        ways += [("file", _("A locked file, onto a device that only this person uses"))]
        self.offer("how", [way for way in ways if paper or way[0] != "paper"])
