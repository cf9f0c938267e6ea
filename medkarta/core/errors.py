"""The expected ways for an action to say no."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class Refused(Exception):
    """A "no" that was expected. `text` is written for the person who reads it."""

    text: Text = _("Это действие сейчас невозможно")

    def __init__(self, **values: object) -> None:
        super().__init__(type(self).__name__)
        if values:
            self.text = str(self.text).format(**values)


class NotFound(Exception):
    """No such thing in this scope, also when it is somebody else's. Becomes a 404."""
