"""What a password must be, said in every language of the house: Django has no Arabic for its own sentence."""

from __future__ import annotations

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import gettext as _


class LongEnough(MinimumLengthValidator):
    """Fifteen characters; the form says the same before anything is typed."""

    def __init__(self) -> None:
        super().__init__(min_length=15)

    def get_error_message(self) -> str:
        return _("At least 15 characters. Several words in a row are good.")

    get_help_text = get_error_message
