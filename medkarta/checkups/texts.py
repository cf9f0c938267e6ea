"""Statuses of an examination in words."""

from django.utils.translation import gettext_lazy as _

from medkarta.checkups import rules
from medkarta.checkups.models import Checkup
from medkarta.core.errors import Text

_WORDS: dict[str, Text] = {
    **dict(Checkup.Status.choices),
    rules.SCHEDULED: _("Назначена"),
}


def status_words(status: str) -> Text:
    """Return the words of a status that `rules.status_of` gave."""
    return _WORDS.get(status, _WORDS[Checkup.Status.UNKNOWN])
