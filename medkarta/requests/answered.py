"""What a clinic takes to work and then gives, refuses, or asks a visit for: one flow, its looks and its news.

A room whose kind goes this way names its statuses by these codes and has its own words for them.
"""

from collections.abc import Callable
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from medkarta.core.errors import Text

_FLOW: tuple[tuple[str, str, tuple[str, ...], bool], ...] = (
    ("new", "neutral", ("in-work", "visit", "ready", "refused", "cancelled"), False),
    ("in-work", "info", ("visit", "ready", "refused", "cancelled"), False),
    ("visit", "warn", ("in-work", "ready", "refused", "cancelled"), False),
    ("ready", "ok", (), True),
    ("refused", "bad", (), True),
    ("cancelled", "neutral", (), True),
)
TONES: dict[str, str] = {code: tone for code, tone, _leads_to, _is_closed in _FLOW}
ICONS: dict[str, str] = {"in-work": "progress", "cancelled": "circle-x"}

SUBJECTS: dict[str, Text] = {
    "visit": _("Клиника просит прийти"),
    "ready": _("Клиника ответила на заявление"),
    "refused": _("Клиника отклонила заявление"),
}
"""Line of the bell and subject of the letter, by the statuses that are worth a message: nothing medical in it.

What follows from the person's own act, or changes nothing for him, is not told.
"""
BODY = _("Заявление № {number}. Подробности на портале.")


class _Label(Protocol):
    @property
    def label(self) -> Text: ...


def statuses(status: Callable[[str], _Label]) -> tuple[tuple[str, Text, str, tuple[str, ...], bool], ...]:
    """Return the arguments of `kinds.Status` in the order of the flow; `status` is the room's enumeration."""
    return tuple((code, status(code).label, tone, leads_to, is_closed) for code, tone, leads_to, is_closed in _FLOW)
